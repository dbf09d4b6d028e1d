import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkReadable, judgeSpace } from '../../../src/daemon/check-folders';

const GIB = 1024 ** 3;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'labdrop-check-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function makeFile(): string {
  const path = join(dir, 'f');
  writeFileSync(path, '');
  return path;
}

describe('judgeSpace', () => {
  it.each([
    [{ freeBytes: 3 * GIB, files: 1e6, freeFiles: 5e5 }, 2 * GIB, null],
    [{ freeBytes: 3 * GIB, files: 0, freeFiles: 0 }, 1024, null],
    [{ freeBytes: GIB - 1, files: 0, freeFiles: 0 }, 1024, /1\.0 GiB are free, less than 1\.0 GiB$/],
    [{ freeBytes: 1.5 * GIB, files: 0, freeFiles: 0 }, 2 * GIB, /less than 2\.0 GiB \(ingest\.maxFileBytes\)$/],
    [{ freeBytes: 3 * GIB, files: 1e6, freeFiles: 9_999 }, 1024, /9999 more files/],
  ])('%j for files up to %d', (space, maxFileBytes, expected) => {
    const results = judgeSpace('/data', space, maxFileBytes);
    expect(results).toHaveLength(1);
    expect(results[0]!.ok).toBe(expected === null);
    if (expected !== null) expect(results[0]!.what).toMatch(expected);
  });
});

describe('checkReadable', () => {
  const asRoot = process.getuid?.() === 0;

  it.each([
    [0o600, true],
    [0o640, true],
    [0o000, false],
    [0o046, false],
  ])('the owner, mode %s', (mode, expected) => {
    const file = makeFile();
    chmodSync(file, mode & 0o775);
    const { uid, gid } = statSync(file);
    // Root reads everything: another number stands for the daemon, and the file is given to it.
    const user = asRoot ? { uid: 12_345, gid: 12_345 } : { uid, gid };
    if (asRoot) chownSync(file, user.uid, user.gid);
    expect(checkReadable('a', file, user).length === 0).toBe(expected);
  });

  it.each([
    [0o644, true],
    [0o640, false],
    [0o660, false],
    [0o604, true],
  ])('another user and group, mode %s', (mode, expected) => {
    const file = makeFile();
    chmodSync(file, mode);
    const { uid, gid } = statSync(file);
    const found = checkReadable('a', file, { uid: uid + 1, gid: gid + 1 });
    expect(found.length === 0).toBe(expected);
    if (!expected) expect(found[0]!.fix).toBe(`chgrp ${gid + 1} ${file} && chmod g+rX ${file}`);
  });

  it('asks of a folder that it can be entered, and nothing of what is not there', () => {
    const { uid, gid } = statSync(dir);
    chmodSync(dir, 0o744);
    expect(checkReadable('a', dir, { uid: uid + 1, gid: gid + 1 })).toHaveLength(1);
    chmodSync(dir, 0o755);
    expect(checkReadable('a', dir, { uid: uid + 1, gid: gid + 1 })).toEqual([]);
    expect(checkReadable('a', join(dir, 'gone'), null)).toEqual([]);
  });
});
