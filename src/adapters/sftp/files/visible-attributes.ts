/** Attributes as an account sees them: real size and time, fixed mode, an owner that tells nothing of this machine. */
import type { Stats } from 'node:fs';
import type { FileAttributes } from '../codec/file-attributes';
import { FILE_MODE, FOLDER_MODE } from './render-long-name';

const OWNER = { uid: 1000, gid: 1000 };
const UINT32_MAX = 0xffff_ffff;

export function fileAttributes(size: number, mtime: number): FileAttributes {
  return { size: BigInt(size), owner: OWNER, permissions: FILE_MODE, times: { atime: mtime, mtime } };
}

export function folderAttributes(stats: Stats): FileAttributes {
  const mtime = mtimeSeconds(stats);
  return { size: BigInt(stats.size), owner: OWNER, permissions: FOLDER_MODE, times: { atime: mtime, mtime } };
}

/** Seconds since 1970, kept within what the protocol can say. */
export function mtimeSeconds(stats: Stats): number {
  return Math.min(Math.max(Math.floor(stats.mtimeMs / 1000), 0), UINT32_MAX);
}
