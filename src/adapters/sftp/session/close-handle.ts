/**
 * The end of a handle: by CLOSE, which publishes an upload before it is answered, or because the peer is gone, which
 * never publishes. Either way the name is free again and the transfer is told to the operator.
 */
import { buildStatus } from '../codec/build-reply';
import { STATUS } from '../codec/packet-types';
import type { AnsweredRequest } from '../codec/sftp-request';
import type { UploadState } from '../files/upload';
import { takeName } from '../files/vacate';
import type { OpenHandle } from './handle-table';
import type { SessionContext } from './session-context';

type UploadHandle = Extract<OpenHandle, { kind: 'upload' }>;
type DownloadHandle = Extract<OpenHandle, { kind: 'download' }>;

export async function closeHandle(
  context: SessionContext,
  request: Extract<AnsweredRequest, { kind: 'close' }>,
): Promise<Buffer> {
  const handle = context.handles.take(request.handle);
  if (handle.kind === 'upload') await publishUpload(context, handle);
  if (handle.kind === 'download') closeDownload(context, handle, handle.download.isComplete());
  return buildStatus(request.id, STATUS.OK, 'closed');
}

/** Ends what the session left open. Never throws: there is nobody to answer to. */
export async function abandonHandles(context: SessionContext): Promise<void> {
  for (const handle of context.handles.takeAll()) {
    try {
      if (handle.kind === 'upload') await keepUpload(context, handle);
      if (handle.kind === 'download') closeDownload(context, handle, false); // nobody knows what has arrived
    } catch (error) {
      context.audit({ event: 'fault', operation: 'end of session', message: String(error) });
    }
  }
}

async function publishUpload(context: SessionContext, handle: UploadHandle): Promise<void> {
  const { space } = context;
  const { folder, name, upload } = handle;
  const key = space.key(folder, name);
  let published: UploadState | null = null;
  try {
    published = await upload.publish((path, rename) =>
      takeName(space, { folder, name, path, beside: space.writers.beside(key) }, rename),
    );
    space.shadow.remember(key, published);
  } finally {
    space.writers.release(key);
    auditTransfer(context, handle, upload.receivedBytes, published !== null);
  }
  space.events.onArrival(space.account, folder, name, published.size);
}

async function keepUpload(context: SessionContext, handle: UploadHandle): Promise<void> {
  try {
    await handle.upload.keepPartial();
  } finally {
    context.space.writers.release(context.space.key(handle.folder, handle.name));
    auditTransfer(context, handle, handle.upload.receivedBytes, false);
  }
}

function closeDownload(context: SessionContext, handle: DownloadHandle, complete: boolean): void {
  const { download } = handle;
  download.close();
  if (download.sentBytes > 0 || complete) auditTransfer(context, handle, download.sentBytes, complete);
}

function auditTransfer(
  context: SessionContext,
  handle: UploadHandle | DownloadHandle,
  bytes: number,
  complete: boolean,
): void {
  context.audit({
    event: 'transfer',
    direction: handle.kind,
    path: handle.path,
    bytes,
    ms: Math.round(performance.now() - handle.openedAt),
    outcome: complete ? 'complete' : 'partial',
  });
}
