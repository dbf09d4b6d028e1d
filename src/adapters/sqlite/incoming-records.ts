/**
 * The records of one batch on their way into the store, as tables of an attached database `incoming`: `rows`, made
 * column for column as the message type's own table, so that SQLite moves them as they are; and `places`, what else is
 * known of each record. A small batch is inserted into memory. A large one is written as the pages of a file, several
 * times as fast as statements could, and can be read once `finish` was called.
 * SQLite sees the file change as it would see another process write it: by the counter in its header.
 */
import type Database from 'better-sqlite3';
import { rmSync } from 'node:fs';
import type { BatchRecord } from '../../domain/batch-record';
import type { MessageType } from '../../domain/message-type';
import type { StagedRecord } from '../../ports/batch-store';
import { IN_MEMORY } from './open-connection';
import { quoteIdentifier } from './quote-identifier';
import { DatabaseFile } from './table-file/database-file';
import type { ColumnValue } from './table-file/record-encoder';
import { TableWriter } from './table-file/table-writer';
import { attachScratch, makeEmptyFile, SCRATCH_PAGE_BYTES } from './staging-database';

export interface IncomingRecords {
  /** `_id` of a record's row is this plus the record's number. */
  readonly base: number;
  add(record: StagedRecord): void;
  /** Makes what was added readable. The connection must be in no transaction. */
  finish(): void;
  discard(): void;
}

export interface IncomingInput {
  readonly batch: BatchRecord;
  readonly type: MessageType;
  readonly order: string;
  readonly hash: (text: string) => number;
  /** Where the file is made; null keeps the records in memory. */
  readonly path: string | null;
  /** Ids up to here are taken, or may be before the records are stored. */
  readonly base: number;
}

export function receiveRecords(db: Database.Database, input: IncomingInput): IncomingRecords {
  return input.path === null ? insertIntoMemory(db, input) : writeIntoFile(db, input, input.path);
}

function insertIntoMemory(db: Database.Database, input: IncomingInput): IncomingRecords {
  const { rows, columns } = tableShape(db, input.type.name);
  attachScratch(db, 'incoming', IN_MEMORY);
  db.exec(`${rows('incoming.rows')};${places('incoming.places')}`);
  const base = 0;
  const toRow = createRowMaker(columns, input);
  const marks = (count: number): string => Array.from({ length: count }, () => '?').join(', ');
  const addRow = db.prepare(`INSERT INTO incoming.rows VALUES (${marks(columns.length)})`);
  const addPlace = db.prepare(`INSERT INTO incoming.places VALUES (${marks(PLACE_COLUMNS)})`);
  return {
    base,
    add(record) {
      addRow.run(...toRow.row(record));
      addPlace.run(...toRow.place(record));
    },
    finish: () => undefined,
    discard: () => undefined,
  };
}

function writeIntoFile(db: Database.Database, input: IncomingInput, path: string): IncomingRecords {
  const { rows, columns } = tableShape(db, input.type.name);
  makeEmptyFile(path);
  attachScratch(db, 'incoming', path);
  db.exec(`${rows('incoming.rows')};${places('incoming.places')}`);
  const file = new DatabaseFile(path, SCRATCH_PAGE_BYTES);
  rmSync(path);
  const rowWriter = new TableWriter(file, rootPage(db, 'rows'), columns.length);
  const placeWriter = new TableWriter(file, rootPage(db, 'places'), PLACE_COLUMNS);
  const { base } = input;
  const toRow = createRowMaker(columns, input);
  let open = true;
  return {
    base,
    add(record) {
      rowWriter.add(base + record.record, toRow.row(record));
      placeWriter.add(record.record, toRow.place(record));
    },
    finish() {
      rowWriter.finish();
      placeWriter.finish();
      file.finish();
      open = false;
    },
    discard() {
      if (open) file.close();
      open = false;
    },
  };
}

/** The page at which an empty table begins, and with which it will end. */
function rootPage(db: Database.Database, table: string): number {
  const row = db
    .prepare<[string], { page: number }>('SELECT rootpage AS page FROM incoming.sqlite_schema WHERE name = ?')
    .get(table);
  if (row === undefined) throw new Error(`no table ${table}`);
  return row.page;
}

interface TableShape {
  readonly columns: readonly string[];
  /** The statement that makes an empty table of the shape. */
  readonly rows: (table: string) => string;
}

/** The type's own table, column for column: only then does SQLite move rows without looking at them. */
export function tableShape(db: Database.Database, type: string): TableShape {
  const columns = db
    .prepare<[string], { name: string; type: string; notnull: number; pk: number }>(
      `SELECT name, type, "notnull", pk FROM pragma_table_info(?, 'main')`,
    )
    .all(type);
  const definitions = columns.map(({ name, type, notnull, pk }) =>
    [quoteIdentifier(name), type, notnull === 1 ? 'NOT NULL' : '', pk === 1 ? 'PRIMARY KEY' : ''].join(' '),
  );
  return {
    columns: columns.map(({ name }) => name),
    rows: (table) => `CREATE TABLE ${table} (${definitions.join(', ')}) STRICT`,
  };
}

const PLACE_COLUMNS = 7;

function places(table: string): string {
  return `CREATE TABLE ${table} (record INTEGER PRIMARY KEY, line INTEGER, byte_offset INTEGER, byte_length INTEGER,
    warned INTEGER, key_hash INTEGER, patient_hash INTEGER)`;
}

interface RowMaker {
  /** The same array each time: this is the hottest path of all. */
  row(record: StagedRecord): ColumnValue[];
  place(record: StagedRecord): ColumnValue[];
}

function createRowMaker(columns: readonly string[], { batch, type, order, hash, path }: IncomingInput): RowMaker {
  const row = new Array<ColumnValue>(columns.length).fill(null);
  const place = new Array<ColumnValue>(PLACE_COLUMNS).fill(null);
  const at = (name: string): number => columns.indexOf(name);
  row[at('_batch_id')] = batch.id;
  row[at('_version')] = 1;
  row[at('_received_at')] = batch.receivedAt;
  row[at('_sender')] = batch.sender ?? '';
  row[at('_order')] = order;
  const [idAt, lineAt, recordAt, keyAt, patientAt] = ['_id', '_line', '_record', '_key', '_patient'].map(at) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const sender = batch.sender ?? '';
  // What is written into pages has its rowid beside the row.
  const inMemory = path === null;
  const fieldsAt = type.fields.map(({ name }) => at(name));
  return {
    row({ line, record, key, patient, values }) {
      row[idAt] = inMemory ? record : null;
      row[lineAt] = line;
      row[recordAt] = record;
      row[keyAt] = key;
      row[patientAt] = patient;
      for (let i = 0; i < fieldsAt.length; i++) row[fieldsAt[i] ?? 0] = values[i] || null;
      return row;
    },
    place({ line, record, offset, length, warned, key, patient }) {
      place[0] = inMemory ? record : null;
      place[1] = line;
      place[2] = offset;
      place[3] = length;
      place[4] = warned ? 1 : 0;
      place[5] = hash(`${sender}\u001f${key}`);
      place[6] = hash(patient);
      return place;
    },
  };
}
