/** OPEN, and the requests that name a handle. */
import {
  allocateData,
  buildAttrs,
  buildHandle,
  buildNames,
  buildStatus,
  DATA_OFFSET,
  sealData,
} from '../codec/build-reply';
import { OPEN_FLAG, STATUS, TRANSFER_MAX_BYTES } from '../codec/packet-types';
import type { AnsweredRequest } from '../codec/sftp-request';
import { Download } from '../files/download';
import { findFile } from '../files/find-file';
import { assertWritable, type FilePlace } from '../files/move-file';
import { openUpload } from '../files/open-upload';
import { filePath, isDropFolder } from '../files/resolve-path';
import { fileAttributes } from '../files/visible-attributes';
import { acceptedText, failure, noSuchFile, permissionDenied } from '../refusal';
import type { OpenHandle } from './handle-table';
import type { WriteRequest } from './join-writes';
import { resolveTarget } from './path-requests';
import type { SessionContext } from './session-context';

type Of<K extends AnsweredRequest['kind']> = Extract<AnsweredRequest, { kind: K }>;

const WRITING = OPEN_FLAG.WRITE | OPEN_FLAG.APPEND | OPEN_FLAG.CREAT | OPEN_FLAG.TRUNC;

export async function openPath(context: SessionContext, request: Of<'open'>): Promise<Buffer> {
  const target = resolveTarget(request.path);
  if (target.kind === 'folder') throw failure('this is a folder');
  context.handles.assertRoom();
  const writes = (request.flags & WRITING) !== 0;
  const handle = writes ? await openToWrite(context, target, request.flags) : await openToRead(context, target);
  return buildHandle(request.id, context.handles.add(handle));
}

async function openToWrite(context: SessionContext, place: FilePlace, flags: number): Promise<OpenHandle> {
  const { folder, name } = assertWritable(place);
  if (context.isStopping()) throw failure('the server is stopping; try again in a minute');
  const { account, space, maxFileBytes } = context;
  const upload = await openUpload(space, { account, folder, name, flags, maxFileBytes });
  const readable = (flags & OPEN_FLAG.READ) !== 0;
  return { kind: 'upload', upload, folder, name, path: filePath(folder, name), openedAt: performance.now(), readable };
}

async function openToRead(context: SessionContext, place: FilePlace): Promise<OpenHandle> {
  const { space } = context;
  const { folder, name } = place;
  const found = findFile(space, folder, name);
  if (found !== null) {
    const download = await Download.open(found.path);
    return { kind: 'download', download, path: filePath(folder, name), openedAt: performance.now() };
  }
  const key = isDropFolder(folder) ? space.key(folder, name) : null;
  const taken = key === null ? null : space.shadow.lookUp(key);
  if (key === null || taken === null) throw noSuchFile();
  return { kind: 'taken', key, acceptedAt: taken.acceptedAt };
}

export async function readHandle(context: SessionContext, request: Of<'read'>): Promise<Buffer> {
  const handle = context.handles.get(request.handle);
  if (handle.kind === 'taken')
    throw failure(`${acceptedText(handle.acceptedAt)}; its answer comes in the reports folder`);
  if (handle.kind === 'listing') throw failure('this is a folder');
  if (handle.kind === 'upload' && !handle.readable) throw permissionDenied('this file was not opened for reading');
  const source = handle.kind === 'upload' ? handle.upload : handle.download;
  if (request.offset > BigInt(Number.MAX_SAFE_INTEGER)) return buildStatus(request.id, STATUS.EOF, 'end of file');
  const length = Math.min(request.length, TRANSFER_MAX_BYTES);
  const packet = allocateData(length);
  const count = length === 0 ? 0 : await source.read(packet, DATA_OFFSET, length, Number(request.offset));
  if (count === 0 && length > 0) return buildStatus(request.id, STATUS.EOF, 'end of file');
  return sealData(packet, request.id, count);
}

/** @param writes to one handle, each where the one before ends */
export async function writeHandle(context: SessionContext, writes: readonly WriteRequest[]): Promise<void> {
  const [first] = writes;
  if (first === undefined) return;
  const handle = context.handles.get(first.handle);
  if (handle.kind !== 'upload') throw permissionDenied('this file was not opened for writing');
  await handle.upload.write(
    first.offset,
    writes.map(({ content }) => content),
  );
}

export function statHandle(context: SessionContext, request: Of<'fstat'>): Buffer {
  const handle = context.handles.get(request.handle);
  switch (handle.kind) {
    case 'listing':
      throw failure('this is a folder');
    case 'taken': {
      const shadow = context.space.shadow.lookUp(handle.key);
      if (shadow === null) throw noSuchFile();
      return buildAttrs(request.id, fileAttributes(shadow.size, shadow.mtime));
    }
    case 'upload':
    case 'download': {
      const { size, mtime } = (handle.kind === 'upload' ? handle.upload : handle.download).state();
      return buildAttrs(request.id, fileAttributes(size, mtime));
    }
  }
}

/** On what is only read, attributes are kept as they are: asking for others is no error. */
export async function setHandleAttributes(context: SessionContext, request: Of<'fsetstat'>): Promise<Buffer> {
  const handle = context.handles.get(request.handle);
  const { size, times } = request.attributes;
  if (handle.kind === 'upload') {
    if (size !== null) await handle.upload.truncate(size);
    if (times !== null) handle.upload.setTime(times.mtime);
  } else if (handle.kind === 'taken' && times !== null) {
    context.space.shadow.setTime(handle.key, times.mtime);
  } else if (size !== null) {
    throw permissionDenied('this file was not opened for writing');
  }
  return buildStatus(request.id, STATUS.OK, 'done');
}

export async function readFolder(context: SessionContext, request: Of<'readdir'>): Promise<Buffer> {
  const handle = context.handles.get(request.handle);
  if (handle.kind !== 'listing') throw failure('this is no folder');
  const entries = await handle.listing.next();
  if (entries.length === 0) return buildStatus(request.id, STATUS.EOF, 'end of folder');
  return buildNames(request.id, entries);
}

export async function syncHandle(context: SessionContext, request: Of<'fsync'>): Promise<Buffer> {
  const handle = context.handles.get(request.handle);
  if (handle.kind === 'upload') await handle.upload.sync();
  return buildStatus(request.id, STATUS.OK, 'durable');
}
