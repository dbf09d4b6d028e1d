/** Requests that name a path: looked up in the account's fixed tree, carried out, answered. */
import { lstat, lutimes } from 'node:fs/promises';
import { buildAttrs, buildHandle, buildNameEntry, buildNames, buildStatus } from '../codec/build-reply';
import type { FileAttributes } from '../codec/file-attributes';
import { STATUS } from '../codec/packet-types';
import type { AnsweredRequest } from '../codec/sftp-request';
import { findFile } from '../files/find-file';
import { FolderListing } from '../files/folder-listing';
import { assertWritable, removeFile, renameFile, type FilePlace } from '../files/move-file';
import { renderLongName } from '../files/render-long-name';
import { filePath, isDropFolder, normalisePath, resolvePath, type PathTarget } from '../files/resolve-path';
import { fileAttributes, folderAttributes, mtimeSeconds } from '../files/visible-attributes';
import { failure, noSuchFile, permissionDenied } from '../refusal';
import type { SessionContext } from './session-context';

type Of<K extends AnsweredRequest['kind']> = Extract<AnsweredRequest, { kind: K }>;

export async function statPath(context: SessionContext, request: Of<'stat'>): Promise<Buffer> {
  const target = resolveTarget(request.path);
  const { space } = context;
  if (target.kind === 'folder') {
    return buildAttrs(request.id, folderAttributes(await lstat(space.folders.path(target.folder))));
  }
  const { folder, name } = target;
  const found = findFile(space, folder, name);
  if (found !== null) {
    return buildAttrs(request.id, fileAttributes(found.stats.size, mtimeSeconds(found.stats)));
  }
  const shadow = isDropFolder(folder) ? space.shadow.lookUp(space.key(folder, name)) : null;
  // Asked before each upload, so that no error is made of it.
  if (shadow === null) return buildStatus(request.id, STATUS.NO_SUCH_FILE, 'no such file');
  return buildAttrs(request.id, fileAttributes(shadow.size, shadow.mtime));
}

/** Takes the modification time; mode and owner are fixed here, and asking for others is no error. */
export async function setPathAttributes(context: SessionContext, request: Of<'setstat'>): Promise<Buffer> {
  const target = resolveTarget(request.path);
  if (target.kind === 'file') await setFileAttributes(context, target, request.attributes);
  return buildStatus(request.id, STATUS.OK, 'done');
}

async function setFileAttributes(context: SessionContext, place: FilePlace, wanted: FileAttributes): Promise<void> {
  const { space } = context;
  const { folder, name } = assertWritable(place);
  const key = space.key(folder, name);
  const found = findFile(space, folder, name);
  const mtime = wanted.times?.mtime ?? null;
  if (found === null) {
    if (space.shadow.lookUp(key) === null) throw noSuchFile();
  } else if (wanted.size !== null && wanted.size !== BigInt(found.stats.size)) {
    throw failure('the size of a file changes only by uploading it again');
  }
  if (mtime === null) return;
  const writer = space.writers.upload(key);
  if (writer !== null) writer.setTime(mtime);
  else if (found !== null) await lutimes(found.path, mtime, mtime);
  space.shadow.setTime(key, mtime);
}

export async function openFolder(context: SessionContext, request: Of<'opendir'>): Promise<Buffer> {
  const target = resolveTarget(request.path);
  if (target.kind === 'file') throw noSuchFile('no such folder');
  context.handles.assertRoom();
  const listing = await FolderListing.open(context.space, target.folder, nowSeconds);
  return buildHandle(request.id, context.handles.add({ kind: 'listing', listing }));
}

export async function removePath(context: SessionContext, request: Of<'remove'>): Promise<Buffer> {
  const target = resolveTarget(request.path);
  if (target.kind === 'folder') throw permissionDenied('the folders here are fixed and cannot be renamed or removed');
  await removeFile(context.space, target);
  context.audit({ event: 'removal', path: filePath(target.folder, target.name) });
  return buildStatus(request.id, STATUS.OK, 'removed');
}

export async function renamePath(context: SessionContext, request: Of<'rename'>): Promise<Buffer> {
  const from = resolveTarget(request.from);
  const to = resolveTarget(request.to);
  if (from.kind === 'folder' || to.kind === 'folder')
    throw permissionDenied('the folders here are fixed and cannot be renamed or removed');
  await renameFile(context.space, from, to, request.replace);
  context.audit({ event: 'rename', from: filePath(from.folder, from.name), to: filePath(to.folder, to.name) });
  return buildStatus(request.id, STATUS.OK, 'renamed');
}

export function realPath(context: SessionContext, request: Of<'realpath'>): Buffer {
  const normalised = normalisePath(request.path);
  if ('reason' in normalised) throw failure(normalised.reason);
  const name = normalised.path;
  const attributes: FileAttributes = { size: null, owner: null, permissions: null, times: null };
  const longName = renderLongName({ name, folder: true, size: 0, mtime: 0 }, context.account.account, nowSeconds());
  return buildNames(request.id, [buildNameEntry({ name, longName, attributes })]);
}

/** @throws Refusal for a path that is none, or leads nowhere */
export function resolveTarget(path: Buffer): Extract<PathTarget, { kind: 'folder' | 'file' }> {
  const target = resolvePath(path);
  switch (target.kind) {
    case 'folder':
    case 'file':
      return target;
    case 'absent':
      throw noSuchFile();
    case 'invalid':
      throw failure(target.reason);
  }
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
