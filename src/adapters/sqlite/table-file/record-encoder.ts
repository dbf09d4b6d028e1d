/**
 * One row as SQLite's record format writes it (database file format, section 2.1): a header of serial types, then the
 * values. Rows are texts, integers from 0 to 2^53 - 1 and NULLs. A row is measured first, on the guess that all its text
 * is ASCII, and written in one go; where the guess was wrong it is measured once more, exactly. It never fails.
 */
import { varintLength, writeVarint } from './varint';

export type ColumnValue = string | number | null;

export const NULL_TYPE = 0;
const ZERO_TYPE = 8;
/** And twice the bytes of the text. */
export const TEXT_TYPE = 13;
/** Bytes of an integer by its serial type less one, and the first value that is too large for it. */
const INTEGER_BYTES = [1, 2, 3, 4, 6, 8];
const INTEGER_LIMITS = INTEGER_BYTES.map((bytes) => 2 ** (8 * bytes - 1));

/** Room that `write` needs behind a row: no character takes more. */
export const SLACK_BYTES = 4;

/** Writes the row that it measured last. */
export interface RowEncoder {
  /** False where the row turns out longer than it was measured. */
  write(target: Buffer, at: number): boolean;
}

export class RecordEncoder implements RowEncoder {
  readonly #types: number[];
  #row: readonly ColumnValue[] = [];
  #headerBytes = 0;
  #exact = false;

  constructor(columnCount: number) {
    this.#types = new Array<number>(columnCount).fill(NULL_TYPE);
  }

  /**
   * @param exact whether the bytes of each text are counted, instead of taking one for each character
   * @returns bytes of the row
   */
  measure(row: readonly ColumnValue[], exact: boolean): number {
    const types = this.#types;
    let header = 0;
    let body = 0;
    for (let i = 0; i < types.length; i++) {
      const value = row[i] ?? null;
      let type = NULL_TYPE;
      if (typeof value === 'string') {
        const bytes = exact ? Buffer.byteLength(value) : value.length;
        body += bytes;
        type = TEXT_TYPE + 2 * bytes;
      } else if (value !== null) {
        type = integerType(value);
        body += integerBytes(type);
      }
      types[i] = type;
      header += type < 0x80 ? 1 : varintLength(type);
    }
    this.#row = row;
    this.#exact = exact;
    // The header tells its own length, in one byte or two.
    this.#headerBytes = header + (header < 0x7f ? 1 : 2);
    return this.#headerBytes + body;
  }

  /** Writes the row measured last. False where its text turns out longer than was guessed: measure it exactly then. */
  write(target: Buffer, at: number): boolean {
    let position = writeVarint(target, at, this.#headerBytes);
    for (const type of this.#types) {
      if (type < 0x80) target[position++] = type;
      else position = writeVarint(target, position, type);
    }
    let run = '';
    for (let i = 0; i < this.#types.length; i++) {
      const value = this.#row[i] ?? null;
      if (typeof value === 'string') {
        run += value;
        if (!this.#exact) continue;
      }
      if (run !== '') {
        const bytes = target.write(run, position, 'utf8');
        if (!this.#exact && bytes !== run.length) return false;
        position += bytes;
        run = '';
      }
      if (typeof value === 'number') position = writeInteger(target, position, value, this.#types[i] ?? 0);
    }
    return run === '' || target.write(run, position, 'utf8') === run.length;
  }
}

export function integerType(value: number): number {
  if (value === 0 || value === 1) return ZERO_TYPE + value;
  let type = 0;
  while (value >= (INTEGER_LIMITS[type] ?? Infinity)) type++;
  return type + 1;
}

export function integerBytes(type: number): number {
  return type >= ZERO_TYPE ? 0 : (INTEGER_BYTES[type - 1] ?? 0);
}

export function writeInteger(target: Buffer, at: number, value: number, type: number): number {
  const bytes = integerBytes(type);
  let high = bytes > 4 ? Math.floor(value / 2 ** 32) : 0;
  let low = value | 0;
  let i = at + bytes;
  for (; i > at && i > at + bytes - 4; low >>>= 8) target[--i] = low;
  for (; i > at; high >>>= 8) target[--i] = high;
  return at + bytes;
}
