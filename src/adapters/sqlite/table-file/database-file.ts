/**
 * Appends pages to a database file that SQLite has made, so that a table is written at the speed of copying (SQLite
 * database file format, section 1: pages, and 1.3: the header). For files that are worth nothing after a crash:
 * nothing is synced, no journal is kept. `finish` makes the file whole; until then SQLite must not read it. More may
 * be appended behind it, and finished again. Two threads may append to one file: each takes the numbers of its pages
 * from one shared counter, many at a time. Throws what the file system throws.
 */
import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';

const BUFFERED_PAGES = 64;

/** Places in the header: how often the file was changed, its size in pages, and at which change that was told. */
const CHANGES_AT = 24;
const PAGE_COUNT_AT = 28;
const COUNTED_AT = 92;

/** SQLite locks files by this byte and puts nothing on its page (section 1.4). */
const LOCK_BYTE = 0x40000000;

export class DatabaseFile {
  /** One 32-bit number: how many pages of the file are there or taken. */
  readonly taken: SharedArrayBuffer;
  readonly #taken: Int32Array;
  readonly #fd: number;
  readonly #buffer: Buffer;
  /** The page that the next one in the buffer will be, and the one behind those that were taken for it. */
  #next = 1;
  #end = 1;
  #buffered = 0;

  /**
   * @param path of a database that nobody reads until `finish`
   * @param taken of the one that appends to the same file already
   */
  constructor(
    path: string,
    readonly pageBytes: number,
    taken?: SharedArrayBuffer,
  ) {
    this.#fd = openSync(path, 'r+');
    this.taken = taken ?? new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    this.#taken = new Int32Array(this.taken);
    if (taken === undefined) {
      const count = Buffer.alloc(4);
      readSync(this.#fd, count, 0, 4, PAGE_COUNT_AT);
      this.#taken[0] = count.readUInt32BE();
    }
    this.#buffer = Buffer.alloc(BUFFERED_PAGES * pageBytes);
  }

  /** By which another thread can open the file, even when it has no name any more; as long as it is open here. Linux. */
  get path(): string {
    return `/proc/self/fd/${this.#fd}`;
  }

  /** Copies the page; its number, first = 1. */
  append(page: Buffer): number {
    const number = this.#push(page);
    return number === LOCK_BYTE / this.pageBytes + 1 ? this.#push(page) : number;
  }

  #push(page: Buffer): number {
    if (this.#next === this.#end) this.#take();
    page.copy(this.#buffer, this.#buffered * this.pageBytes);
    this.#buffered++;
    return this.#next++;
  }

  #take(): void {
    this.flush();
    this.#next = Atomics.add(this.#taken, 0, BUFFERED_PAGES) + 1;
    this.#end = this.#next + BUFFERED_PAGES;
  }

  /** A page that was appended, by whomever. */
  page(number: number): Buffer {
    this.flush();
    const page = Buffer.alloc(this.pageBytes);
    readSync(this.#fd, page, 0, page.length, (number - 1) * this.pageBytes);
    return page;
  }

  /** Puts a page in the place of one that is there already. */
  replace(number: number, page: Buffer): void {
    this.flush();
    this.#write(page, (number - 1) * this.pageBytes);
  }

  /** The file stays open. */
  finish(): void {
    this.flush();
    // What was taken last and not used is given back.
    Atomics.compareExchange(this.#taken, 0, this.#end - 1, this.#next - 1);
    this.#end = this.#next;
    const pages = Atomics.load(this.#taken, 0);
    ftruncateSync(this.#fd, pages * this.pageBytes);
    const header = Buffer.alloc(COUNTED_AT + 4);
    readSync(this.#fd, header, 0, header.length, 0);
    const changes = (header.readUInt32BE(CHANGES_AT) + 1) >>> 0;
    header.writeUInt32BE(changes, CHANGES_AT);
    header.writeUInt32BE(pages, PAGE_COUNT_AT);
    header.writeUInt32BE(changes, COUNTED_AT);
    this.#write(header, 0);
  }

  /** Lets go of the file as it is. */
  close(): void {
    closeSync(this.#fd);
  }

  /** Writes what was appended. */
  flush(): void {
    if (this.#buffered === 0) return;
    const first = this.#next - 1 - this.#buffered;
    this.#write(this.#buffer.subarray(0, this.#buffered * this.pageBytes), first * this.pageBytes);
    this.#buffered = 0;
  }

  #write(bytes: Buffer, position: number): void {
    for (let done = 0; done < bytes.length;) {
      done += writeSync(this.#fd, bytes, done, bytes.length - done, position + done);
    }
  }
}
