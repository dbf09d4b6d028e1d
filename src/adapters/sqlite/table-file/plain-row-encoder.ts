/**
 * A row of SQLite's record format (see record-encoder) whose fields are bytes of the file that it came from: they are
 * copied as they are, without becoming strings. The columns before the fields, a record's identity and place, are
 * ordinary values; most of them are those of the row before, and are kept as they were written then. It never fails.
 */
import { isInFieldOrder, type PlainRecord } from '../../../domain/plain-record';
import {
  type ColumnValue,
  integerBytes,
  integerType,
  NULL_TYPE,
  type RowEncoder,
  TEXT_TYPE,
  writeInteger,
} from './record-encoder';
import { VARINT_MAX_BYTES, varintLength, writeVarint } from './varint';

/** Room for the texts of the first columns, at first. */
const TEXT_BYTES = 1024;

export class PlainRowEncoder implements RowEncoder {
  /** Positions of the fields, in the order of their columns; -1 for a column that is a field no more. */
  readonly #fields: Int16Array;
  readonly #inOrder: boolean;
  /** The first columns of the row before: their values, serial types, and where each stands in `#head`. */
  readonly #values: ColumnValue[];
  readonly #types: Int32Array;
  readonly #places: Int32Array;
  #bytes = 0;
  /** The header, which ends at `#middle`, and the first columns' values behind it. */
  #head: Buffer;
  readonly #middle: number;
  #start = 0;
  #fieldBytes = 0;
  #record: PlainRecord | null = null;

  /** @param fieldOf the position of each column's field; -1 for the first columns, and for others that stay NULL */
  constructor(fieldOf: readonly number[]) {
    const first = fieldOf.findIndex((field) => field >= 0);
    const count = first < 0 ? fieldOf.length : first;
    this.#fields = Int16Array.from(fieldOf.slice(count));
    this.#inOrder = isInFieldOrder(fieldOf);
    this.#values = new Array<ColumnValue>(count).fill(null);
    this.#types = new Int32Array(count);
    this.#places = new Int32Array(count);
    this.#middle = (fieldOf.length + 1) * VARINT_MAX_BYTES;
    this.#head = Buffer.alloc(this.#middle + TEXT_BYTES);
  }

  /**
   * @param row the first columns
   * @returns bytes of the row
   */
  measure(row: readonly ColumnValue[], record: PlainRecord): number {
    this.#takeFirst(row, record.ascii);
    const fields = this.#fields;
    const head = this.#head;
    const { starts, ends } = record;
    // From the last column to the first, because only then is it known where the header begins.
    let at = this.#middle;
    let fieldBytes = 0;
    for (let i = fields.length - 1; i >= 0; i--) {
      const field = fields[i] ?? 0;
      const bytes = field < 0 ? 0 : (ends[field] ?? 0) - (starts[field] ?? 0);
      fieldBytes += bytes;
      const type = bytes === 0 ? NULL_TYPE : TEXT_TYPE + 2 * bytes;
      if (type < 0x80) head[--at] = type;
      else at = writeBefore(head, at, type);
    }
    for (let i = this.#types.length - 1; i >= 0; i--) at = writeBefore(head, at, this.#types[i] ?? 0);
    const header = this.#middle - at;
    // The header tells its own length, in one byte or two.
    this.#start = writeBefore(head, at, header + (header < 0x7f ? 1 : 2));
    this.#fieldBytes = fieldBytes;
    this.#record = record;
    return this.#middle - this.#start + this.#bytes + fieldBytes;
  }

  write(target: Buffer, at: number): boolean {
    const record = this.#record;
    if (record === null) return false;
    const { bytes, starts, ends } = record;
    const end = this.#middle + this.#bytes;
    this.#head.copy(target, at, this.#start, end);
    let position = at + end - this.#start;
    if (this.#inOrder && record.inOrder) {
      bytes.copy(target, position, 0, this.#fieldBytes);
      return true;
    }
    for (const field of this.#fields) {
      if (field < 0) continue;
      const to = ends[field] ?? 0;
      for (let from = starts[field] ?? 0; from < to; from++) target[position++] = bytes[from] ?? 0;
    }
    return true;
  }

  /** Writes what differs from the row before; all of it where a value is of another length. */
  #takeFirst(row: readonly ColumnValue[], ascii: boolean): void {
    const values = this.#values;
    let fits = true;
    for (let i = 0; i < values.length; i++) {
      const value = row[i] ?? null;
      if (value === values[i]) continue;
      const type = typeOf(value, ascii);
      if (type !== this.#types[i]) fits = false;
      this.#types[i] = type;
      values[i] = value;
      if (fits) this.#writeFirst(i, ascii);
    }
    if (fits) return;
    let end = this.#middle;
    for (let i = 0; i < values.length; i++) {
      this.#places[i] = end;
      end += bytesOf(this.#types[i] ?? 0);
    }
    this.#bytes = end - this.#middle;
    if (end > this.#head.length) this.#head = Buffer.alloc(2 * end);
    for (let i = 0; i < values.length; i++) this.#writeFirst(i, ascii);
  }

  #writeFirst(column: number, ascii: boolean): void {
    const value = this.#values[column] ?? null;
    const head = this.#head;
    let at = this.#places[column] ?? 0;
    if (typeof value === 'number') writeInteger(head, at, value, this.#types[column] ?? 0);
    else if (value === null) return;
    else if (ascii) for (let i = 0; i < value.length; i++) head[at++] = value.charCodeAt(i);
    else head.write(value, at, 'utf8');
  }
}

function typeOf(value: ColumnValue, ascii: boolean): number {
  if (value === null) return NULL_TYPE;
  if (typeof value === 'number') return integerType(value);
  return TEXT_TYPE + 2 * (ascii ? value.length : Buffer.byteLength(value));
}

function bytesOf(type: number): number {
  return type < TEXT_TYPE ? integerBytes(type) : (type - TEXT_TYPE) / 2;
}

/** Returns the position at which it begins. */
function writeBefore(bytes: Uint8Array, end: number, value: number): number {
  const start = end - varintLength(value);
  writeVarint(bytes, start, value);
  return start;
}
