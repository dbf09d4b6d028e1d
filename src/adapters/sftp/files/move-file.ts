/** RENAME and REMOVE within an account. Both hold the names they work on, so no upload is opened under their hands. */
import { rename, unlink } from 'node:fs/promises';
import { alreadyAccepted, errorCode, failure, noSuchFile, permissionDenied } from '../refusal';
import type { AccountSpace } from './account-space';
import { findFile, findPartial, findPublished } from './find-file';
import { FOLDER_PATHS, isDropFolder, type DropFolder, type FolderName } from './resolve-path';
import type { ShadowedFile } from './upload-shadow';
import { takeName, vacate } from './vacate';
import { mtimeSeconds } from './visible-attributes';

export interface FilePlace {
  readonly folder: FolderName;
  readonly name: string;
}

interface DropPlace {
  readonly folder: DropFolder;
  readonly name: string;
}

/** @throws Refusal when the folder is read-only */
export function assertWritable(place: FilePlace): DropPlace {
  const { folder, name } = place;
  if (!isDropFolder(folder)) throw permissionDenied(`${FOLDER_PATHS[folder]} is read-only`);
  return { folder, name };
}

/**
 * Renames a file of the account. A published one arrives under its new name; a partial one stays partial.
 * @param replace whether a file of the new name is replaced
 * @throws Refusal when there is no such file, the new name exists, or either is being written
 */
export async function renameFile(
  space: AccountSpace,
  fromPlace: FilePlace,
  toPlace: FilePlace,
  replace: boolean,
): Promise<void> {
  const from = assertWritable(fromPlace);
  const to = assertWritable(toPlace);
  const keys = [space.key(from.folder, from.name), space.key(to.folder, to.name)];
  if (keys[0] === keys[1]) {
    if (findFile(space, from.folder, from.name) === null) throw missing(space, from);
    return;
  }
  // Before the names are held: the pipeline takes up nothing of a name that is.
  const ready = findPublished(space, to.folder, to.name) === null ? null : space.readyFile(to.folder, to.name);
  if (ready !== null) {
    await vacate(space, { ...to, path: findFile(space, from.folder, from.name)?.path ?? '', beside: ready });
  }
  const published = await space.writers.during(keys, () => renameHeld(space, from, to, replace));
  if (published !== null) space.events.onArrival(space.account, to.folder, to.name, published.size);
}

/** The published file that got its new name; null when it is a partial one still. */
async function renameHeld(
  space: AccountSpace,
  from: DropPlace,
  to: DropPlace,
  replace: boolean,
): Promise<ShadowedFile | null> {
  const source = findFile(space, from.folder, from.name);
  if (source === null) throw missing(space, from);
  if (!replace && findFile(space, to.folder, to.name) !== null)
    throw failure('a file of this name exists; choose another name');
  const { folders, shadow } = space;
  if (source.partial) {
    await rename(source.path, folders.partialPath(to.folder, to.name));
    return null;
  }
  await takeName(space, { ...to, path: source.path, beside: null }, () =>
    rename(source.path, folders.path(to.folder, to.name)),
  );
  await removeIfThere(folders.partialPath(to.folder, to.name));
  await folders.settle(to.folder);
  if (from.folder !== to.folder) await folders.settle(from.folder);
  shadow.forget(space.key(from.folder, from.name));
  const published = { size: source.stats.size, mtime: mtimeSeconds(source.stats) };
  shadow.remember(space.key(to.folder, to.name), published);
  return published;
}

/** @throws Refusal when there is no such file or it is being written */
export async function removeFile(space: AccountSpace, place: FilePlace): Promise<void> {
  const { folder, name } = place;
  if (!isDropFolder(folder)) {
    const found = findFile(space, folder, name);
    if (found === null) throw noSuchFile();
    await unlink(found.path);
    return;
  }
  const key = space.key(folder, name);
  await space.writers.during([key], async () => {
    const partial = findPartial(space, folder, name);
    const published = findPublished(space, folder, name);
    if (partial === null && published === null) throw missing(space, { folder, name });
    if (partial !== null) await unlink(partial.path);
    if (published !== null) await unlink(published.path);
    space.shadow.forget(key);
  });
}

function missing(space: AccountSpace, place: DropPlace): Error {
  const taken = space.shadow.lookUp(space.key(place.folder, place.name));
  return taken === null ? noSuchFile() : alreadyAccepted(taken.acceptedAt);
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
