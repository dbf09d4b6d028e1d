/**
 * Which transaction the store's one connection is in. Staging fills its own attached database in a transaction that
 * writes nothing else (`bulk`; `snapshot` when one state of the store is read in it); the store's own file is written in
 * short immediate ones (`write`), or in the one that `lock` begins and `commit` ends. While that one is open, nothing else
 * is written on this connection.
 * Throws what SQLite throws, and Fault S903 when the calls come in an impossible order.
 */
import type Database from 'better-sqlite3';
import { Fault } from '../../domain/fault';

export class StoreTransactions {
  readonly #db: Database.Database;
  #locked = false;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  get locked(): boolean {
    return this.#locked;
  }

  /** Begins the transaction that staging writes in, unless one is open. Takes no lock on the store. */
  bulk(): void {
    if (!this.#db.inTransaction) this.#db.exec('BEGIN');
  }

  /** The same, begun anew: the store is read as it is from now on, until the transaction ends. */
  snapshot(): void {
    this.endBulk();
    this.bulk();
  }

  /** `action` in an immediate transaction of its own: durable when this returns, undone when it throws. */
  write<T>(action: () => T): T {
    if (this.#locked) throw new Fault('S903', 'a batch stands between settle and commit', { retryable: false });
    this.endBulk();
    return this.#db.transaction(action).immediate();
  }

  /** Takes the store's write lock until `commit` or `rollback`. */
  lock(): void {
    if (this.#locked) return;
    this.endBulk();
    this.#db.exec('BEGIN IMMEDIATE');
    this.#locked = true;
  }

  commit(): void {
    this.#db.exec('COMMIT');
    this.#locked = false;
  }

  /** Undoes whatever is open; a staging area in use is worth nothing afterwards. */
  rollback(): void {
    this.#locked = false;
    if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
  }

  /** Ends the transaction that staging writes in: databases are attached outside of one. */
  endBulk(): void {
    if (this.#db.inTransaction) this.#db.exec('COMMIT');
  }
}
