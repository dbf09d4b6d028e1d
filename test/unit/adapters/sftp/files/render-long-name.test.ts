import { renderLongName, type LongNameEntry } from '../../../../../src/adapters/sftp/files/render-long-name';

const seconds = (...parts: [number, number, number, number, number]): number => new Date(...parts).getTime() / 1000;
const NOW = seconds(2026, 10, 22, 12, 0);

test.each<[string, LongNameEntry, string]>([
  [
    'a fresh file shows its time',
    { name: 'a.csv', folder: false, size: 5, mtime: seconds(2026, 10, 2, 9, 5) },
    '-rw-r-----    1 lab1     labdrop         5 Nov  2 09:05 a.csv',
  ],
  [
    'an old one its year',
    { name: 'a b', folder: false, size: 123456789, mtime: seconds(2021, 2, 12, 9, 5) },
    '-rw-r-----    1 lab1     labdrop  123456789 Mar 12  2021 a b',
  ],
  [
    'one from the future its year',
    { name: 'x', folder: false, size: 0, mtime: seconds(2027, 0, 1, 0, 0) },
    '-rw-r-----    1 lab1     labdrop         0 Jan  1  2027 x',
  ],
  [
    'a folder',
    { name: 'reports', folder: true, size: 4096, mtime: seconds(2026, 10, 22, 11, 59) },
    'drwxr-x---    2 lab1     labdrop      4096 Nov 22 11:59 reports',
  ],
])('%s', (_, entry, line) => {
  expect(renderLongName(entry, 'lab1', NOW)).toBe(line);
});
