/** A file system of its own that is soon full (tmpfs), which root may mount. */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** @throws when this user may not mount: the test cannot do without */
export function mountSmallDisk(path: string, sizeMb = 12): void {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'labdrop-test', path], { stdio: 'pipe' });
  } catch (cause) {
    throw new Error('a small file system (tmpfs) cannot be mounted here: run this test as root', { cause });
  }
}

/** Takes every byte that is left, in a file `ballast`. */
export function fillDisk(path: string): void {
  const fd = openSync(join(path, 'ballast'), 'w');
  try {
    for (const size of [65_536, 4_096]) {
      const block = Buffer.alloc(size);
      while (isWritten(fd, block));
    }
  } finally {
    closeSync(fd);
  }
}

function isWritten(fd: number, block: Buffer): boolean {
  try {
    return writeSync(fd, block) === block.length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}
