/** The row of a batch that is taken up: state `ready`, with the next delivery number of its base name and folder. */
import type Database from 'better-sqlite3';
import type { BatchOrigin } from '../../domain/batch-record';
import { originColumns } from './batch-row';
import { prepared } from './prepared';

/** Call it within an immediate transaction: the delivery number is read and written. */
export function insertOrigin(db: Database.Database, origin: BatchOrigin): void {
  const previous = prepared<[string, string, string], { id: string; delivery: number }>(
    db,
    `SELECT id, delivery FROM main.batches WHERE account = ? AND folder = ? AND base_name = ?
        ORDER BY delivery DESC LIMIT 1`,
  ).get(origin.account, origin.folder, origin.baseName);
  const row = {
    ...originColumns(origin),
    state: 'ready',
    delivery: (previous?.delivery ?? 0) + 1,
    previous_batch: previous?.id ?? null,
  };
  const columns = Object.keys(row);
  prepared(db, `INSERT INTO main.batches (${columns.join(', ')}) VALUES (:${columns.join(', :')})`).run(row);
}
