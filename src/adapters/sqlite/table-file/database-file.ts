/**
 * Appends pages to a database file that SQLite has made, so that a table is written at the speed of copying
 * (SQLite database file format, section 1: pages, and 1.3: the header). For files that are worth nothing after a crash:
 * nothing is synced, no journal is kept. `finish` makes the file whole; until then SQLite must not read it.
 * Throws what the file system throws.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const BUFFERED_PAGES = 64;

/** Places in the header: how often the file was changed, its size in pages, and at which change that was told. */
const CHANGES_AT = 24;
const PAGE_COUNT_AT = 28;
const COUNTED_AT = 92;

/** SQLite locks files by this byte and puts nothing on its page (section 1.4). */
const LOCK_BYTE = 0x40000000;

export class DatabaseFile {
  readonly #fd: number;
  readonly #buffer: Buffer;
  /** Pages of the file, those in the buffer among them. */
  #pages: number;
  #buffered = 0;

  /** @param path of a database that nobody reads or writes until `finish` */
  constructor(
    path: string,
    readonly pageBytes: number,
  ) {
    this.#fd = openSync(path, 'r+');
    const count = Buffer.alloc(4);
    readSync(this.#fd, count, 0, 4, PAGE_COUNT_AT);
    this.#pages = count.readUInt32BE();
    this.#buffer = Buffer.alloc(BUFFERED_PAGES * pageBytes);
  }

  /** Copies the page; its number, first = 1. */
  append(page: Buffer): number {
    if (this.#pages === LOCK_BYTE / this.pageBytes) this.#push(Buffer.alloc(this.pageBytes));
    return this.#push(page);
  }

  #push(page: Buffer): number {
    if (this.#buffered === BUFFERED_PAGES) this.#flush();
    page.copy(this.#buffer, this.#buffered * this.pageBytes);
    this.#buffered++;
    return ++this.#pages;
  }

  /** Puts a page in the place of one that is there already. */
  replace(number: number, page: Buffer): void {
    this.#flush();
    this.#write(page, (number - 1) * this.pageBytes);
  }

  finish(): void {
    this.#flush();
    const header = Buffer.alloc(COUNTED_AT + 4);
    readSync(this.#fd, header, 0, header.length, 0);
    const changes = (header.readUInt32BE(CHANGES_AT) + 1) >>> 0;
    header.writeUInt32BE(changes, CHANGES_AT);
    header.writeUInt32BE(this.#pages, PAGE_COUNT_AT);
    header.writeUInt32BE(changes, COUNTED_AT);
    this.#write(header, 0);
    this.close();
  }

  /** Lets go of the file as it is. */
  close(): void {
    closeSync(this.#fd);
  }

  #flush(): void {
    if (this.#buffered === 0) return;
    const first = this.#pages - this.#buffered;
    this.#write(this.#buffer.subarray(0, this.#buffered * this.pageBytes), first * this.pageBytes);
    this.#buffered = 0;
  }

  #write(bytes: Buffer, position: number): void {
    for (let done = 0; done < bytes.length;) {
      done += writeSync(this.#fd, bytes, done, bytes.length - done, position + done);
    }
  }
}
