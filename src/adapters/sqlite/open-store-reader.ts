/**
 * What commands read of the store, on a connection that only reads: it never blocks the daemon's writes, and works
 * whether the daemon runs or not. Values of findings are the sender's own, personal data among them: what is shown of
 * them is the caller's decision.
 * Every method throws Fault S902 when SQLite fails.
 */
import type Database from 'better-sqlite3';
import type { BatchMode, Outcome } from '../../domain/batch';
import type { BatchRecord, QuarantinedBatch } from '../../domain/batch-record';
import type { BatchState } from '../../domain/journey';
import type { FindingGroup, ReportSource } from '../../ports/report-source';
import { asFault } from './as-fault';
import { batchFromRow, type BatchRow, type QuarantinedRow, quarantinedFromRow, SELECT_QUARANTINED } from './batch-row';
import { openConnectionAnyhow, openReadOnlyConnection } from './open-connection';
import { quoteIdentifier } from './quote-identifier';
import { lastCommit } from './store-changes';
import { createReportSource } from './sqlite-report-source';

/** Members left out do not filter. */
export interface BatchFilter {
  readonly sender?: string;
  readonly account?: string;
  readonly messageType?: string;
  readonly outcome?: Outcome;
  readonly state?: BatchState;
  readonly mode?: BatchMode;
  /** A finding code that the batch has. */
  readonly code?: string;
  /** ISO 8601 UTC: received then or later. */
  readonly since?: string;
  readonly limit?: number;
}

/** Columns of `batches` by whose values people ask for batches. */
export type BatchNameColumn = 'account' | 'sender' | 'message_type';

/** A committed batch that has findings. */
export interface Rejection {
  /** Grows with each commit: ask for what comes after it. */
  readonly cursor: number;
  readonly batch: BatchRecord;
  readonly groups: readonly FindingGroup[];
}

export interface TableCount {
  readonly messageType: string;
  /** All versions. */
  readonly rows: number;
  /** Latest versions. */
  readonly current: number;
}

export interface StoreSummary {
  readonly batches: number;
  /** Batches in each state that has any. */
  readonly states: Partial<Readonly<Record<BatchState, number>>>;
  readonly outcomes: Partial<Readonly<Record<Outcome, number>>>;
  readonly lastReceivedAt: string | null;
  readonly lastCommittedAt: string | null;
  /** Oldest batch that is on its way, or null. */
  readonly oldestUnfinishedAt: string | null;
}

export interface ReportFetched {
  readonly fileName: string;
  /** ISO 8601 UTC. */
  readonly at: string;
}

/** What retention has taken out of a batch, and when, ISO 8601 UTC; null: nothing yet. */
export interface Erased {
  readonly valuesAt: string | null;
  readonly findingsAt: string | null;
  readonly originalAt: string | null;
}

export interface StoreReader {
  /** Newest first. */
  batches(filter?: BatchFilter): readonly BatchRecord[];
  batch(id: string): BatchRecord | null;
  /** All that batches have there, in order. Reads all of them. */
  named(column: BatchNameColumn): readonly string[];
  /**
   * Batches that `text` may mean, newest first: an id or the beginning of one (`ID_BEGINNING_MIN` characters or more),
   * in capitals or not, or a file or base name.
   */
  find(text: string): readonly BatchRecord[];
  /** Replays that were asked for or are in work, oldest first. */
  unfinishedReplays(): readonly BatchRecord[];
  /** Batches that are not archived yet and not set aside, oldest first. */
  unfinished(): readonly BatchRecord[];
  /** Batches that were set aside, oldest first. */
  quarantined(): readonly QuarantinedBatch[];
  reportSource(id: string): ReportSource;
  erased(id: string): Erased;
  /** When the account first fetched each report of a batch completely, in the order of time. */
  fetches(id: string): readonly ReportFetched[];
  /** Batches with findings committed after `cursor`, oldest first; at most `limit` of the filter, 100 without. */
  rejections(cursor: number, filter?: BatchFilter): readonly Rejection[];
  /** The last commit's cursor, 0 before the first. */
  lastCursor(): number;
  tables(): readonly TableCount[];
  summary(): StoreSummary;
  close(): void;
}

/** @throws Fault S902 when the file is not there or is no store */
export function openStoreReader(path: string): StoreReader {
  return readerOf(() => openReadOnlyConnection(path));
}

/** The same for the purge, on a full disk too: see openConnectionAnyhow. @throws Fault S902 */
export function openStoreReaderAnyhow(path: string): StoreReader {
  return readerOf(() => openConnectionAnyhow(path));
}

function readerOf(open: () => Database.Database): StoreReader {
  return asFault(() => {
    const db = open();
    return {
      batches: (filter = {}) => asFault(() => listBatches(db, filter)),
      batch: (id) => asFault(() => select(db, 'id = ?', [id], 1)[0] ?? null),
      named: (column) => asFault(() => listNamed(db, column)),
      find: (text) => asFault(() => findBatches(db, text)),
      unfinishedReplays: () => asFault(() => listUnfinished(db).filter(({ cause }) => cause === 'replay')),
      unfinished: () => asFault(() => listUnfinished(db)),
      quarantined: () =>
        asFault(() => db.prepare<[], QuarantinedRow>(SELECT_QUARANTINED).all().map(quarantinedFromRow)),
      erased: (id) => asFault(() => readErased(db, id)),
      fetches: (id) => asFault(() => listFetches(db, id)),
      reportSource: (id) => createReportSource(db, 'main', id),
      rejections: (cursor, filter = {}) => asFault(() => listRejections(db, cursor, filter)),
      lastCursor: () => asFault(() => lastCursor(db)),
      tables: () => asFault(() => countTables(db)),
      summary: () => asFault(() => summarize(db)),
      close: () => asFault(() => void db.close()),
    };
  });
}

interface ErasedRow {
  readonly values_erased_at: string | null;
  readonly findings_erased_at: string | null;
  readonly original_erased_at: string | null;
}

function readErased(db: Database.Database, id: string): Erased {
  // A store that was not migrated yet has not all of these columns.
  const row = db.prepare<[string], Partial<ErasedRow>>('SELECT * FROM batches WHERE id = ?').get(id);
  return {
    valuesAt: row?.values_erased_at ?? null,
    findingsAt: row?.findings_erased_at ?? null,
    originalAt: row?.original_erased_at ?? null,
  };
}

function listFetches(db: Database.Database, id: string): ReportFetched[] {
  return db
    .prepare<[string], ReportFetched>(
      `SELECT file_name AS fileName, fetched_at AS at FROM report_fetches WHERE batch_id = ?
        ORDER BY fetched_at, file_name`,
    )
    .all(id);
}

const LIST_LIMIT = 100;

/** The beginning of an id has so many characters at least: fewer are those of nearly all. */
export const ID_BEGINNING_MIN = 4;

function conditionOf(filter: BatchFilter): { readonly sql: string; readonly values: readonly string[] } {
  const parts: [string, string | undefined][] = [
    ['sender = ?', filter.sender],
    ['account = ?', filter.account],
    ['message_type = ?', filter.messageType],
    ['outcome = ?', filter.outcome],
    ['state = ?', filter.state],
    ['mode = ?', filter.mode],
    ['received_at >= ?', filter.since],
    ['EXISTS (SELECT 1 FROM findings f WHERE f.batch_id = batches.id AND f.code = ?)', filter.code],
  ];
  const used = parts.filter((part): part is [string, string] => part[1] !== undefined);
  return { sql: ['TRUE', ...used.map(([sql]) => sql)].join(' AND '), values: used.map(([, value]) => value) };
}

function select(db: Database.Database, condition: string, values: readonly string[], limit: number): BatchRecord[] {
  return db
    .prepare<unknown[], BatchRow>(`SELECT * FROM batches WHERE ${condition} ORDER BY received_at DESC, id DESC LIMIT ?`)
    .all(...values, limit)
    .map(batchFromRow);
}

function listBatches(db: Database.Database, filter: BatchFilter): BatchRecord[] {
  const { sql, values } = conditionOf(filter);
  return select(db, sql, values, filter.limit ?? LIST_LIMIT);
}

function listNamed(db: Database.Database, column: BatchNameColumn): string[] {
  return db
    .prepare<[], string>(`SELECT DISTINCT ${column} FROM batches WHERE ${column} IS NOT NULL ORDER BY ${column}`)
    .pluck()
    .all();
}

function findBatches(db: Database.Database, text: string): BatchRecord[] {
  const id = text.toLowerCase();
  const exact = select(db, 'id = ?', [id], 1);
  if (exact.length > 0) return exact;
  const named = select(db, '? IN (file_name, base_name)', [text], LIST_LIMIT);
  if (named.length > 0 || id.length < ID_BEGINNING_MIN) return named;
  return select(db, 'substr(id, 1, length(?)) = ?', [id, id], LIST_LIMIT);
}

function listUnfinished(db: Database.Database): BatchRecord[] {
  return db
    .prepare<[], BatchRow>(
      `SELECT * FROM batches WHERE state <> 'archived' AND quarantined_at IS NULL ORDER BY received_at, id`,
    )
    .all()
    .map(batchFromRow);
}

function listRejections(db: Database.Database, cursor: number, filter: BatchFilter): Rejection[] {
  const { sql, values } = conditionOf(filter);
  return db
    .prepare<unknown[], BatchRow & { commit_seq: number }>(
      `SELECT * FROM batches WHERE commit_seq > ? AND ${sql}
        AND EXISTS (SELECT 1 FROM findings f WHERE f.batch_id = batches.id) ORDER BY commit_seq LIMIT ?`,
    )
    .all(cursor, ...values, filter.limit ?? LIST_LIMIT)
    .map((row) => ({
      cursor: row.commit_seq,
      batch: batchFromRow(row),
      groups: createReportSource(db, 'main', row.id).groups(),
    }));
}

function lastCursor(db: Database.Database): number {
  return lastCommit(db);
}

function countTables(db: Database.Database): TableCount[] {
  const types = db.prepare<[], { name: string }>('SELECT message_type AS name FROM record_tables ORDER BY name').all();
  return types.map(({ name }) => {
    const counted = db
      .prepare<[], { rows: number; current: number }>(
        `SELECT count(*) AS rows, count(*) FILTER (WHERE _superseded_by IS NULL) AS current FROM ${quoteIdentifier(name)}`,
      )
      .get();
    return { messageType: name, rows: counted?.rows ?? 0, current: counted?.current ?? 0 };
  });
}

function summarize(db: Database.Database): StoreSummary {
  const grouped = (column: 'state' | 'outcome'): Record<string, number> => {
    const rows = db
      .prepare<[], { name: string; total: number }>(
        `SELECT ${column} AS name, count(*) AS total FROM batches WHERE ${column} IS NOT NULL GROUP BY ${column}`,
      )
      .all();
    return Object.fromEntries(rows.map(({ name, total }) => [name, total]));
  };
  const row = db
    .prepare<[], Omit<StoreSummary, 'states' | 'outcomes'>>(
      `SELECT count(*) AS batches, max(received_at) AS lastReceivedAt, max(committed_at) AS lastCommittedAt,
        min(received_at) FILTER (WHERE state <> 'archived' AND quarantined_at IS NULL) AS oldestUnfinishedAt FROM batches`,
    )
    .get();
  return {
    batches: row?.batches ?? 0,
    states: grouped('state'),
    outcomes: grouped('outcome'),
    lastReceivedAt: row?.lastReceivedAt ?? null,
    lastCommittedAt: row?.lastCommittedAt ?? null,
    oldestUnfinishedAt: row?.oldestUnfinishedAt ?? null,
  };
}
