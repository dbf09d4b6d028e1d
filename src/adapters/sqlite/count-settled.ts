/** How many records of a batch are stored, rejected and repeated, by what was decided about them. Reads the staging area. */
import type Database from 'better-sqlite3';
import type { BatchCounts } from '../../domain/batch';
import type { StoredDecision } from '../../stages/route/decide-against-stored';
import type { TwinDecision } from '../../stages/route/decide-within-file';
import { prepared } from './prepared';

/** Records as they came, before they were settled. */
export interface ReadCounts {
  /** Those that nothing speaks against by themselves. */
  readonly staged: number;
  /** Of these, the ones with a warning. */
  readonly warned: number;
  readonly rejected: number;
}

/** @param newlyWarned stored records whose first warning came when they were settled */
export function countSettled(db: Database.Database, read: ReadCounts, newlyWarned: number): BatchCounts {
  const rows = prepared<[], { kind: StoredDecision | TwinDecision; count: number; warned: number }>(
    db,
    `SELECT d.kind, count(*) AS count, count(*) FILTER (WHERE p.warned) AS warned
        FROM staging.decision d CROSS JOIN incoming.places p ON p.record = d.record GROUP BY d.kind`,
  ).all();
  const count = (...kinds: readonly string[]): number =>
    rows.filter(({ kind }) => kinds.includes(kind)).reduce((sum, row) => sum + row.count, 0);
  const rejected = count('conflict', 'other-patient');
  const duplicate = count('repeated', 'duplicate', 'confirmation');
  const corrected = count('correction', 'older-version');
  const leftOut = rows.filter(({ kind }) => kind !== 'correction' && kind !== 'older-version');
  const warnedLeftOut = leftOut.reduce((sum, { warned }) => sum + warned, 0);
  return {
    records: read.staged + read.rejected,
    accepted: read.staged - rejected - duplicate,
    acceptedWithWarning: read.warned - warnedLeftOut + newlyWarned,
    rejected: read.rejected + rejected,
    duplicate,
    corrected,
  };
}
