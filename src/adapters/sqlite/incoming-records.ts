/**
 * The records of one batch on their way into the store, as tables of an attached database `incoming`: `rows`, made
 * column for column as the message type's own table, so that SQLite moves them as they are; `places`, what else is
 * known of each record; and `sorted_key`, every record by the hash of its key, or of its patient in
 * `sorted_patient`. A small batch is inserted into memory (see incoming-memory). A large one is written as the pages of
 * a file, several times as fast as statements could, and can be read once `finish` was called; another thread may write
 * a part of it (see incoming-part), whose rejected records and findings are in `part_rejected` and `part_finding`.
 * SQLite sees the file change as it would see another process write it: by the counter in its header.
 */
import type Database from 'better-sqlite3';
import { rmSync } from 'node:fs';
import type { BatchRecord } from '../../domain/batch-record';
import type { MessageType } from '../../domain/message-type';
import type { PlainRecord } from '../../domain/plain-record';
import type { PartTarget, StagedPart, StagedRecord } from '../../ports/batch-store';
import { insertIntoMemory } from './incoming-memory';
import type { PagePart, PageTarget } from './incoming-part';
import type { HashSecret } from './keyed-hash';
import { createRecordPages } from './record-pages';
import {
  createRowMaker,
  FINDING_COLUMNS,
  findingTable,
  PLACE_COLUMNS,
  placesTable,
  REJECTED_COLUMNS,
  rejectedTable,
  SORTED_WIDTHS,
  sortedTable,
  tableShape,
} from './record-rows';
import type { ScratchDatabases } from './scratch-databases';
import { attachScratch, makeEmptyFile, SCRATCH_PAGE_BYTES } from './staging-database';
import { DatabaseFile } from './table-file/database-file';
import { type HashRun, HashRuns, mergeRuns } from './table-file/hash-runs';
import { IntegerRowEncoder } from './table-file/integer-row-encoder';
import { TableWriter } from './table-file/table-writer';

export interface IncomingRecords {
  /** `_id` of a record's row is this plus the record's number. */
  readonly base: number;
  /** Null where no other thread can write a part. */
  readonly target: PartTarget | null;
  add(record: StagedRecord): void;
  /** Null where records are inserted value by value. */
  readonly addPlain: ((record: PlainRecord) => void) | null;
  /** Takes over what was written for `target`, or received ahead: records behind all that were added, and the last ones. */
  addPart(part: StagedPart): void;
  /** Makes what was added readable. A file wants the connection to be in no transaction. */
  finish(): void;
  /** After `finish`: what a part of a file has found comes into the staging area. */
  copyFound(): void;
  /** After `finish`, and in no transaction either: fills `sorted_patient`, which only a file has. */
  sortPatients(): void;
  discard(): void;
}

export interface IncomingInput {
  readonly batch: BatchRecord;
  readonly type: MessageType;
  readonly order: string;
  readonly hash: (text: string) => number;
  /** What `hash` was made with. */
  readonly secret: HashSecret;
  /** Where the file is made; null keeps the records in memory. */
  readonly path: string | null;
  /** Ids up to here are taken, or may be before the records are stored. */
  readonly base: number;
}

export function receiveRecords(
  db: Database.Database,
  scratch: ScratchDatabases,
  input: IncomingInput,
): IncomingRecords {
  return input.path === null ? insertIntoMemory(db, scratch, input) : writeIntoFile(db, input, input.path);
}

function writeIntoFile(db: Database.Database, input: IncomingInput, path: string): IncomingRecords {
  const { rows, columns } = tableShape(db, input.type.name);
  makeEmptyFile(path);
  attachScratch(db, 'incoming', path);
  db.exec(`
    ${rows('incoming.rows')};
    ${placesTable('incoming.places')};
    ${sortedTable('incoming.sorted_key')};
    ${sortedTable('incoming.sorted_patient')};
    ${rejectedTable('incoming.part_rejected')};
    ${findingTable('incoming.part_finding')};`);
  const file = new DatabaseFile(path, SCRATCH_PAGE_BYTES);
  rmSync(path);
  const writer = (table: string, width: number): TableWriter => new TableWriter(file, rootPage(db, table), width);
  const rowWriter = writer('rows', columns.length);
  const placeWriter = writer('places', PLACE_COLUMNS);
  const rejectedWriter = writer('part_rejected', REJECTED_COLUMNS);
  const findingWriter = writer('part_finding', FINDING_COLUMNS);
  const { base, batch, order, secret } = input;
  const maker = createRowMaker({ ...input, columns, idBase: null });
  const keys = new HashRuns(file);
  const patients = new HashRuns(file);
  const pages = createRecordPages({ rows: rowWriter, places: placeWriter, keys, patients, maker, base });
  const target: PageTarget = {
    ...{ batch, order, secret, base, columns },
    type: input.type.name,
    path: file.path,
    pageBytes: SCRATCH_PAGE_BYTES,
    taken: file.taken,
  };
  const partRuns: { keys: readonly HashRun[]; patients: readonly HashRun[] } = { keys: [], patients: [] };
  let open = true;

  function writeSorted(table: string, runs: readonly HashRun[]): void {
    const sorted = writer(table, SORTED_WIDTHS.length);
    const encoder = new IntegerRowEncoder(SORTED_WIDTHS);
    const row: [null, number, number] = [null, 0, 0];
    let place = 0;
    mergeRuns(file, runs, (hash, record) => {
      row[1] = hash;
      row[2] = record;
      sorted.addMeasured(++place, encoder.measure(row), encoder);
    });
    sorted.finish();
  }

  return {
    base,
    target,
    ...pages,
    addPart(part) {
      const leaves = part as PagePart;
      rowWriter.addLeaves(leaves.rows);
      placeWriter.addLeaves(leaves.places);
      rejectedWriter.addLeaves(leaves.rejectedRecords);
      findingWriter.addLeaves(leaves.findings);
      partRuns.keys = leaves.keys;
      partRuns.patients = leaves.patients;
    },
    finish() {
      for (const each of [rowWriter, placeWriter, rejectedWriter, findingWriter]) each.finish();
      writeSorted('sorted_key', [...keys.end(), ...partRuns.keys]);
      file.finish();
    },
    copyFound() {
      db.exec(FOUND_BY_PART);
    },
    sortPatients() {
      writeSorted('sorted_patient', [...patients.end(), ...partRuns.patients]);
      file.finish();
    },
    discard() {
      if (open) file.close();
      open = false;
    },
  };
}

const FOUND_BY_PART = `
  INSERT INTO staging.rejected SELECT * FROM incoming.part_rejected;
  INSERT INTO staging.finding
    SELECT NULL, severity, code, scope, line, record, record_key, field, column_no, value, expected, suggestion, params
    FROM incoming.part_finding ORDER BY ord;`;

/** The page at which an empty table begins, and with which it will end. */
function rootPage(db: Database.Database, table: string): number {
  const row = db
    .prepare<[string], { page: number }>('SELECT rootpage AS page FROM incoming.sqlite_schema WHERE name = ?')
    .get(table);
  if (row === undefined) throw new Error(`no table ${table}`);
  return row.page;
}
