/** A data file as it is when a batch begins to read it. Fails as Node's fs does, also when it is not there. */
import { statSync } from 'node:fs';
import type { ClaimedFile } from '../../ports/spool';

export function lookAtClaimed(path: string): ClaimedFile {
  const { size, mtimeNs } = statSync(path, { bigint: true });
  return { path, bytes: Number(size), mtimeNs };
}

/** Whether it is still as it was. */
export function isUnchanged({ path, bytes, mtimeNs }: ClaimedFile): boolean {
  const now = lookAtClaimed(path);
  return now.bytes === bytes && now.mtimeNs === mtimeNs;
}
