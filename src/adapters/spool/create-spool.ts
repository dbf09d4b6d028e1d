/**
 * The folders a batch moves through. A rename is a transition, and each step may be repeated after a crash: what is
 * done already is found done. Errors of the file system become faults S901. Nothing is overwritten or deleted before
 * what replaces it is durable, provided that the caller lets each step be durable before the next.
 */
import { closeSync, lstatSync, mkdirSync, openSync, readdirSync, renameSync, writeSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { BatchRecord } from '../../domain/batch-record';
import { Fault, toFault } from '../../domain/fault';
import type { ClaimedFile, NamesBeside, ReportContent, Spool, WrittenReport } from '../../ports/spool';
import { isQuiet, isUnchanged, lookAtClaimed } from './claimed-file';
import {
  archivePath,
  type DataFolders,
  dropFolder,
  partialsFolder,
  reportsFolder,
  stagedReportPath,
} from './data-folders';
import {
  copyFileDurably,
  exists,
  fileIdentity,
  makeDirectory,
  moveFile,
  removeFile,
  syncDirectory,
} from './durable-files';
import { createMarkers, type Removal, REMOVE_AT_ONCE } from './markers';
import { PendingSyncs } from './pending-syncs';
import { readByteRanges, readChunks } from './read-file';
import { WorkFolders } from './work-folders';

export function createSpool(folders: DataFolders, removal: Removal = REMOVE_AT_ONCE): Spool {
  const syncs = new PendingSyncs();
  /** Folders of the archive whose names this process knows to be durable. */
  const named = new Set<string>();
  const workFolders = new WorkFolders(folders, syncs.directory);
  const workFolder = (batch: BatchRecord): string => workFolders.path(batch.id);
  const claimedPath = (batch: BatchRecord): string => join(workFolder(batch), 'data');
  const stagedReport = (batch: BatchRecord, name: string): string => stagedReportPath(folders, batch.id, name);
  const markers = createMarkers(folders, workFolder, removal);
  const archivedOriginal = (batch: BatchRecord): string | null =>
    batch.dataIdentity === null ? null : join(folders.archiveDir, batch.dataIdentity);

  function claim(batch: BatchRecord): ClaimedFile | null {
    const target = claimedPath(batch);
    if (batch.cause === 'replay') return claimOriginal(batch, target);
    if (!exists(target)) {
      const source = join(dropFolder(folders, batch.account, batch.folder), batch.fileName);
      if (batch.dataIdentity === null || fileIdentity(source) !== batch.dataIdentity) return null;
      const marker = markers.own(batch);
      if (marker === null && batch.markerIdentity !== null) return null;
      workFolders.make(batch.id);
      if (marker !== null) markers.keep(batch, marker);
      renameSync(source, target);
    }
    // Asked for each time: an earlier try may have failed between the change and the sync.
    if (batch.state === 'ready') {
      syncs.directory(folders.workDir);
      syncs.directory(dirname(target));
      syncs.directory(dropFolder(folders, batch.account, batch.folder));
    }
    return lookAtClaimed(target);
  }

  /** A replay works on a copy: the original stays where it is. One that was begun cannot be given up. */
  function claimOriginal(batch: BatchRecord, target: string): ClaimedFile | null {
    if (!exists(target)) {
      const original = archivedOriginal(batch);
      if (original === null || !exists(original)) {
        if (batch.state === 'ready') return null;
        throw new Fault('S901', `the original of batch ${batch.id} is gone from the archive`, { retryable: false });
      }
      workFolders.make(batch.id);
      copyFileDurably(original, target, syncs.directory);
    }
    return lookAtClaimed(target);
  }

  function namesBeside({ account, folder }: BatchRecord): NamesBeside {
    const files = readdirSync(dropFolder(folders, account, folder), { withFileTypes: true });
    return {
      files: files.filter((entry) => entry.isFile()).map((entry) => entry.name),
      partials: listNames(partialsFolder(folders, account, folder)),
    };
  }

  function writeReport(batch: BatchRecord, content: ReportContent): WrittenReport {
    const path = stagedReport(batch, content.name);
    // Nothing of what lies there is needed after a crash: it is written again.
    mkdirSync(folders.stagingDir, { recursive: true, mode: 0o750 });
    const hash = createHash('sha256');
    let bytes = 0;
    const fd = openSync(path, 'w', 0o640);
    try {
      for (const chunk of content.chunks) {
        for (let done = 0; done < chunk.length;) done += writeSync(fd, chunk, done);
        hash.update(chunk);
        bytes += chunk.length;
      }
    } finally {
      closeSync(fd);
    }
    // An empty file has nothing to lose but its name, which the folder keeps.
    if (bytes > 0) syncs.file(path);
    return { name: content.name, bytes, sha256: hash.digest('hex') };
  }

  function publishReports(batch: BatchRecord, names: readonly string[]): void {
    const target = reportsFolder(folders, batch.account, batch.folder);
    makeDirectory(target, syncs.directory);
    if (lstatSync(target).isSymbolicLink())
      throw new Fault('S901', `${target} is a link; links are not followed`, { retryable: true });
    for (const name of names) {
      const staged = stagedReport(batch, name);
      if (exists(staged)) renameSync(staged, join(target, basename(name)));
    }
    syncs.directory(target);
  }

  /** A process that was killed may have made the folder and not its name durable: being there is not enough. */
  function makeArchiveFolder(path: string): void {
    if (path === folders.archiveDir || (named.has(path) && exists(path))) return;
    const parent = dirname(path);
    makeArchiveFolder(parent);
    makeDirectory(path, () => undefined);
    syncDirectory(parent);
    named.add(path);
  }

  function archive(batch: BatchRecord): string | null {
    if (batch.cause === 'replay') {
      const original = archivedOriginal(batch);
      return original !== null && exists(original) ? batch.dataIdentity : null;
    }
    const claimed = claimedPath(batch);
    const relative = archivePath(batch);
    const target = join(folders.archiveDir, relative);
    if (batch.mode === 'test') {
      removeFile(claimed, syncs.directory);
      return null;
    }
    const isClaimed = exists(claimed);
    if (!isClaimed && !exists(target)) return null;
    makeArchiveFolder(dirname(target));
    // The folder that it leaves is removed next.
    if (isClaimed) renameSync(claimed, target);
    syncs.directory(dirname(target));
    return relative;
  }

  function clear(batch: BatchRecord): void {
    workFolders.remove(batch.id);
    markers.remove(batch, syncs.directory);
  }

  function setAside(batch: BatchRecord): void {
    const target = join(folders.quarantineDir, batch.id);
    if (!exists(target)) {
      // Data that was not claimed yet lies where the next scan would find it.
      if (batch.state === 'ready' && batch.cause !== 'replay' && batch.cause !== 'unmarked') claim(batch);
      if (exists(workFolder(batch))) moveFile(workFolder(batch), target);
    }
    markers.moveTo(target, batch);
    for (const name of listNames(folders.stagingDir)) {
      if (name.startsWith(batch.id)) removeFile(join(folders.stagingDir, name));
    }
  }

  return {
    claim: (batch) => guarded(() => claim(batch)),
    read: (file) => guardedChunks(readChunks(file.path)),
    readRanges: (file, ranges) => guardedChunks(readByteRanges(file.path, ranges)),
    isUnchanged: (file, now) => guarded(() => isUnchanged(file) && isQuiet(file, now)),
    readMarker: (batch) => guarded(() => markers.read(batch)),
    namesBeside: (batch) => guarded(() => namesBeside(batch)),
    writeReport: (batch, content) => guarded(() => writeReport(batch, content)),
    publishReports: (batch, names) => guarded(() => publishReports(batch, names)),
    archive: (batch) => guarded(() => archive(batch)),
    clear: (batch) => guarded(() => clear(batch)),
    setAside: (batch) => guarded(() => setAside(batch)),
    together: (action) => guarded(() => syncs.together(action)),
  };
}

function listNames(folder: string): readonly string[] {
  return exists(folder) ? readdirSync(folder) : [];
}

function guarded<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw toFault(error);
  }
}

function* guardedChunks(chunks: Iterable<Uint8Array>): Generator<Uint8Array, void, undefined> {
  try {
    yield* chunks;
  } catch (error) {
    throw toFault(error);
  }
}
