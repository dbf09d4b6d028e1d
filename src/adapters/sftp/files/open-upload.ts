/**
 * OPEN for writing: decides whether an upload starts anew, continues a partial one, or takes a published file back to
 * continue it. Holds the name from its first step; the caller gives it back when the upload is at its end.
 */
import { rename } from 'node:fs/promises';
import type { Account } from '../../../domain/account';
import { OPEN_FLAG } from '../codec/packet-types';
import { alreadyAccepted, errorCode, failure, noSuchFile } from '../refusal';
import type { AccountSpace } from './account-space';
import { findPartial, findPublished, type FoundFile } from './find-file';
import type { DropFolder } from './resolve-path';
import { Upload, type UploadPlan } from './upload';

export interface UploadRequest {
  readonly account: Account;
  readonly folder: DropFolder;
  readonly name: string;
  /** Flags of OPEN. */
  readonly flags: number;
  readonly maxFileBytes: number;
}

/** @throws Refusal when the name is held, missing, there already or too much; the errors of the disk */
export async function openUpload(space: AccountSpace, request: UploadRequest): Promise<Upload> {
  const key = space.key(request.folder, request.name);
  space.writers.take(key);
  try {
    const upload = await openHeld(space, request);
    space.writers.attach(key, upload);
    return upload;
  } catch (error) {
    space.writers.release(key);
    throw error;
  }
}

async function openHeld(space: AccountSpace, request: UploadRequest): Promise<Upload> {
  const { account, folder, name, flags, maxFileBytes } = request;
  const key = space.key(folder, name);
  const partial = findPartial(space, folder, name);
  const published = findPublished(space, folder, name);
  assertOpenable(flags, partial ?? published, space.shadow.lookUp(key)?.acceptedAt ?? null);
  const isNew = partial === null && published === null;
  const startsAnew = isNew || (flags & OPEN_FLAG.TRUNC) !== 0;
  if (published !== null && (startsAnew || partial !== null)) {
    const ready = space.readyFile(folder, name);
    if (ready !== null) space.writers.writeBeside(key, ready);
  }
  if (!isNew) await space.usage.admitGrown(account);
  const continuesPublished = !startsAnew && partial === null && (await takeBack(space, folder, name, flags));
  const plan: UploadPlan = {
    partialPath: space.folders.partialPath(folder, name),
    finalPath: space.folders.path(folder, name),
    settle: () => space.folders.settle(folder),
    inTurn: (work) => space.inTurn(work),
    truncate: startsAnew || (partial === null && !continuesPublished),
    append: (flags & OPEN_FLAG.APPEND) !== 0,
    maxFileBytes,
    continuesPublished,
    admitGrowth: (bytes) => {
      space.usage.admitGrowth(account, bytes);
    },
  };
  return isNew ? space.usage.admitFile(account, () => Upload.open(plan)) : Upload.open(plan);
}

/** @param acceptedAt when the pipeline took a file of this name, lately */
function assertOpenable(flags: number, existing: FoundFile | null, acceptedAt: Date | null): void {
  const create = (flags & OPEN_FLAG.CREAT) !== 0;
  if (existing === null && !create) {
    throw noSuchFile(acceptedAt === null ? undefined : alreadyAccepted(acceptedAt).message);
  }
  // A client that goes on behind the size that it was told would send the tail alone.
  const continues = (flags & OPEN_FLAG.APPEND) !== 0 && (flags & OPEN_FLAG.TRUNC) === 0;
  if (existing === null && continues && acceptedAt !== null) throw alreadyAccepted(acceptedAt);
  if (existing !== null && create && (flags & OPEN_FLAG.EXCL) !== 0)
    throw failure('a file of this name exists; choose another name');
}

/** Published to partial. False when the pipeline was quicker and a new file may be made instead. */
async function takeBack(space: AccountSpace, folder: DropFolder, name: string, flags: number): Promise<boolean> {
  try {
    await rename(space.folders.path(folder, name), space.folders.partialPath(folder, name));
    space.shadow.forget(space.key(folder, name));
    return true;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || (flags & OPEN_FLAG.CREAT) === 0) throw error;
    return false;
  }
}
