/**
 * Takes a file out of a drop folder, and no other one: the next of its name may take its place at any moment, also
 * between a look at it and its removal. So it is moved out of sight and looked at there; what turns out to be another
 * one is put back, unless yet another one has the name by then. Fails as Node's fs does.
 */
import { type BigIntStats, linkSync, lstatSync, renameSync, unlinkSync } from 'node:fs';
import { statIdentity } from './durable-files';

/**
 * May be repeated after a crash: what lies at `aside` then is looked at first. The folders are for the caller to make
 * durable.
 * @param aside a path on the same file system that only this call uses
 * @returns whether the file lies at `aside` now; false when it is gone, or was replaced or written again
 */
export function setApart(path: string, identity: string, aside: string): boolean {
  const left = lookAt(aside);
  if (left !== null) return isOrPutBack(statIdentity(left) === identity, path, aside);
  const found = lookAt(path);
  if (found === null || statIdentity(found) !== identity || !moveAway(path, aside)) return false;
  const moved = lookAt(aside);
  const isSame = moved !== null && statIdentity(moved) === identity && moved.mtimeNs === found.mtimeNs;
  return isOrPutBack(isSame, path, aside);
}

function isOrPutBack(isMeant: boolean, path: string, aside: string): boolean {
  if (!isMeant) putBack(path, aside);
  return isMeant;
}

function moveAway(path: string, aside: string): boolean {
  try {
    renameSync(path, aside);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && lookAt(path) === null) return false;
    throw error;
  }
}

/** A link replaces nothing; not every file system, and not every file of another user, can have one. */
function putBack(path: string, aside: string): void {
  try {
    linkSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' && lookAt(path) === null) {
      renameSync(aside, path);
      return;
    }
  }
  unlinkSync(aside);
}

function lookAt(path: string): BigIntStats | null {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
}
