/**
 * Takes out of the store what retention lets go of findings: first what their sender wrote (values, suggestions, record
 * keys, details, names of columns that are no fields), later the findings themselves. Only batches that are archived
 * are touched. Each step is one short transaction, so that a daemon beside it hardly waits; a batch is marked with its
 * last step, so that a kill between two steps loses nothing. What is taken out is overwritten with zeros in the file.
 * Every method throws Fault S902 when SQLite fails, or when the store is not of this program's version.
 */
import type Database from 'better-sqlite3';
import { FINDING_CODES, type FindingCode } from '../../domain/codes';
import type { BatchRecord } from '../../domain/batch-record';
import { asFault, isBusy } from './as-fault';
import { assertMigrated } from './migrate';
import { openConnection, openConnectionAnyhow } from './open-connection';
import { listUnerased, noteErased, type UnerasedRange } from './original-erasures';

/** `values`: what the sender wrote; `findings`: the findings with all they hold. */
export type FindingsPart = 'values' | 'findings';

export interface FindingsCount {
  readonly batches: number;
  readonly findings: number;
}

/** Batches received before this moment, ISO 8601 UTC, and, where given, from another moment on. */
export interface ReceivedRange {
  readonly from: string;
  readonly before: string;
}

export interface FindingsDue {
  /** What is due. Reads every finding of the range that was not erased before. */
  count(part: FindingsPart, range: ReceivedRange): FindingsCount;
  close(): void;
}

export interface ErasedStep {
  readonly findings: number;
  /** Whose findings they are. */
  readonly batchIds: readonly string[];
  /** There is more to do: a further step. */
  readonly more: boolean;
}

export interface FindingsPurge {
  erase(part: FindingsPart, range: ReceivedRange, now: Date): ErasedStep;
  /** A page of the batches whose original is not noted as erased, by their ids. */
  unerasedOriginals(range: UnerasedRange): readonly BatchRecord[];
  noteErasedOriginals(ids: readonly string[], now: Date): void;
  /**
   * Empties the write-ahead log, which still holds the pages as they were. False when somebody reads them: then they go
   * with a later checkpoint.
   */
  emptyLog(): boolean;
  close(): void;
}

/** The daemon may hold the lock while it commits a large batch. */
const PATIENCE_MS = 300_000;
const LOG_PATIENCE_MS = 1_000;
const STEP_ROWS = 5_000;
const STEP_BATCHES = 500;

const MARK = { values: 'values_erased_at', findings: 'findings_erased_at' } as const;

/** Codes whose field is one of the schema's; others may name a column as the sender called it. */
const OWN_FIELD = (Object.keys(FINDING_CODES) as FindingCode[])
  .filter((code) => ['validate', 'route'].includes(FINDING_CODES[code].stage))
  .map((code) => `'${code}'`)
  .join(', ');
const FOREIGN_FIELD = `(field IS NOT NULL AND code NOT IN (${OWN_FIELD}))`;
const HOLDS_WORDS = `(value IS NOT NULL OR suggestion IS NOT NULL OR record_key IS NOT NULL OR params IS NOT NULL OR ${FOREIGN_FIELD})`;

function dueBatches(part: FindingsPart): string {
  return `state = 'archived' AND received_at >= :from AND received_at < :before AND ${MARK[part]} IS NULL`;
}

export function openFindingsDue(path: string): FindingsDue {
  return opened(
    () => openConnectionAnyhow(path),
    (db) => ({
      count: (part, range) =>
        asFault(
          () =>
            db
              .prepare<[ReceivedRange], FindingsCount>(
                `SELECT count(DISTINCT batch_id) AS batches, count(*) AS findings
                  FROM batches b CROSS JOIN findings f ON f.batch_id = b.id
                  WHERE ${dueBatches(part)} ${part === 'values' ? `AND ${HOLDS_WORDS}` : ''}`,
              )
              .get(range) ?? { batches: 0, findings: 0 },
        ),
      close: () => asFault(() => void db.close()),
    }),
  );
}

/** @throws Fault S902 when the store cannot be read, or is not of this program's version */
export function assertPurgeable(path: string): void {
  openFindingsDue(path).close();
}

export function openFindingsPurge(path: string): FindingsPurge {
  return opened(
    () => openConnection(path, PATIENCE_MS),
    (db) => {
      db.pragma('secure_delete = ON');
      const steps = { values: eraseValues(db), findings: eraseFindings(db) };
      return {
        erase: (part, range, now) =>
          asFault(() => db.transaction(() => eraseStep(db, part, steps[part], { ...range, now })).immediate()),
        unerasedOriginals: (range) => asFault(() => listUnerased(db, range)),
        noteErasedOriginals: (ids, now) =>
          asFault(() => {
            noteErased(db, ids, now);
          }),
        emptyLog: () => asFault(() => emptyLog(db)),
        close: () => asFault(() => void db.close()),
      };
    },
  );
}

function opened<T>(open: () => Database.Database, use: (db: Database.Database) => T): T {
  return asFault(() => {
    const db = open();
    try {
      assertMigrated(db);
      return use(db);
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** Erases at most `limit` findings of a batch, from the first one on. */
type EraseOfBatch = (batchId: string, limit: number) => { readonly findings: number; readonly done: boolean };

interface Due extends ReceivedRange {
  readonly now: Date;
}

function eraseStep(db: Database.Database, part: FindingsPart, eraseOf: EraseOfBatch, due: Due): ErasedStep {
  const { from, before, now } = due;
  const ids = db
    .prepare<[ReceivedRange], string>(
      `SELECT id FROM batches WHERE ${dueBatches(part)} ORDER BY received_at, id LIMIT ${STEP_BATCHES}`,
    )
    .pluck()
    .all({ from, before });
  const at = now.toISOString();
  const mark = db.prepare(
    part === 'values'
      ? 'UPDATE batches SET values_erased_at = :at WHERE id = :id'
      : 'UPDATE batches SET findings_erased_at = :at, values_erased_at = coalesce(values_erased_at, :at) WHERE id = :id',
  );
  let findings = 0;
  const batchIds: string[] = [];
  for (const id of ids) {
    const erased = eraseOf(id, STEP_ROWS - findings);
    findings += erased.findings;
    if (erased.findings > 0) batchIds.push(id);
    if (erased.done) mark.run({ id, at });
    if (!erased.done || findings >= STEP_ROWS) return { findings, batchIds, more: true };
  }
  return { findings, batchIds, more: ids.length === STEP_BATCHES };
}

function eraseValues(db: Database.Database): EraseOfBatch {
  // How far a batch is that takes several steps: what is erased already is not looked at again.
  let place = { batchId: '', seq: 0 };
  const holding = db
    .prepare<[string, number, number], number | null>(
      `SELECT max(seq) FROM (
        SELECT seq FROM findings WHERE batch_id = ? AND seq > ? AND ${HOLDS_WORDS} ORDER BY seq LIMIT ?)`,
    )
    .pluck();
  const erase = db.prepare<[string, number, number]>(
    `UPDATE findings SET value = NULL, suggestion = NULL, record_key = NULL, params = NULL,
        field = iif(${FOREIGN_FIELD}, NULL, field)
      WHERE batch_id = ? AND seq > ? AND seq <= ? AND ${HOLDS_WORDS}`,
  );
  return (batchId, limit) => {
    const after = place.batchId === batchId ? place.seq : 0;
    const upTo = holding.get(batchId, after, limit) ?? null;
    if (upTo === null) return { findings: 0, done: true };
    place = { batchId, seq: upTo };
    const { changes } = erase.run(batchId, after, upTo);
    return { findings: changes, done: changes < limit };
  };
}

function eraseFindings(db: Database.Database): EraseOfBatch {
  const statement = (table: string, number: string) =>
    db.prepare<[string, string, number]>(
      `DELETE FROM ${table} WHERE batch_id = ? AND ${number} IN (
        SELECT ${number} FROM ${table} WHERE batch_id = ? ORDER BY ${number} LIMIT ?)`,
    );
  const findings = statement('findings', 'seq');
  const rejected = statement('rejected_records', 'record');
  return (batchId, limit) => {
    const erased = findings.run(batchId, batchId, limit).changes;
    const done = erased < limit && rejected.run(batchId, batchId, limit).changes < limit;
    return { findings: erased, done };
  };
}

function emptyLog(db: Database.Database): boolean {
  // Whoever waits for a reader here keeps the daemon from writing.
  db.pragma(`busy_timeout = ${LOG_PATIENCE_MS}`);
  try {
    const [row] = db.pragma('wal_checkpoint(TRUNCATE)') as readonly { busy: number }[];
    return row?.busy === 0;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  } finally {
    db.pragma(`busy_timeout = ${PATIENCE_MS}`);
  }
}
