/** A data file as it is when a batch begins to read it. Fails as Node's fs does, also when it is not there. */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ClaimedFile } from '../../ports/spool';
import { QUIET_MS } from '../../stages/settle/pair-files';

/** The folder's time and the file's, of one rename, may be told so far apart. */
const RENAME_MS = 50;

export function lookAtClaimed(path: string): ClaimedFile {
  const { size, mtimeNs } = statSync(path, { bigint: true });
  return { path, bytes: Number(size), mtimeNs };
}

/** Whether it is still as it was. */
export function isUnchanged({ path, bytes, mtimeNs }: ClaimedFile): boolean {
  const now = lookAtClaimed(path);
  return now.bytes === bytes && now.mtimeNs === mtimeNs;
}

/**
 * False for a file that was written to since it was moved into its work folder, and a moment ago: whoever does that has
 * it open still, and may only have paused.
 */
export function isQuiet({ path }: ClaimedFile, now: Date): boolean {
  const { ctimeMs } = statSync(path);
  return ctimeMs <= statSync(dirname(path)).mtimeMs + RENAME_MS || Math.abs(now.getTime() - ctimeMs) >= QUIET_MS;
}
