/**
 * File operations that survive a power cut: each is complete on disk, file and directory entry, when it returns, or,
 * where the caller gives `sync`, once that is done for each directory it was called with.
 * Fails as Node's fs does; callers turn the errors into faults.
 */
import {
  type BigIntStats,
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Makes a directory's entries durable. */
export function syncDirectory(path: string): void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Makes the bytes of a file durable, not its name. */
export function syncFile(path: string): void {
  const fd = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

export type SyncDirectory = (path: string) => void;

/** Creates a directory and its missing parents, each made durable in its own parent. */
export function makeDirectory(path: string, sync: SyncDirectory = syncDirectory): void {
  if (exists(path)) return;
  const parent = dirname(path);
  makeDirectory(parent, sync);
  try {
    mkdirSync(path, { mode: 0o750 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  sync(parent);
}

/** Moves a file within one file system; both directories are durable afterwards. */
export function moveFile(from: string, to: string, sync: SyncDirectory = syncDirectory): void {
  renameSync(from, to);
  sync(dirname(to));
  sync(dirname(from));
}

/** Copies a file, under its name only when all of it is durable; an unfinished copy of an earlier try is replaced. */
export function copyFileDurably(from: string, to: string, sync: SyncDirectory = syncDirectory): void {
  const unfinished = `${to}.copy`;
  copyFileSync(from, unfinished, constants.COPYFILE_FICLONE);
  syncFile(unfinished);
  renameSync(unfinished, to);
  sync(dirname(to));
}

/** Removes a file if it is there. */
export function removeFile(path: string, sync: SyncDirectory = syncDirectory): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  sync(dirname(path));
}

/** Removes a file if it is still the one of that identity. The folder is for the caller to make durable. */
export function removeIfSame(path: string, identity: string): void {
  if (fileIdentity(path) === identity) removeFile(path, () => undefined);
}

/** Removes a directory with all it holds, if it is there. */
export function removeDirectory(path: string, sync: SyncDirectory = syncDirectory): void {
  if (!exists(path)) return;
  rmSync(path, { recursive: true, force: true });
  sync(dirname(path));
}

export function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/**
 * Tells a file from a later one of the same name, whatever happens to its times: inode and birth time. Null when it is
 * not there. File systems that keep no birth time are told by the inode alone.
 */
export function fileIdentity(path: string): string | null {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : statIdentity(found);
}

/** When anything about a file was changed last, ns since 1970; null when it is not there. Nobody can set it. */
export function changedAtNs(path: string): bigint | null {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false })?.ctimeNs ?? null;
}

export function statIdentity(stat: BigIntStats): string {
  return `${stat.ino}:${stat.birthtimeNs}`;
}
