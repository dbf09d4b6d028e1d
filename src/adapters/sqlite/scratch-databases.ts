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

const INCOMING_TABLES = ['rows', 'places', 'sorted_key'];

export class ScratchDatabases {
  readonly #db: Database.Database;
  #inMemory = false;
  /** What `incoming` in memory is made for. */
  #rows: { readonly type: string; readonly columns: readonly string[] } | null = null;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  /** Makes an empty `staging`. @param path see `stagingPath` */
  openStaging(path: string | null): void {
    if (path === null && this.#inMemory) return;
    this.drop();
    attachStaging(this.#db, path);
    this.#inMemory = path === null;
  }

  /** Makes an empty `incoming` in memory for a batch of the type; returns the columns of its rows. */
  openIncoming(type: string): readonly string[] {
    if (this.#rows?.type === type) return this.#rows.columns;
    detachScratch(this.#db, 'incoming');
    const { rows, columns } = tableShape(this.#db, type);
    attachScratch(this.#db, 'incoming', IN_MEMORY);
    this.#db.exec(`${rows('incoming.rows')};${placesTable('incoming.places')};${sortedTable('incoming.sorted_key')}`);
    this.#rows = { type, columns };
    return columns;
  }

  /** Ends a batch of `bytes` that was committed: nothing was rolled back, which databases without a journal do not survive. */
  empty(bytes: number): void {
    if (!this.#inMemory || bytes > KEPT_MAX_BYTES) {
      this.drop();
      return;
    }
    // Should one of these fail, the next batch gets databases of its own and finds nothing of this one.
    this.#inMemory = false;
    for (const table of STAGING_TABLES) prepared(this.#db, `DELETE FROM staging.${table}`).run();
    for (const table of this.#rows === null ? [] : INCOMING_TABLES) {
      prepared(this.#db, `DELETE FROM incoming.${table}`).run();
    }
    this.#inMemory = true;
  }

  /** Ends any batch. */
  drop(): void {
    this.#inMemory = false;
    this.#rows = null;
    detachScratch(this.#db, 'incoming');
    detachScratch(this.#db, 'staging');
  }
}
