/**
 * Replays as commands ask for them: whether a batch can be processed again from its archived original, and the row that
 * asks for it. The daemon does the work; here nothing is moved or judged.
 */
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { archivePath, dataFolders, reportsFolder } from '../adapters/spool/data-folders';
import { findInstanceHolder, type LockHolder } from '../adapters/sqlite/instance-lock';
import { queueReplay, type ReplayQueued } from '../adapters/sqlite/queue-replay';
import type { Config } from '../config/config';
import { createBatchId } from '../domain/batch-id';
import type { BatchOrigin, BatchRecord } from '../domain/batch-record';
import { belgianTime } from '../domain/belgian-time';
import type { FindingTotals } from '../domain/report-source';
import { parseName } from '../stages/name/parse-name';
import { planReports } from '../stages/report/plan-reports';

export type { ReplayQueued } from '../adapters/sqlite/queue-replay';

/** The daemon that runs on the data folder, or null. */
export function findDaemon(config: Config): LockHolder | null {
  return findInstanceHolder(config.dataDir);
}

/** Why the batch cannot be processed again, in words for an operator; null when it can. */
export function whyNoReplay(config: Config, original: BatchRecord): string | null {
  if (original.mode === 'test') return 'it was a rehearsal, and of rehearsals nothing is kept';
  if (original.cause === 'cancelled') return 'its sender withdrew it';
  if (original.dataIdentity === null || original.cause === 'unmarked') return 'it brought no data file';
  if (original.state !== 'archived') return `it is still in work (${original.state})`;
  const path = join(dataFolders(config.dataDir).archiveDir, archivePath(original));
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    const { originalsDays } = config.retention;
    const rule = originalsDays === null ? '' : `, where originals are kept for ${originalsDays} days`;
    return `its original is no longer in the archive${rule}: ${path}`;
  }
  return null;
}

/**
 * Asks for a new run of a batch that can be replayed.
 * @param messageTypes those of today's schemas: a file that named none before may name one now
 * @throws Fault S901 or S902
 */
export function requestReplay(
  config: Config,
  original: BatchRecord,
  messageTypes: readonly string[],
  now: Date,
): ReplayQueued {
  const { storePath, archiveDir } = dataFolders(config.dataDir);
  const path = archivePath(original);
  const { size } = statSync(join(archiveDir, path));
  const { baseName, fileName } = original;
  const name = parseName(baseName, { types: messageTypes, account: null, now: belgianTime(now), fileName });
  return queueReplay(storePath, original.id, (run): BatchOrigin => {
    return {
      id: createBatchId(now.getTime(), randomBytes(10)),
      cause: 'replay',
      account: original.account,
      sender: original.sender ?? name.sender,
      messageType: original.messageType ?? name.messageType,
      fileName,
      baseName,
      markerName: null,
      markerIdentity: null,
      dataIdentity: path,
      mode: original.mode,
      folder: original.folder,
      language: original.language,
      fileTime: original.fileTime ?? name.fileTime,
      run,
      replayOf: original.id,
      bytes: size,
      receivedAt: now.toISOString(),
    };
  });
}

/** Where the reports on a processed batch were put, and under which names. */
export function reportsOf(
  config: Config,
  batch: BatchRecord,
  totals: FindingTotals,
): { readonly folder: string; readonly names: readonly string[] } {
  const folder = reportsFolder(dataFolders(config.dataDir), batch.account, batch.folder);
  return { folder, names: planReports(batch, totals).map(({ name }) => name) };
}
