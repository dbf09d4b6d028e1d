/**
 * The markers of batches: a batch's own one lies in the drop folder from its beginning to its end, and at any moment the
 * next one of its name may take its place there. Fails as Node's fs does.
 */
import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BatchRecord } from '../../domain/batch-record';
import { type DataFolders, dropFolder, markerApartPath } from './data-folders';
import {
  changedAtNs,
  exists,
  fileIdentity,
  makeDirectory,
  moveFile,
  removeFile,
  statIdentity,
  type SyncDirectory,
  syncDirectory,
  syncFile,
} from './durable-files';
import type { DropName } from './name-locks';
import { setApart } from './set-apart';

/** Control totals are read from at most this much of a marker. */
const MARKER_BYTES = 4096;

/** Does what removes a file of a drop folder when no other one is about to take its name. */
export type Removal = <T>(name: DropName, remove: () => T) => T;

/** Where nothing else takes names. */
export const REMOVE_AT_ONCE: Removal = (_name, remove) => remove();

export interface Markers {
  /** What the batch's marker in the drop folder says; null where none lies there, or another one than it was opened for. */
  own(batch: BatchRecord): Uint8Array | null;
  /** What it says is for this batch: another one of its name may come while the batch is in work. */
  keep(batch: BatchRecord, marker: Uint8Array): void;
  /** What was kept, else what its own one says; empty when it is gone. */
  read(batch: BatchRecord): Uint8Array;
  /** Idempotent; removes no other one. */
  remove(batch: BatchRecord, sync: SyncDirectory): void;
  /** Idempotent; moves no other one. */
  moveTo(folder: string, batch: BatchRecord): void;
}

/** @param workFolder of a batch: what its marker says is kept there, of one that was set aside the marker itself */
export function createMarkers(
  folders: DataFolders,
  workFolder: (batch: BatchRecord) => string,
  removal: Removal,
): Markers {
  const pathOf = ({ account, folder, markerName }: BatchRecord): string | null =>
    markerName === null ? null : join(dropFolder(folders, account, folder), markerName);
  const keptPath = (batch: BatchRecord): string | null =>
    batch.markerName === null ? null : join(workFolder(batch), batch.markerName);

  function own(batch: BatchRecord): Uint8Array | null {
    const path = pathOf(batch);
    if (path === null || fileIdentity(path) !== batch.markerIdentity) return null;
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      // Looked at again: another one may have come in between.
      return statIdentity(fstatSync(fd, { bigint: true })) === batch.markerIdentity ? readBeginning(fd) : null;
    } finally {
      closeSync(fd);
    }
  }

  function keep(batch: BatchRecord, marker: Uint8Array): void {
    const kept = keptPath(batch);
    if (kept === null || marker.length === 0) return;
    writeFileSync(kept, marker, { mode: 0o640 });
    syncFile(kept); // before the data are moved: then it is not written again
  }

  function read(batch: BatchRecord): Uint8Array {
    const kept = keptPath(batch);
    if (kept === null || !lstatSync(kept, { throwIfNoEntry: false })?.isFile()) return own(batch) ?? new Uint8Array();
    const fd = openSync(kept, 'r');
    try {
      return readBeginning(fd);
    } finally {
      closeSync(fd);
    }
  }

  /** Another program has written it again in its place, behind the next file of that name. */
  function meansNextFile({ account, folder, fileName, dataIdentity }: BatchRecord, path: string): boolean {
    if (dataIdentity === null) return false;
    const next = changedAtNs(join(dropFolder(folders, account, folder), fileName));
    return next !== null && next <= (changedAtNs(path) ?? 0n);
  }

  /** Takes it out of the drop folder, unless it is another one or means the next file. @returns where it lies then */
  function takeOut(batch: BatchRecord): { readonly apart: string; readonly from: string } | null {
    const { id, account, folder, cause, markerName: name, markerIdentity: identity } = batch;
    const path = pathOf(batch);
    if (name === null || identity === null || path === null || cause === 'replay') return null;
    const apart = markerApartPath(folders, id);
    mkdirSync(folders.stagingDir, { recursive: true, mode: 0o750 });
    const isApart = removal(
      { account, folder, name },
      () => (exists(apart) || !meansNextFile(batch, path)) && setApart(path, identity, apart),
    );
    return isApart ? { apart, from: dirname(path) } : null;
  }

  return {
    own,
    keep,
    read,
    remove: (batch, sync) => {
      const out = takeOut(batch);
      if (out !== null) removeFile(out.apart, () => sync(out.from));
    },
    moveTo: (folder, batch) => {
      const out = takeOut(batch);
      if (out === null) return;
      makeDirectory(folder);
      moveFile(out.apart, join(folder, batch.markerName ?? ''));
      syncDirectory(out.from);
    },
  };
}

function readBeginning(fd: number): Uint8Array {
  const bytes = Buffer.alloc(MARKER_BYTES);
  return bytes.subarray(0, readSync(fd, bytes, 0, MARKER_BYTES, 0));
}
