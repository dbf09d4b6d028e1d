import fc from 'fast-check';
import { normalisePath, resolvePath, type PathTarget } from '../../../../../src/adapters/sftp/files/resolve-path';

const folder = (name: string): unknown => ({ kind: 'folder', folder: name });
const file = (inFolder: string, name: string): unknown => ({ kind: 'file', folder: inFolder, name });
const absent = { kind: 'absent' };

test.each<[string, unknown]>([
  ['', folder('root')],
  ['.', folder('root')],
  ['/', folder('root')],
  ['//', folder('root')],
  ['/..', folder('root')],
  ['/../../..', folder('root')],
  ['reports', folder('reports')],
  ['/reports/', folder('reports')],
  ['/test', folder('test')],
  ['test/../test/./reports', folder('testReports')],
  ['a.csv', file('root', 'a.csv')],
  ['/a.csv', file('root', 'a.csv')],
  ['/test/../../a.csv', file('root', 'a.csv')],
  ['/test/a b', file('test', 'a b')],
  ['/reports/é.txt', file('reports', 'é.txt')],
  ['/test/reports/x', file('testReports', 'x')],
  ['/test/reports/../x', file('test', 'x')],
  ['/test/reports/reports', file('testReports', 'reports')],
  ['/Test', file('root', 'Test')],
  ['C:\\x', file('root', 'C:\\x')],
  ['...', file('root', '...')],
  ['/etc/passwd', absent],
  ['/a/b/c', absent],
  ['/reports/x/y', absent],
])('%j', (path, target) => {
  expect(resolvePath(Buffer.from(path))).toEqual(target);
});

test.each<[string, Buffer, string]>([
  ['NUL', Buffer.from('a\0b'), 'control characters'],
  ['a line feed', Buffer.from('a\nb'), 'control characters'],
  ['an escape', Buffer.from('\u001b[2J'), 'control characters'],
  ['a C1 control', Buffer.from('a\u0085b'), 'control characters'],
  ['a right-to-left override', Buffer.from('a\u202efdp.exe'), 'control characters'],
  ['invalid UTF-8', Buffer.from([0x61, 0xff]), 'UTF-8'],
  ['a surrogate as UTF-8', Buffer.from([0xed, 0xa0, 0x80]), 'UTF-8'],
  ['256 bytes in a name', Buffer.alloc(256, 'a'), '255'],
  ['256 bytes in a name of fewer characters', Buffer.from('é'.repeat(128)), '255'],
  ['a long path', Buffer.from('/./'.repeat(2000)), '4096'],
])('%s is refused with a reason', (_, path, reason) => {
  expect(resolvePath(path)).toEqual({ kind: 'invalid', reason: expect.stringContaining(reason) as string });
});

test('a name of 255 bytes is taken', () => {
  expect(resolvePath(Buffer.alloc(255, 'a'))).toMatchObject({ kind: 'file' });
});

test('whatever comes, a file name is one plain segment', () => {
  const segment = fc.oneof(fc.constantFrom('..', '.', '', 'reports', 'test', 'x'), fc.string());
  fc.assert(
    fc.property(fc.array(segment), (segments) => {
      const target: PathTarget = resolvePath(Buffer.from(segments.join('/')));
      if (target.kind !== 'file') return;
      expect(target.name).not.toMatch(/[/\0]/);
      expect(['', '.', '..']).not.toContain(target.name);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['', '/'],
  ['.', '/'],
  ['a/../b//c/', '/b/c'],
  ['/../x', '/x'],
])('normalises %j to %j', (path, normalised) => {
  expect(normalisePath(Buffer.from(path))).toEqual({ path: normalised });
});
