/**
 * Moves what is staged into the store: statements for one transaction that the caller holds, and what can be done for it
 * before. Records that no decision keeps out become rows of their message type's table; versions they replace are marked
 * superseded; findings get their number in report order.
 */
import type Database from 'better-sqlite3';
import { Fault } from '../../domain/fault';
import type { MessageType } from '../../domain/message-type';
import type { CommitVerdict } from '../../ports/batch-store';
import { quoteIdentifier } from './quote-identifier';
import { tableShape } from './record-rows';
import { addPatientPlaces, hasPatientPlaces, markUnplaced, placeMarked } from './patient-places';
import { addKeyPlaces, addKeyPlacesAhead, type PlacesInput } from './record-places';
import { ROWS_APART } from './scratch-databases';
import type { StoreComparisonInput } from './settle-against-store';
import { LAST_COMMIT } from './store-changes';
import type { StoreTransactions } from './store-transactions';
import { prepared } from './prepared';

/** @throws Fault S903 when the batch is committed already: nothing is ever stored twice */
export function commitBatchRow(db: Database.Database, id: string, verdict: CommitVerdict): void {
  const { counts, header, dialect } = verdict;
  const { changes } = prepared(
    db,
    `UPDATE main.batches SET state = 'committed', outcome = :outcome, records = :records, accepted = :accepted,
        accepted_with_warning = :acceptedWithWarning, rejected = :rejected, duplicate = :duplicate,
        corrected = :corrected, sha256 = :sha256, schema_version = :schemaVersion, dialect = :dialect,
        header_offset = :headerOffset, header_length = :headerLength, committed_at = :committedAt,
        commit_seq = coalesce(${LAST_COMMIT}, 0) + 1
      WHERE id = :id AND outcome IS NULL`,
  ).run({
    ...counts,
    id,
    outcome: verdict.outcome,
    sha256: verdict.sha256,
    schemaVersion: verdict.schemaVersion,
    dialect: dialect === null ? null : JSON.stringify(dialect),
    headerOffset: header?.offset ?? null,
    headerLength: header?.length ?? null,
    committedAt: verdict.committedAt,
  });
  if (changes !== 1) throw new Fault('S903', `batch ${id} is unknown or committed already`, { retryable: false });
}

/** Decisions that let a record be stored, besides having none. */
const STORING = "('correction', 'older-version')";

function kept(record: string): string {
  return `NOT EXISTS (SELECT 1 FROM staging.decision d WHERE d.record = ${record} AND d.kind NOT IN ${STORING})`;
}

export interface CommitInput extends StoreComparisonInput {
  /** `_id` of each row in the store is this + its record's number: above that of every row of its table. */
  readonly storedBase: number;
}

/** Highest `_id` of a type's table, 0 when it has none. */
export function highestId(db: Database.Database, type: MessageType): number {
  const table = `main.${quoteIdentifier(type.name)}`;
  return prepared<[], { id: number | null }>(db, `SELECT max(_id) AS id FROM ${table}`).get()?.id ?? 0;
}

/** Rows and their places, in the transaction that is open. */
export function insertRecords(db: Database.Database, input: CommitInput): void {
  const count = insertRows(db, `main.${quoteIdentifier(input.type.name)}`, input);
  addKeyPlaces(db, places(input), count);
  if (hasPatientPlaces(db, input.type.name)) addPatientPlaces(db, places(input), count);
  supersede(db, input);
}

/** Rows that are ready to move, as they are. */
export type ReadyRows = 'incoming.rows' | 'staging.kept';

/**
 * The same for many rows, done before the store is locked: rows ready to move, and their places in the store. Where
 * nothing is decided about any of them, and they have their ids already, the rows are ready as they came.
 */
export function prepareRecords(db: Database.Database, input: CommitInput, transactions: StoreTransactions): ReadyRows {
  const asTheyCame = input.storedBase === input.base && !hasDecisions(db);
  if (!asTheyCame) {
    transactions.bulk();
    const { rows } = tableShape(db, input.type.name);
    db.exec(`DROP TABLE IF EXISTS staging.kept; ${rows('staging.kept')}`);
    insertRows(db, 'staging.kept', input);
  }
  addKeyPlacesAhead(db, places(input), transactions);
  return asTheyCame ? 'incoming.rows' : 'staging.kept';
}

/**
 * Rows that were prepared, in the transaction that is open. SQLite copies them as they are: nothing may stand between.
 * @returns whether their patients' places are left, see `placePatients`
 */
export function moveRecords(db: Database.Database, input: CommitInput, ready: ReadyRows): boolean {
  const { type, storedBase } = input;
  db.exec(moveStatement(type.name, ready));
  supersede(db, input);
  if (!hasPatientPlaces(db, type.name)) return false;
  markUnplaced(db, type.name, storedBase + 1, highestId(db, type));
  return true;
}

/** Outside of a transaction, when all is answered. Records must be sorted by patient. */
export function placePatients(db: Database.Database, input: CommitInput, transactions: StoreTransactions): void {
  placeMarked(db, places(input), transactions);
}

export function moveStatement(type: string, ready: ReadyRows): string {
  return `INSERT INTO main.${quoteIdentifier(type)} SELECT * FROM ${ready}`;
}

function hasDecisions(db: Database.Database): boolean {
  return prepared(db, 'SELECT 1 FROM staging.decision LIMIT 1').get() !== undefined;
}

interface TakenColumns {
  readonly names: string;
  /** The same of `incoming.rows` as `r`. */
  readonly values: string;
}

const remembered = new WeakMap<MessageType, TakenColumns>();

/** The columns that a stored row has from the staged one; made once for each message type. */
function takenColumns(type: MessageType): TakenColumns {
  const known = remembered.get(type);
  if (known !== undefined) return known;
  const own = ['_batch_id', '_line', '_record', '_received_at', '_sender', '_key', '_patient', '_order'];
  const names = [...own, ...type.fields.map(({ name }) => quoteIdentifier(name))];
  const columns = { names: names.join(', '), values: names.map((name) => `r.${name}`).join(', ') };
  remembered.set(type, columns);
  return columns;
}

/** @returns how many */
function insertRows(db: Database.Database, table: string, { type, base, storedBase }: CommitInput): number {
  const { names, values } = takenColumns(type);
  const { changes } = prepared(
    db,
    `INSERT INTO ${table} (_id, _version, _superseded_by, ${names})
      SELECT :storedBase + r._record, coalesce(d.version, 1), iif(d.kind = 'older-version', d.stored_id, NULL),
        ${values}
      FROM incoming.rows r LEFT JOIN staging.decision d ON d.record = r._id - :base
      WHERE r._id > :base AND r._id < :base + ${ROWS_APART} AND (d.kind IS NULL OR d.kind IN ${STORING})
      ORDER BY r._id`,
  ).run({ base, storedBase });
  return changes;
}

function places({ type, storedBase }: CommitInput): PlacesInput {
  return { type: type.name, base: storedBase, kept };
}

/** What the new rows say of the rows that were there. */
function supersede(db: Database.Database, { type, order, storedBase }: CommitInput): void {
  const table = `main.${quoteIdentifier(type.name)}`;
  prepared(
    db,
    `UPDATE ${table} AS s SET _superseded_by = ? + d.record
      FROM staging.decision d WHERE d.kind = 'correction' AND s._id = d.stored_id`,
  ).run(storedBase);
  prepared(
    db,
    `UPDATE ${table} SET _order = ?
      WHERE _id IN (SELECT stored_id FROM staging.decision WHERE kind = 'confirmation')`,
  ).run(order);
}

/**
 * Gives each staged finding its number in report order. Only the sort keys are sorted, not the findings: a batch may
 * have millions. Touches the staging area alone.
 */
export function numberFindings(db: Database.Database): void {
  prepared(db, 'DELETE FROM staging.placed').run();
  prepared(
    db,
    `INSERT INTO staging.placed (ord)
      SELECT ord FROM staging.finding ORDER BY scope NOT IN ('file', 'header'), line, record, ord`,
  ).run();
}

/** Copies numbered findings and rejected records into the tables of those names in `schema`. */
export function copyFindings(db: Database.Database, schema: 'main' | 'staging', batchId: string): void {
  const columns =
    'severity, code, scope, line, record, record_key, field, column_no, value, expected, suggestion, params';
  prepared(
    db,
    `INSERT INTO ${schema}.findings (batch_id, seq, ${columns})
      SELECT ?, placed.seq, ${columns}
      FROM staging.placed CROSS JOIN staging.finding f ON f.ord = placed.ord ORDER BY placed.seq`,
  ).run(batchId);
  prepared(
    db,
    `INSERT INTO ${schema}.rejected_records (batch_id, record, line, byte_offset, byte_length)
      SELECT ?, record, line, byte_offset, byte_length FROM staging.rejected ORDER BY record`,
  ).run(batchId);
}

/** The same tables in the staging area, as a commit would fill them: for reports on what is not committed. */
export function stageReportTables(db: Database.Database, batchId: string): void {
  db.exec(`
    DROP TABLE IF EXISTS staging.findings;
    DROP TABLE IF EXISTS staging.rejected_records;
    CREATE TABLE staging.findings AS SELECT * FROM main.findings WHERE FALSE;
    CREATE TABLE staging.rejected_records AS SELECT * FROM main.rejected_records WHERE FALSE;`);
  numberFindings(db);
  copyFindings(db, 'staging', batchId);
  db.exec(`
    CREATE INDEX staging.findings_in_order ON findings (batch_id, seq);
    CREATE INDEX staging.rejected_in_order ON rejected_records (batch_id, record);`);
}
