import { UploadShadow } from '../../../../../src/adapters/sftp/files/upload-shadow';

let now = 0;
let claimed: Set<string>;
let shadow: UploadShadow;

beforeEach(() => {
  now = 0;
  claimed = new Set();
  shadow = new UploadShadow(
    60_000,
    () => now,
    (key) => claimed.has(key),
  );
});

test('remembers for its time, and no longer', () => {
  shadow.remember('a', { size: 5, mtime: 7 });
  now = 60_000;
  expect(shadow.lookUp('a')).toMatchObject({ size: 5, mtime: 7 });
  now = 60_001;
  expect(shadow.lookUp('a')).toBeNull();
});

test('remembers as long as the file is worked on', () => {
  shadow.remember('a', { size: 5, mtime: 7 });
  claimed.add('a');
  now = 600_000;
  expect(shadow.lookUp('a')).toMatchObject({ size: 5 });
  claimed.clear();
  expect(shadow.lookUp('a')).toBeNull();
});

test('remembers for its time from when the work is done', () => {
  shadow.remember('a', { size: 5, mtime: 7 });
  now = 600_000;
  shadow.renew('a');
  shadow.renew('b');
  now = 660_000;
  expect(shadow.lookUp('a')).toMatchObject({ size: 5, mtime: 7 });
  now = 660_001;
  expect([shadow.lookUp('a'), shadow.lookUp('b')]).toEqual([null, null]);
});

test('takes a new time without living longer for it', () => {
  shadow.remember('a', { size: 5, mtime: 7 });
  now = 50_000;
  expect(shadow.setTime('a', 8)).toBe(true);
  expect(shadow.lookUp('a')).toMatchObject({ size: 5, mtime: 8 });
  now = 60_001;
  expect(shadow.setTime('a', 9)).toBe(false);
});

test('forgets on demand, and knows nothing of others', () => {
  shadow.remember('a', { size: 5, mtime: 7 });
  shadow.forget('a');
  expect([shadow.lookUp('a'), shadow.lookUp('b')]).toEqual([null, null]);
});

test('holds ten thousand and lets the oldest go', () => {
  for (let number = 0; number <= 11_000; number += 1) shadow.remember(String(number), { size: number, mtime: 0 });
  expect(shadow.lookUp('1000')).toBeNull();
  expect(shadow.lookUp('1001')).toMatchObject({ size: 1001 });
  expect(shadow.lookUp('11000')).toMatchObject({ size: 11_000 });
});
