/**
 * The records of small batches on their way into the store, in an `incoming` of memory (see incoming-records). Their rows
 * may be there before the batch is judged: it is judged under the store's write lock, and to insert rows takes longer than
 * all else that is done for it. Rows of several batches stand beside each other then, each behind a base of its own; what
 * else is known of them is held until the batch has its staging area.
 * Throws what SQLite throws.
 */
import type Database from 'better-sqlite3';
import { Fault } from '../../domain/fault';
import type { Finding } from '../../domain/finding';
import type { RecordSink, RejectedRecord, StagedPart, StagedRecord } from '../../ports/batch-store';
import type { IncomingInput, IncomingRecords } from './incoming-records';
import { parameters, prepared } from './prepared';
import {
  createRowMaker,
  FINDING_COLUMNS,
  findingRow,
  PLACE_COLUMNS,
  REJECTED_COLUMNS,
  rejectedRow,
  type RowMaker,
} from './record-rows';
import type { ScratchDatabases } from './scratch-databases';
import type { ColumnValue } from './table-file/record-encoder';

export type ReceivingInput = Pick<IncomingInput, 'batch' | 'type' | 'order' | 'hash'>;

const INSERT_PLACE = `INSERT INTO incoming.places VALUES (${parameters(PLACE_COLUMNS)})`;
export const INSERT_REJECTED = `INSERT INTO staging.rejected VALUES (${parameters(REJECTED_COLUMNS)})`;
export const INSERT_FINDING = `INSERT INTO staging.finding VALUES (${parameters(FINDING_COLUMNS)})`;

/** Inserts the rows of one batch. */
class RowInserter {
  /** `_id` of a record's row is this plus the record's number. */
  readonly base: number;
  readonly #maker: RowMaker;
  readonly #insert: Database.Statement;

  constructor(db: Database.Database, scratch: ScratchDatabases, input: ReceivingInput) {
    const columns = scratch.openIncoming(input.type.name);
    this.base = scratch.takeBase();
    this.#maker = createRowMaker({ ...input, columns, idBase: this.base });
    this.#insert = prepared(db, `INSERT INTO incoming.rows VALUES (${parameters(columns.length)})`);
  }

  /** @returns the record's place: the same array each time */
  add(record: StagedRecord): readonly ColumnValue[] {
    this.#insert.run(...this.#maker.row(record));
    return this.#maker.place(record, record.warned);
  }
}

/** All that was read of a small batch, before it has a staging area. */
export class ReceivedRecords implements RecordSink, StagedPart {
  readonly addPlain = null;
  readonly #scratch: ScratchDatabases;
  readonly #generation: number;
  readonly #rows: RowInserter;
  readonly #places: (readonly ColumnValue[])[] = [];
  readonly #rejected: (readonly ColumnValue[])[] = [];
  readonly #findings: (readonly ColumnValue[])[] = [];
  #warned = 0;

  constructor(db: Database.Database, scratch: ScratchDatabases, input: ReceivingInput) {
    this.#rows = new RowInserter(db, scratch, input);
    this.#scratch = scratch;
    this.#generation = scratch.generation;
  }

  get base(): number {
    return this.#rows.base;
  }

  get staged(): number {
    return this.#places.length;
  }

  get warned(): number {
    return this.#warned;
  }

  get rejected(): number {
    return this.#rejected.length;
  }

  addRecord(record: StagedRecord): void {
    this.#places.push([...this.#rows.add(record)]);
    if (record.warned) this.#warned++;
  }

  addRejected(record: RejectedRecord): void {
    this.#rejected.push(rejectedRow(record));
  }

  addFinding(finding: Finding, recordKey: string | null): void {
    this.#findings.push(findingRow(finding, recordKey));
  }

  /**
   * Hands what is held to the staging area.
   * @throws Fault S902 when the rows are gone: a step of batches that go together was undone meanwhile
   */
  pour(db: Database.Database): void {
    if (this.#scratch.generation !== this.#generation)
      throw new Fault('S902', 'what was read ahead of a batch is gone', { retryable: true });
    insertAll(prepared(db, INSERT_PLACE), this.#places);
    insertAll(prepared(db, INSERT_REJECTED), this.#rejected);
    insertAll(prepared(db, INSERT_FINDING), this.#findings);
  }
}

function insertAll(statement: Database.Statement, rows: readonly (readonly ColumnValue[])[]): void {
  for (const row of rows) statement.run(...row);
}

export function insertIntoMemory(
  db: Database.Database,
  scratch: ScratchDatabases,
  input: ReceivingInput,
): IncomingRecords {
  scratch.openIncoming(input.type.name);
  const addPlace = prepared(db, INSERT_PLACE);
  const sort = prepared(
    db,
    `INSERT INTO incoming.sorted_key (hash, record)
      SELECT key_hash, record FROM incoming.places ORDER BY key_hash, record`,
  );
  let rows: RowInserter | ReceivedRecords | null = null;
  return {
    get base() {
      return rows?.base ?? 0;
    },
    target: null,
    add(record) {
      if (!(rows instanceof RowInserter)) rows = new RowInserter(db, scratch, input);
      addPlace.run(...rows.add(record));
    },
    addPlain: null,
    addPart(part) {
      if (!(part instanceof ReceivedRecords)) throw new Error('no thread writes a part of what is in memory');
      part.pour(db);
      rows = part;
    },
    finish: () => void sort.run(),
    copyFound: () => undefined,
    sortPatients: () => {
      throw new Error('only a file is sorted by patient');
    },
    discard: () => undefined,
  };
}
