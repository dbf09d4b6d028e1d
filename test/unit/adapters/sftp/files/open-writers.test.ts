import { OpenWriters } from '../../../../../src/adapters/sftp/files/open-writers';

test('a name has one writer at a time', () => {
  const writers = new OpenWriters();
  const key = OpenWriters.key('lab1', 'test', 'a.csv');
  writers.take(key);
  expect(() => {
    writers.take(key);
  }).toThrow('a.csv is being written');
  expect([...writers.all()]).toEqual(['lab1/test/a.csv']);
  writers.release(key);
  writers.take(key);
});

test('takes several names or none', async () => {
  const writers = new OpenWriters();
  writers.take('b');
  await expect(writers.during(['a', 'b'], () => Promise.resolve(1))).rejects.toThrow('b is being written');
  expect([...writers.all()]).toEqual(['b']);
});

test('gives names back whatever happens', async () => {
  const writers = new OpenWriters();
  await expect(writers.during(['a'], () => Promise.reject(new Error('disk')))).rejects.toThrow('disk');
  await expect(writers.during(['a'], () => Promise.resolve([...writers.all()]))).resolves.toEqual(['a']);
  expect(writers.all().size).toBe(0);
});

it('knows beside what a name is written, until it is given back', () => {
  const writers = new OpenWriters();
  writers.take('a');
  expect(writers.beside('a')).toBeNull();
  writers.writeBeside('a', '1:1');
  expect(writers.beside('a')).toBe('1:1');
  writers.release('a');
  writers.take('a');
  expect(writers.beside('a')).toBeNull();
});
