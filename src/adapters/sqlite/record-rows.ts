/**
 * How one record of a batch becomes rows: in `rows`, column for column as the message type's own table, and in `places`,
 * what else is known of it. And how a finding and a rejected record become rows of the staging area. Pure but for
 * `tableShape`, which asks the store.
 */
import type Database from 'better-sqlite3';
import { cutCodePoints } from '../../domain/create-finding';
import { FINDING_VALUE_MAX, type Finding } from '../../domain/finding';
import type { BatchRecord } from '../../domain/batch-record';
import type { MessageType } from '../../domain/message-type';
import type { PlainRecord } from '../../domain/plain-record';
import type { RejectedRecord, StagedRecord } from '../../ports/batch-store';
import { quoteIdentifier } from './quote-identifier';
import type { ColumnValue } from './table-file/record-encoder';
import { prepared } from './prepared';

export interface TableShape {
  readonly columns: readonly string[];
  /** The statement that makes an empty table of the shape. */
  readonly rows: (table: string) => string;
}

/** The type's own table, column for column: only then does SQLite move rows without looking at them. */
export function tableShape(db: Database.Database, type: string): TableShape {
  const columns = prepared<[string], { name: string; type: string; notnull: number; pk: number }>(
    db,
    `SELECT name, type, "notnull", pk FROM pragma_table_info(?, 'main')`,
  ).all(type);
  const definitions = columns.map(({ name, type, notnull, pk }) =>
    [quoteIdentifier(name), type, notnull === 1 ? 'NOT NULL' : '', pk === 1 ? 'PRIMARY KEY' : ''].join(' '),
  );
  return {
    columns: columns.map(({ name }) => name),
    rows: (table) => `CREATE TABLE ${table} (${definitions.join(', ')}) STRICT`,
  };
}

export const PLACE_COLUMNS = 7;
export const KEY_HASH_AT = 5;
export const PATIENT_HASH_AT = 6;

/** For pages: line, offset, length, whether it is warned of, and the two hashes; the record's number is the rowid. */
export const PLACE_WIDTHS = [0, 6, 6, 4, 1, 8, 8] as const;

export function placesTable(table: string): string {
  return `CREATE TABLE ${table} (record INTEGER PRIMARY KEY, line INTEGER, byte_offset INTEGER, byte_length INTEGER,
    warned INTEGER, key_hash INTEGER, patient_hash INTEGER)`;
}

/** Records by the hash of their key or patient, in that order: `place` counts from 1. */
export function sortedTable(table: string): string {
  return `CREATE TABLE ${table} (place INTEGER PRIMARY KEY, hash INTEGER, record INTEGER)`;
}

/** For pages: hash and record; the place is the rowid. */
export const SORTED_WIDTHS = [0, 8, 6] as const;

export const REJECTED_COLUMNS = 4;

export function rejectedTable(table: string): string {
  return `CREATE TABLE ${table} (record INTEGER PRIMARY KEY, line INTEGER, byte_offset INTEGER, byte_length INTEGER)`;
}

export function rejectedRow({ record, line, offset, length }: RejectedRecord): ColumnValue[] {
  return [record, line, offset, length];
}

export const FINDING_COLUMNS = 13;

export function findingTable(table: string): string {
  return `CREATE TABLE ${table} (
    ord INTEGER PRIMARY KEY, severity TEXT, code TEXT, scope TEXT, line INTEGER, record INTEGER,
    record_key TEXT, field TEXT, column_no INTEGER, value TEXT, expected TEXT, suggestion TEXT, params TEXT)`;
}

/** @param recordKey of any length; null where there is none */
export function findingRow(finding: Finding, recordKey: string | null): ColumnValue[] {
  const { severity, code, scope, line, record, field, columnNo, value, expected, suggestion } = finding;
  const params = JSON.stringify(finding.params);
  const key = recordKey === null ? null : cutCodePoints(recordKey, FINDING_VALUE_MAX);
  const place = [line, record, key, field, columnNo, value, expected, suggestion];
  return [null, severity, code, scope, ...place, params === '{}' ? null : params];
}

export interface RowInput {
  readonly batch: BatchRecord;
  readonly type: MessageType;
  readonly columns: readonly string[];
  /** See `versionOrder`. */
  readonly order: string;
  readonly hash: (text: string) => number;
  /** `_id` of a row is this plus the record's number; null for pages, where the rowid stands beside the row. */
  readonly idBase: number | null;
}

export interface RowMaker {
  /** The same array each time: this is the hottest path of all. */
  row(record: StagedRecord): ColumnValue[];
  /** The same without the fields, which stand in the columns that `fieldOf` gives. */
  rowAround(record: PlainRecord): ColumnValue[];
  place(record: PlaceOfRecord, warned: boolean): ColumnValue[];
  /** The position of each column's field, -1 where it is none. */
  readonly fieldOf: readonly number[];
}

type PlaceOfRecord = Pick<StagedRecord, 'line' | 'record' | 'offset' | 'length' | 'key' | 'patient'>;

/** Where in a row each column stands. */
interface RowLayout {
  readonly type: MessageType;
  /** By name, in lower case. */
  readonly positions: ReadonlyMap<string, number>;
  /** By the position of the field. */
  readonly fieldsAt: readonly number[];
  readonly fieldOf: readonly number[];
}

/** Of the columns of a connection's scratch database, which serve many batches. */
const layouts = new WeakMap<readonly string[], RowLayout>();

function layOut(type: MessageType, columns: readonly string[]): RowLayout {
  const known = layouts.get(columns);
  if (known?.type === type) return known;
  // SQL ignores case: a field whose name now has another one keeps its column.
  const positions = new Map(columns.map((name, column) => [name.toLowerCase(), column]));
  const fieldsAt = type.fields.map(({ name }) => positions.get(name.toLowerCase()) ?? -1);
  const layout = { type, positions, fieldsAt, fieldOf: columns.map((_, column) => fieldsAt.indexOf(column)) };
  layouts.set(columns, layout);
  return layout;
}

function at({ positions }: RowLayout, column: string): number {
  return positions.get(column) ?? -1;
}

export function createRowMaker({ batch, type, columns, order, hash, idBase }: RowInput): RowMaker {
  const row = new Array<ColumnValue>(columns.length).fill(null);
  const place = new Array<ColumnValue>(PLACE_COLUMNS).fill(null);
  const layout = layOut(type, columns);
  const { fieldsAt, fieldOf } = layout;
  row[at(layout, '_batch_id')] = batch.id;
  row[at(layout, '_version')] = 1;
  row[at(layout, '_received_at')] = batch.receivedAt;
  row[at(layout, '_sender')] = batch.sender ?? '';
  row[at(layout, '_order')] = order;
  const idAt = at(layout, '_id');
  const lineAt = at(layout, '_line');
  const recordAt = at(layout, '_record');
  const keyAt = at(layout, '_key');
  const patientAt = at(layout, '_patient');
  const sender = batch.sender ?? '';
  function rowAround({ line, record, key, patient }: PlaceOfRecord): ColumnValue[] {
    row[idAt] = idBase === null ? null : idBase + record;
    row[lineAt] = line;
    row[recordAt] = record;
    row[keyAt] = key;
    row[patientAt] = patient;
    return row;
  }
  return {
    fieldOf,
    rowAround,
    row(staged) {
      const { values } = staged;
      rowAround(staged);
      for (let i = 0; i < fieldsAt.length; i++) row[fieldsAt[i] ?? 0] = values[i] || null;
      return row;
    },
    place({ line, record, offset, length, key, patient }, warned) {
      place[0] = idBase === null ? null : record;
      place[1] = line;
      place[2] = offset;
      place[3] = length;
      place[4] = warned ? 1 : 0;
      place[KEY_HASH_AT] = hash(`${sender}\u001f${key}`);
      place[PATIENT_HASH_AT] = hash(patient);
      return place;
    },
  };
}
