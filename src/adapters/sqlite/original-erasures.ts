/**
 * Which batches have let go of their original. The file goes first, the note follows: what a kill or a full disk keeps
 * between the two the next purge makes good, for it looks at every batch that is due and has no note yet.
 */
import type Database from 'better-sqlite3';
import type { BatchRecord } from '../../domain/batch-record';
import { batchFromRow, type BatchRow } from './batch-row';

/** What was claimed and not for a rehearsal was archived; a replay leaves its original where it is. */
export const WAS_ARCHIVED = `state = 'archived' AND mode = 'production' AND cause IN ('upload', 'cancelled')
  AND data_identity IS NOT NULL`;

export interface UnerasedRange {
  /** Received before that moment, ISO 8601 UTC. */
  readonly before: string;
  /** The id of the last batch of the page before; '' for the first page. */
  readonly after: string;
  readonly limit: number;
}

/** A page of the batches whose original is not noted as erased, by their ids. */
export function listUnerased(db: Database.Database, { before, after, limit }: UnerasedRange): readonly BatchRecord[] {
  return db
    .prepare<[string, string, number], BatchRow>(
      `SELECT * FROM batches WHERE id > ? AND ${WAS_ARCHIVED} AND received_at < ? AND original_erased_at IS NULL
        ORDER BY id LIMIT ?`,
    )
    .all(after, before, limit)
    .map(batchFromRow);
}

export function noteErased(db: Database.Database, ids: readonly string[], now: Date): void {
  const note = db.prepare<[string, string]>('UPDATE batches SET original_erased_at = ? WHERE id = ?');
  db.transaction(() => {
    for (const id of ids) note.run(now.toISOString(), id);
  }).immediate();
}
