/**
 * The scratch databases of one connection (see staging-database), from batch to batch. Those of a small batch lie in
 * memory and serve the next one, emptied: making them anew costs more than all else that is done for such a batch. Those
 * of a large batch, and of one that came to no good end, are dropped with it.
 * Throws what SQLite throws. The connection must be in no transaction.
 */
import type Database from 'better-sqlite3';
import { IN_MEMORY } from './open-connection';
import { prepared } from './prepared';
import { placesTable, sortedTable, tableShape } from './record-rows';
import { attachScratch, attachStaging, detachScratch, STAGING_TABLES } from './staging-database';

/** What a larger batch has filled is not kept: SQLite gives no memory back while a database is open. */
const KEPT_MAX_BYTES = 1024 * 1024;

/** More than the records of any batch: the rows of several stand beside each other. */
export const ROWS_APART = 2 ** 32;

export class ScratchDatabases {
  readonly #db: Database.Database;
  #inMemory = false;
  /** What `incoming` in memory is made for. */
  #rows: { readonly type: string; readonly columns: readonly string[] } | null = null;
  /** Of the last batch that has rows there; null when none has. */
  #lastBase: number | null = null;
  #generation = 0;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  /** Another number whenever rows are gone that were there. */
  get generation(): number {
    return this.#generation;
  }

  /** Makes an empty `staging`. @param path see `stagingPath` */
  openStaging(path: string | null): void {
    if (path === null && this.#inMemory) return;
    this.drop();
    attachStaging(this.#db, path);
    this.#inMemory = path === null;
  }

  /** Makes an `incoming` in memory for batches of the type; returns the columns of its rows. */
  openIncoming(type: string): readonly string[] {
    if (this.#rows?.type === type) return this.#rows.columns;
    this.#forgetRows();
    detachScratch(this.#db, 'incoming');
    const { rows, columns } = tableShape(this.#db, type);
    attachScratch(this.#db, 'incoming', IN_MEMORY);
    this.#db.exec(`${rows('incoming.rows')};${placesTable('incoming.places')};${sortedTable('incoming.sorted_key')}`);
    this.#rows = { type, columns };
    return columns;
  }

  /** Where the rows of the next batch begin: behind those of the others, and never at 0, which stands for no rows. */
  takeBase(): number {
    this.#lastBase = (this.#lastBase ?? 0) + ROWS_APART;
    return this.#lastBase;
  }

  /**
   * Ends a batch that was committed: nothing was rolled back, which databases without a journal do not survive. Rows go
   * with the last batch that has some: emptying a table costs next to nothing, taking some of its rows does.
   * @param base of its rows, 0 when it has none: those of others wait behind a batch that was refused
   */
  empty({ bytes, base }: { readonly bytes: number; readonly base: number }): void {
    if (!this.#inMemory || bytes > KEPT_MAX_BYTES) {
      this.drop();
      return;
    }
    // Should one of these fail, the next batch gets databases of its own and finds nothing of this one.
    this.#inMemory = false;
    for (const table of STAGING_TABLES) prepared(this.#db, `DELETE FROM staging.${table}`).run();
    if (this.#rows !== null) {
      for (const table of ['places', 'sorted_key']) prepared(this.#db, `DELETE FROM incoming.${table}`).run();
    }
    if (this.#lastBase !== null && base >= this.#lastBase) this.clearRows();
    this.#inMemory = true;
  }

  /** No batch needs any rows in memory. */
  clearRows(): void {
    if (this.#lastBase === null) return;
    this.#forgetRows();
    prepared(this.#db, 'DELETE FROM incoming.rows').run();
  }

  /** Ends any batch. */
  drop(): void {
    this.#inMemory = false;
    this.#rows = null;
    this.#forgetRows();
    detachScratch(this.#db, 'incoming');
    detachScratch(this.#db, 'staging');
  }

  #forgetRows(): void {
    this.#lastBase = null;
    this.#generation++;
  }
}
