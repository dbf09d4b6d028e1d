/**
 * Rows of SQLite's record format (see record-encoder) of integers alone, each column always of the same bytes: wider
 * than SQLite would write small ones, and read by it all the same. It never fails.
 */
import type { RowEncoder } from './record-encoder';

/** Bytes of a column's integer; 0 for one that is NULL in every row. */
export type IntegerWidth = 0 | 1 | 4 | 6 | 8;

const TYPE_OF: Readonly<Record<IntegerWidth, number>> = { 0: 0, 1: 1, 4: 4, 6: 5, 8: 6 };

export class IntegerRowEncoder implements RowEncoder {
  readonly bytes: number;
  readonly #widths: Uint8Array;
  readonly #header: Uint8Array;
  #row: readonly (number | string | null)[] = [];

  constructor(widths: readonly IntegerWidth[]) {
    this.#widths = Uint8Array.from(widths);
    this.#header = Uint8Array.from([widths.length + 1, ...widths.map((width) => TYPE_OF[width])]);
    this.bytes = this.#header.length + widths.reduce<number>((sum, width) => sum + width, 0);
  }

  /**
   * @param row integers that fit their columns, from 0 to 2^53 - 1
   * @returns bytes of the row
   */
  measure(row: readonly (number | string | null)[]): number {
    this.#row = row;
    return this.bytes;
  }

  write(target: Buffer, at: number): boolean {
    const header = this.#header;
    const widths = this.#widths;
    for (let i = 0; i < header.length; i++) target[at + i] = header[i] ?? 0;
    let position = at + header.length;
    for (let i = 0; i < widths.length; i++) {
      const value = this.#row[i];
      const width = widths[i] ?? 0;
      if (typeof value !== 'number' || width === 0) continue;
      const high = width > 4 ? Math.floor(value / 2 ** 32) : 0;
      if (width === 8) {
        target[position++] = high >>> 24;
        target[position++] = high >>> 16;
      }
      if (width >= 6) {
        target[position++] = high >>> 8;
        target[position++] = high;
      }
      if (width >= 4) {
        target[position++] = value >>> 24;
        target[position++] = value >>> 16;
        target[position++] = value >>> 8;
      }
      target[position++] = value;
    }
    return true;
  }
}
