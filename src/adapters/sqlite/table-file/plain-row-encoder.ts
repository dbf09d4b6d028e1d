/**
 * A row of SQLite's record format (see record-encoder) whose fields are bytes of the file that it came from: they are
 * copied as they are, without becoming strings. The other columns, a record's identity and place, are ordinary values.
 * It never fails.
 */
import type { PlainRecord } from '../../../domain/plain-record';
import {
  type ColumnValue,
  integerBytes,
  integerType,
  NULL_TYPE,
  type RowEncoder,
  TEXT_TYPE,
  writeInteger,
} from './record-encoder';
import { VARINT_MAX_BYTES, writeVarint } from './varint';

export class PlainRowEncoder implements RowEncoder {
  readonly #fieldOf: Int16Array;
  /** The serial types of the row, as the header has them. */
  readonly #header: Uint8Array;
  #headerBytes = 0;
  /** Serial types of what stands in the row, by column. */
  readonly #types: Int32Array;
  #row: readonly ColumnValue[] = [];
  #record: PlainRecord | null = null;

  /** @param fieldOf the position of each column's field; -1 for one that stands in the row */
  constructor(fieldOf: readonly number[]) {
    this.#fieldOf = Int16Array.from(fieldOf);
    this.#header = new Uint8Array(fieldOf.length * VARINT_MAX_BYTES);
    this.#types = new Int32Array(fieldOf.length);
  }

  /**
   * @param row is read where no field stands
   * @returns bytes of the row
   */
  measure(row: readonly ColumnValue[], record: PlainRecord): number {
    const fieldOf = this.#fieldOf;
    const header = this.#header;
    const { starts, ends } = record;
    let headerBytes = 0;
    let body = 0;
    for (let i = 0; i < fieldOf.length; i++) {
      const field = fieldOf[i] ?? -1;
      let type = NULL_TYPE;
      if (field >= 0) {
        const bytes = (ends[field] ?? 0) - (starts[field] ?? 0);
        body += bytes;
        if (bytes > 0) type = TEXT_TYPE + 2 * bytes;
      } else {
        type = typeOf(row[i] ?? null, record.ascii);
        this.#types[i] = type;
        body += type < TEXT_TYPE ? integerBytes(type) : (type - TEXT_TYPE) / 2;
      }
      if (type < 0x80) header[headerBytes++] = type;
      else headerBytes = writeVarint(header, headerBytes, type);
    }
    this.#row = row;
    this.#record = record;
    this.#headerBytes = headerBytes;
    // The header tells its own length, in one byte or two.
    return headerBytes + (headerBytes < 0x7f ? 1 : 2) + body;
  }

  write(target: Buffer, at: number): boolean {
    const record = this.#record;
    if (record === null) return false;
    const fieldOf = this.#fieldOf;
    const { bytes, starts, ends, ascii } = record;
    const headerBytes = this.#headerBytes;
    let position = writeVarint(target, at, headerBytes + (headerBytes < 0x7f ? 1 : 2));
    position = copy(this.#header, 0, headerBytes, target, position);
    for (let i = 0; i < fieldOf.length; i++) {
      const field = fieldOf[i] ?? -1;
      if (field >= 0) {
        position = copy(bytes, starts[field] ?? 0, ends[field] ?? 0, target, position);
        continue;
      }
      const value = this.#row[i] ?? null;
      if (typeof value === 'number') position = writeInteger(target, position, value, this.#types[i] ?? 0);
      else if (value === null) continue;
      else if (ascii) for (let k = 0; k < value.length; k++) target[position++] = value.charCodeAt(k);
      else position += target.write(value, position, 'utf8');
    }
    return true;
  }
}

function typeOf(value: ColumnValue, ascii: boolean): number {
  if (value === null) return NULL_TYPE;
  if (typeof value === 'number') return integerType(value);
  return TEXT_TYPE + 2 * (ascii ? value.length : Buffer.byteLength(value));
}

/** Copies a short stretch: so few bytes are faster one by one. Returns the position behind it. */
function copy(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
  const ahead = at - from;
  for (let i = from; i < to; i++) target[i + ahead] = source[i] ?? 0;
  return to + ahead;
}
