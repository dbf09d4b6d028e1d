/**
 * The row of a batch that is taken up: state `ready`, with the next delivery number of its base name and folder. Numbers
 * are left out that would give its reports the names of another batch's: `B.r2` may be a base name as well.
 */
import type Database from 'better-sqlite3';
import { type BatchOrigin, reportBase } from '../../domain/batch-record';
import { originColumns } from './batch-row';
import { prepared } from './prepared';

/** Call it within an immediate transaction: the delivery number is read and written. */
export function insertOrigin(db: Database.Database, origin: BatchOrigin): void {
  const previous = prepared<[string, string, string], { id: string; delivery: number }>(
    db,
    `SELECT id, delivery FROM main.batches WHERE account = ? AND folder = ? AND base_name = ?
        ORDER BY delivery DESC LIMIT 1`,
  ).get(origin.account, origin.folder, origin.baseName);
  let delivery = (previous?.delivery ?? 0) + 1;
  while (isReported(db, origin, reportBase({ ...origin, delivery }))) delivery++;
  const row = { ...originColumns(origin), state: 'ready', delivery, previous_batch: previous?.id ?? null };
  const columns = Object.keys(row);
  prepared(db, `INSERT INTO main.batches (${columns.join(', ')}) VALUES (:${columns.join(', :')})`).run(row);
}

/** Whether reports of another batch have that stem: as its base name alone, or as `B.rN` of a later delivery. */
function isReported(db: Database.Database, { account, folder }: BatchOrigin, stem: string): boolean {
  const { base = '', delivery = '0' } = /^(?<base>.+)\.r(?<delivery>[2-9]|[1-9]\d{1,8})$/s.exec(stem)?.groups ?? {};
  const found = prepared(
    db,
    `SELECT 1 FROM main.batches
        WHERE account = ? AND folder = ? AND (base_name, delivery) IN (VALUES (?, 1), (?, ?))`,
  ).get(account, folder, stem, base, Number(delivery));
  return found !== undefined;
}
