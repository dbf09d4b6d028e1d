/**
 * Writes the rows of one table into a database file, as the pages that SQLite would make (database file format, section
 * 1.6: table b-trees): leaves one after the other, then the interior pages above them. Rows come with rising rowids.
 * Several tables of one file may be written at the same time. Throws what the file system throws.
 */
import type { DatabaseFile } from './database-file';
import { type ColumnValue, RecordEncoder, type RowEncoder, SLACK_BYTES } from './record-encoder';
import { VARINT_MAX_BYTES, varintLength, writeVarint } from './varint';

const LEAF = 0x0d;
const INTERIOR = 0x05;
/** Its pointer, its length, its rowid and an empty row. */
const CELL_BYTES_MIN = 5;
const LEAF_HEADER = 8;
const INTERIOR_HEADER = 12;
const POINTER = 2;
const PAGE_NUMBER = 4;

/** A finished page and the highest rowid below it. */
export interface Child {
  readonly page: number;
  readonly rowid: number;
}

export class TableWriter {
  readonly #file: DatabaseFile;
  readonly #rootPage: number;
  readonly #encoder: RecordEncoder;
  readonly #page: Buffer;
  /** The cells of the leaf to come, one after the other. */
  readonly #content: Buffer;
  #contentBytes = 0;
  /** Where each of them begins. */
  readonly #starts: Uint16Array;
  #cells = 0;
  #lastRowid = 0;
  readonly #leaves: Child[] = [];

  /** @param rootPage of a table that is empty */
  constructor(file: DatabaseFile, rootPage: number, columnCount: number) {
    this.#file = file;
    this.#rootPage = rootPage;
    this.#encoder = new RecordEncoder(columnCount);
    this.#page = Buffer.alloc(file.pageBytes);
    this.#content = Buffer.alloc(file.pageBytes + SLACK_BYTES);
    this.#starts = new Uint16Array(file.pageBytes / CELL_BYTES_MIN);
  }

  /** @param rowid above that of every row before; the column that is its alias is NULL in `row` */
  add(rowid: number, row: readonly ColumnValue[]): void {
    if (!this.addMeasured(rowid, this.#encoder.measure(row, false), this.#encoder)) {
      this.addMeasured(rowid, this.#encoder.measure(row, true), this.#encoder);
    }
  }

  /**
   * The same with a row that someone else encodes.
   * @param length bytes of the row, as measured
   * @returns false where it is longer; then nothing was added
   */
  addMeasured(rowid: number, length: number, encoder: RowEncoder): boolean {
    const local = this.#localBytes(length);
    const size = varintLength(length) + varintLength(rowid) + local + (local < length ? PAGE_NUMBER : 0);
    const pointers = (this.#cells + 1) * POINTER;
    if (LEAF_HEADER + pointers + this.#contentBytes + size > this.#file.pageBytes) this.#endLeaf();
    const start = this.#contentBytes;
    const payload = writeVarint(this.#content, writeVarint(this.#content, start, length), rowid);
    const written =
      local < length ? this.#writeLong(encoder, payload, length, local) : encoder.write(this.#content, payload);
    if (!written) return false;
    this.#lastRowid = rowid;
    this.#starts[this.#cells++] = start;
    this.#contentBytes += size;
    return true;
  }

  /** Ends the last leaf. All of them: what makes the table, as pages of the file, without those above them. */
  endLeaves(): readonly Child[] {
    if (this.#cells > 0) this.#endLeaf();
    return this.#leaves;
  }

  /** Goes on behind leaves of a writer that wrote into the same file; their rowids are above all that are here. */
  addLeaves(leaves: readonly Child[]): void {
    this.endLeaves();
    for (const leaf of leaves) this.#leaves.push(leaf);
  }

  /** The table is whole once the file is finished too. */
  finish(): void {
    if (this.#leaves.length === 0) {
      this.#file.replace(this.#rootPage, this.#leaf());
      return;
    }
    let level = this.endLeaves();
    const [first, second] = level;
    if (first !== undefined && second === undefined) {
      // SQLite takes no root that has one page below it.
      this.#file.replace(this.#rootPage, this.#file.page(first.page));
      return;
    }
    let groups = this.#groups(level);
    while (groups.length > 1) {
      level = groups.map((group) => ({
        page: this.#file.append(this.#interior(group)),
        rowid: group.at(-1)?.rowid ?? 0,
      }));
      groups = this.#groups(level);
    }
    this.#file.replace(this.#rootPage, this.#interior(level));
  }

  /** How much of a row stands in its leaf; the rest of a long one overflows. */
  #localBytes(length: number): number {
    const usable = this.#file.pageBytes;
    if (length <= usable - 35) return length;
    const least = Math.floor(((usable - 12) * 32) / 255) - 23;
    const rest = least + ((length - least) % (usable - PAGE_NUMBER));
    return rest <= usable - 35 ? rest : least;
  }

  /** The head of a row that is measured into the leaf, the rest into pages of its own, each naming the next. */
  #writeLong(encoder: RowEncoder, at: number, length: number, local: number): boolean {
    const row = Buffer.alloc(length + SLACK_BYTES);
    if (!encoder.write(row, 0)) return false;
    row.copy(this.#content, at, 0, local);
    const page = Buffer.alloc(this.#file.pageBytes);
    const room = page.length - PAGE_NUMBER;
    let next = 0;
    for (let from = local + room * Math.floor((length - local - 1) / room); from >= local; from -= room) {
      page.fill(0);
      page.writeUInt32BE(next, 0);
      row.copy(page, PAGE_NUMBER, from, Math.min(length, from + room));
      next = this.#file.append(page);
    }
    this.#content.writeUInt32BE(next, at + local);
    return true;
  }

  #endLeaf(): void {
    this.#leaves.push({ page: this.#file.append(this.#leaf()), rowid: this.#lastRowid });
    this.#cells = 0;
    this.#contentBytes = 0;
  }

  #leaf(): Buffer {
    const page = this.#page;
    const content = page.length - this.#contentBytes;
    page.fill(0, 0, content);
    writePageHeader(page, LEAF, this.#cells, content);
    for (let i = 0, at = LEAF_HEADER; i < this.#cells; i++, at += POINTER) {
      const start = content + (this.#starts[i] ?? 0);
      page[at] = start >>> 8;
      page[at + 1] = start;
    }
    this.#content.copy(page, content, 0, this.#contentBytes);
    return page;
  }

  /** Children that share a page, at least two each wherever there are two. */
  #groups(children: readonly Child[]): Child[][] {
    const cell = POINTER + PAGE_NUMBER + VARINT_MAX_BYTES;
    const most = Math.floor((this.#file.pageBytes - INTERIOR_HEADER) / cell);
    const count = Math.ceil(children.length / most);
    const each = Math.ceil(children.length / count);
    return Array.from({ length: count }, (_, i) => children.slice(i * each, (i + 1) * each)).filter(
      (group) => group.length > 0,
    );
  }

  #interior(children: readonly Child[]): Buffer {
    const page = Buffer.alloc(this.#file.pageBytes);
    let content = page.length;
    const lefts = children.slice(0, -1);
    for (const [i, { page: child, rowid }] of lefts.entries()) {
      content -= PAGE_NUMBER + varintLength(rowid);
      page.writeUInt32BE(child, content);
      writeVarint(page, content + PAGE_NUMBER, rowid);
      page.writeUInt16BE(content, INTERIOR_HEADER + i * POINTER);
    }
    writePageHeader(page, INTERIOR, lefts.length, content);
    page.writeUInt32BE(children.at(-1)?.page ?? 0, LEAF_HEADER);
    return page;
  }
}

function writePageHeader(page: Buffer, type: number, cells: number, content: number): void {
  page[0] = type;
  page.writeUInt16BE(0, 1);
  page.writeUInt16BE(cells, 3);
  page.writeUInt16BE(content, 5);
  page[7] = 0;
}
