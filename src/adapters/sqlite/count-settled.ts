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

interface Decided {
  readonly kind: StoredDecision | TwinDecision;
  readonly count: number;
  readonly warned: number;
}

/** @param newlyWarned stored records whose first warning came when they were settled */
export function countSettled(db: Database.Database, read: ReadCounts, newlyWarned: number): BatchCounts {
  const rows = prepared<[], Decided>(
    db,
    `SELECT d.kind, count(*) AS count, count(*) FILTER (WHERE p.warned) AS warned
        FROM staging.decision d CROSS JOIN incoming.places p ON p.record = d.record GROUP BY d.kind`,
  ).all();
  const rejected = countOf(rows, ['conflict', 'other-patient']);
  const duplicate = countOf(rows, ['repeated', 'duplicate', 'confirmation']);
  const corrected = countOf(rows, ['correction', 'older-version']);
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

function countOf(rows: readonly Decided[], kinds: readonly Decided['kind'][]): number {
  let sum = 0;
  for (const { kind, count } of rows) if (kinds.includes(kind)) sum += count;
  return sum;
}
