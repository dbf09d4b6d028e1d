/**
 * Looks a name up as its account sees it. Links are never followed, and what is no regular file is not there. Looked up
 * on the spot: the folders are held open and in memory, and a trip to the thread pool costs many times as much.
 */
import { lstatSync, type Stats } from 'node:fs';
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
  if (space.isClaimed(folder, name)) return null;
  return findRegular(space.folders.path(folder, name), false);
}

function findRegular(path: string, partial: boolean): FoundFile | null {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true ? { path, partial, stats } : null;
}

const VACATE_ATTEMPTS = 20;
const VACATE_INTERVAL_MS = 10;

/**
 * Before a name is taken: when the pipeline is about to take the file that lies there, gives it a moment to, so that
 * the new file is a new batch and does not replace the old one under the pipeline's hands.
 */
export async function vacateClaimed(space: AccountSpace, folder: DropFolder, name: string): Promise<void> {
  for (let attempt = 0; attempt < VACATE_ATTEMPTS && space.isClaimed(folder, name); attempt += 1) {
    if (findRegular(space.folders.path(folder, name), false) === null) return;
    await new Promise((resolve) => setTimeout(resolve, VACATE_INTERVAL_MS));
  }
}
