/**
 * Carries one request out and answers it. Whatever goes wrong becomes a STATUS reply: a refusal with its reason, an
 * error of the disk with a short text; the operator is told of both. A ProtocolError alone is thrown: it ends the session.
 */
import { buildLimits, buildStatus, buildStatvfs } from '../codec/build-reply';
import { STATUS, type StatusCode } from '../codec/packet-types';
import { ProtocolError } from '../codec/protocol-error';
import type { AnsweredRequest } from '../codec/sftp-request';
import { measureSpace } from '../files/measure-space';
import { printable } from '../printable';
import { isServerFault, permissionDenied, Refusal, refusalOfError } from '../refusal';
import { closeHandle } from './close-handle';
import {
  openPath,
  readFolder,
  readHandle,
  setHandleAttributes,
  statHandle,
  syncHandle,
  writeHandle,
} from './handle-requests';
import { openFolder, realPath, removePath, renamePath, setPathAttributes, statPath } from './path-requests';
import type { WriteRequest } from './join-writes';
import type { SessionContext } from './session-context';

type SingleRequest = Exclude<AnsweredRequest, WriteRequest>;

export async function executeRequest(context: SessionContext, request: SingleRequest): Promise<Buffer> {
  try {
    return await carryOut(context, request);
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    const refusal = tellRefusal(context, request, error);
    return buildStatus(request.id, refusal.status, refusal.message);
  }
}

/** Carries out writes that lie one after the other, at once; each gets its reply, in order. */
export async function executeWrites(context: SessionContext, writes: readonly WriteRequest[]): Promise<Buffer> {
  let status: StatusCode = STATUS.OK;
  let message = 'written';
  try {
    await writeHandle(context, writes);
  } catch (error) {
    const [first] = writes;
    if (first !== undefined) ({ status, message } = tellRefusal(context, first, error));
  }
  return Buffer.concat(writes.map(({ id }) => buildStatus(id, status, message)));
}

function tellRefusal(context: SessionContext, request: AnsweredRequest, error: unknown): Refusal {
  const refusal = refusalOfError(error);
  if (isServerFault(error)) {
    context.audit({ event: 'fault', operation: request.kind, message: String(error) });
  } else if (refusal.status === STATUS.PERMISSION_DENIED || refusal.status === STATUS.FAILURE) {
    context.audit({ event: 'refusal', operation: request.kind, path: requestPath(request), reason: refusal.message });
  }
  return refusal;
}

async function carryOut(context: SessionContext, request: SingleRequest): Promise<Buffer> {
  switch (request.kind) {
    case 'open':
      return openPath(context, request);
    case 'close':
      return closeHandle(context, request);
    case 'read':
      return readHandle(context, request);
    case 'stat':
      return statPath(context, request);
    case 'fstat':
      return statHandle(context, request);
    case 'setstat':
      return setPathAttributes(context, request);
    case 'fsetstat':
      return setHandleAttributes(context, request);
    case 'opendir':
      return openFolder(context, request);
    case 'readdir':
      return readFolder(context, request);
    case 'remove':
      return removePath(context, request);
    case 'rename':
      return renamePath(context, request);
    case 'realpath':
      return realPath(context, request);
    case 'folders-fixed':
      throw permissionDenied('the folders here are fixed: /, /reports, /test and /test/reports');
    case 'statvfs':
      return buildStatvfs(request.id, await measureSpace(context.space, context.account));
    case 'fsync':
      return syncHandle(context, request);
    case 'limits':
      return buildLimits(request.id, context.handlesMax);
    case 'unsupported':
      throw new Refusal(STATUS.OP_UNSUPPORTED, `${request.what}: not supported here`);
  }
}

function requestPath(request: AnsweredRequest): string | null {
  if ('path' in request) return printable(request.path);
  return 'from' in request ? printable(request.from) : null;
}
