/**
 * The records of a large batch as pages of two tables (see incoming-records): a row of the message type's own shape, and
 * the record's place; and the hashes of its key and patient as sorted runs. Throws what the file system throws.
 */
import type { PlainRecord } from '../../domain/plain-record';
import type { StagedRecord } from '../../ports/batch-store';
import { KEY_HASH_AT, PATIENT_HASH_AT, PLACE_WIDTHS, type RowMaker } from './record-rows';
import type { HashRuns } from './table-file/hash-runs';
import { IntegerRowEncoder } from './table-file/integer-row-encoder';
import { PlainRowEncoder } from './table-file/plain-row-encoder';
import type { ColumnValue } from './table-file/record-encoder';
import type { TableWriter } from './table-file/table-writer';

export interface RecordPages {
  add(record: StagedRecord): void;
  addPlain(record: PlainRecord): void;
}

export interface RecordPagesInput {
  readonly rows: TableWriter;
  readonly places: TableWriter;
  readonly keys: HashRuns;
  readonly patients: HashRuns;
  readonly maker: RowMaker;
  /** `_id` of a record's row is this plus the record's number. */
  readonly base: number;
}

export function createRecordPages({ rows, places, keys, patients, maker, base }: RecordPagesInput): RecordPages {
  const plainRow = new PlainRowEncoder(maker.fieldOf);
  const placeRow = new IntegerRowEncoder(PLACE_WIDTHS);

  function addPlace(record: number, place: readonly ColumnValue[]): void {
    places.addMeasured(record, placeRow.measure(place), placeRow);
    keys.add(Number(place[KEY_HASH_AT]), record);
    patients.add(Number(place[PATIENT_HASH_AT]), record);
  }

  return {
    add(record) {
      rows.add(base + record.record, maker.row(record));
      addPlace(record.record, maker.place(record, record.warned));
    },
    addPlain(record) {
      const length = plainRow.measure(maker.rowAround(record), record);
      rows.addMeasured(base + record.record, length, plainRow);
      addPlace(record.record, maker.place(record, false));
    },
  };
}
