/**
 * Takes away partial uploads that nobody has continued for long. What is being written is left alone, whatever its age;
 * so is anything that is no regular file. One that cannot be taken away is told and does not keep the others.
 */
import { lstat, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../refusal';
import { HeldFolder } from './held-folder';
import { OpenWriters } from './open-writers';
import type { DropFolder } from './resolve-path';

export interface ClearedPartial {
  readonly account: string;
  readonly folder: DropFolder;
  readonly name: string;
  readonly bytes: number;
  /** Why it is still there; null when it is gone. */
  readonly problem: string | null;
}

const DROP_FOLDERS: readonly DropFolder[] = ['root', 'test'];

/**
 * @param before in milliseconds since 1970: what was last changed earlier goes. Not the time that a client has set
 * counts, but that of the change on this disk.
 */
export async function clearPartials(
  uploadsDir: string,
  writers: OpenWriters,
  before: number,
): Promise<readonly ClearedPartial[]> {
  const cleared: ClearedPartial[] = [];
  const clearFolder = async (account: string, folder: DropFolder, partials: HeldFolder): Promise<void> => {
    for (const name of await readdir(partials.path())) {
      const key = OpenWriters.key(account, folder, name);
      if (writers.all().has(key)) continue;
      const found = await writers.during([key], () => clear(partials.path(name), before));
      if (found !== null) cleared.push({ account, folder, name, ...found });
    }
  };
  const clearAccount = async (account: string, ofAccount: HeldFolder): Promise<void> => {
    for (const folder of DROP_FOLDERS) {
      await within(ofAccount.below(folder), (partials) => clearFolder(account, folder, partials));
    }
  };
  for (const account of await readdir(uploadsDir)) {
    await within(HeldFolder.open(join(uploadsDir, account)), (ofAccount) => clearAccount(account, ofAccount));
  }
  return cleared;
}

/** Null when there was nothing to take away. */
async function clear(path: string, before: number): Promise<Pick<ClearedPartial, 'bytes' | 'problem'> | null> {
  try {
    const stats = await lstat(path);
    if (!stats.isFile() || stats.ctimeMs >= before) return null;
    await unlink(path);
    return { bytes: stats.size, problem: null };
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? null : { bytes: 0, problem: String(error) };
  }
}

const NO_FOLDER_ERRORS = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/** Does nothing where there is no such folder. */
async function within(opened: Promise<HeldFolder>, work: (folder: HeldFolder) => Promise<void>): Promise<void> {
  let folder: HeldFolder;
  try {
    folder = await opened;
  } catch (error) {
    if (NO_FOLDER_ERRORS.has(errorCode(error))) return;
    throw error;
  }
  try {
    await work(folder);
  } finally {
    await folder.close();
  }
}
