/**
 * Asks for an archived batch to be processed again: writes the row of the new run, which the daemon finds at its next
 * rescan or start. The one write to the store that is made outside the daemon: a single short transaction.
 * Throws Fault S902 when SQLite fails, or when the store is not of this program's version.
 */
import type Database from 'better-sqlite3';
import type { BatchOrigin, BatchRecord } from '../../domain/batch-record';
import { Fault } from '../../domain/fault';
import { asFault } from './as-fault';
import { batchFromRow, type BatchRow } from './batch-row';
import { insertOrigin } from './insert-origin';
import { assertMigrated } from './migrate';
import { openConnection } from './open-connection';

export type ReplayQueued =
  | { readonly kind: 'queued'; readonly batch: BatchRecord }
  /** The original, or an earlier replay of it, is not archived yet: that run. */
  | { readonly kind: 'in-work'; readonly batch: BatchRecord };

/**
 * @param path of the store, which exists
 * @param originalId the batch that brought the file, not a replay of it
 * @param describe the new run's row, given its number
 */
export function queueReplay(path: string, originalId: string, describe: (run: number) => BatchOrigin): ReplayQueued {
  return asFault(() => {
    const db = openConnection(path);
    try {
      assertMigrated(db);
      return db.transaction(() => queue(db, originalId, describe)).immediate();
    } finally {
      db.close();
    }
  });
}

function queue(db: Database.Database, originalId: string, describe: (run: number) => BatchOrigin): ReplayQueued {
  const runs = db
    .prepare<[string, string], BatchRow>('SELECT * FROM batches WHERE id = ? OR replay_of = ? ORDER BY run')
    .all(originalId, originalId)
    .map(batchFromRow);
  const unfinished = runs.find(({ state }) => state !== 'archived');
  if (unfinished !== undefined) return { kind: 'in-work', batch: unfinished };
  const origin = describe((runs.at(-1)?.run ?? 0) + 1);
  insertOrigin(db, origin);
  const row = db.prepare<[string], BatchRow>('SELECT * FROM batches WHERE id = ?').get(origin.id);
  if (row === undefined) throw new Fault('S902', `batch ${origin.id} was not kept`, { retryable: false });
  return { kind: 'queued', batch: batchFromRow(row) };
}
