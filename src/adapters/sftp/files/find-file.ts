/**
 * Looks a name up as its account sees it. Links are never followed, and what is no regular file is not there. Looked up
 * on the spot: the folders are held open and in memory, and a trip to the thread pool costs many times as much.
 */
import { lstatSync, type Stats } from 'node:fs';
import { fileIdentity } from '../../spool/durable-files';
import type { AccountSpace } from './account-space';
import { isDropFolder, type DropFolder, type FolderName } from './resolve-path';

export interface FoundFile {
  readonly path: string;
  /** Still among the partial uploads. */
  readonly partial: boolean;
  readonly stats: Stats;
}

/** A partial upload hides a published file of its name; a file that the pipeline takes up counts as gone. */
export function findFile(space: AccountSpace, folder: FolderName, name: string): FoundFile | null {
  if (!isDropFolder(folder)) return findRegular(space.folders.path(folder, name), false);
  return findPartial(space, folder, name) ?? findPublished(space, folder, name);
}

export function findPartial(space: AccountSpace, folder: DropFolder, name: string): FoundFile | null {
  return findRegular(space.folders.partialPath(folder, name), true);
}

export function findPublished(space: AccountSpace, folder: DropFolder, name: string): FoundFile | null {
  const found = findRegular(space.folders.path(folder, name), false);
  if (found === null) return null;
  const gone = space.heldFiles(folder, name).filter(({ isGone }) => isGone);
  if (gone.length === 0) return found;
  const identity = fileIdentity(found.path);
  return gone.some((file) => file.identity === identity) ? null : found;
}

function findRegular(path: string, partial: boolean): FoundFile | null {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true ? { path, partial, stats } : null;
}
