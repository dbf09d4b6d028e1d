/**
 * Which transaction the store's one connection is in. Staging fills its own attached database in a transaction that
 * writes nothing else (`bulk`; `snapshot` when one state of the store is read in it); the store's own file is written in
 * short immediate ones (`write`), or in the one that `lock` begins and `commit` ends. While that one is open, nothing else
 * is written on this connection. Within `together` all of these are parts of one immediate transaction, which the first
 * of them begins; undoing one part undoes all.
 * Throws what SQLite throws, and Fault S903 when the calls come in an impossible order.
 */
import type Database from 'better-sqlite3';
import { Fault } from '../../domain/fault';
import { prepared } from './prepared';
import type { WriteTurns } from './write-turns';

export class StoreTransactions {
  readonly #db: Database.Database;
  #locked = false;
  #isTogether = false;
  /** The transaction of `together` was begun. */
  #hasBegun = false;

  readonly #turns: Pick<WriteTurns, 'take' | 'give'> | null;

  /** @param turns where other threads of this process write too */
  constructor(db: Database.Database, turns: Pick<WriteTurns, 'take' | 'give'> | null = null) {
    this.#db = db;
    this.#turns = turns;
  }

  get locked(): boolean {
    return this.#locked;
  }

  /** Begins the transaction that staging writes in, unless one is open. Takes no lock on the store but within `together`. */
  bulk(): void {
    if (this.#db.inTransaction) return;
    if (this.#hasBegun) throw undone();
    if (this.#isTogether) this.#begin();
    else this.#run('BEGIN');
    this.#hasBegun = this.#isTogether;
  }

  /** `action`, which fills scratch databases alone, in a transaction; it takes no lock on the store. */
  aside<T>(action: () => T): T {
    if (this.#db.inTransaction) return action();
    this.#run('BEGIN');
    try {
      const result = action();
      this.#run('COMMIT');
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /** The same, begun anew: the store is read as it is from now on, until the transaction ends. */
  snapshot(): void {
    this.endBulk();
    this.bulk();
  }

  /** `action` in an immediate transaction of its own: durable when this returns, undone when it throws. */
  write<T>(action: () => T): T {
    if (this.#locked) throw between();
    if (this.#isTogether) {
      this.bulk();
      return action();
    }
    this.endBulk();
    this.#begin();
    try {
      const result = action();
      this.#end();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /** Takes the store's write lock until `commit` or `rollback`. */
  lock(): void {
    if (this.#locked) return;
    if (this.#isTogether) {
      this.bulk();
    } else {
      this.endBulk();
      this.#begin();
    }
    this.#locked = true;
  }

  commit(): void {
    if (!this.#isTogether) this.#end();
    this.#locked = false;
  }

  /** What `action` writes is durable when this returns; when it throws, nothing of it was written. */
  together<T>(action: () => T): T {
    this.endBulk();
    this.#isTogether = true;
    try {
      const result = action();
      if (this.#locked) throw between();
      if (this.#hasBegun && !this.#db.inTransaction) throw undone();
      if (this.#hasBegun) this.#end();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    } finally {
      this.#isTogether = false;
      this.#hasBegun = false;
    }
  }

  /** Undoes whatever is open; a staging area in use is worth nothing afterwards. */
  rollback(): void {
    this.#locked = false;
    if (this.#db.inTransaction) this.#run('ROLLBACK');
    this.#turns?.give();
  }

  /** Ends the transaction that staging writes in: databases are attached outside of one. */
  endBulk(): void {
    if (this.#db.inTransaction && !this.#isTogether) this.#run('COMMIT');
  }

  #begin(): void {
    this.#turns?.take();
    try {
      this.#run('BEGIN IMMEDIATE');
    } catch (error) {
      this.#turns?.give();
      throw error;
    }
  }

  /** Where it fails, `rollback` must follow. */
  #end(): void {
    this.#run('COMMIT');
    this.#turns?.give();
  }

  #run(statement: 'BEGIN' | 'BEGIN IMMEDIATE' | 'COMMIT' | 'ROLLBACK'): void {
    prepared(this.#db, statement).run();
  }
}

function between(): Fault {
  return new Fault('S903', 'a batch stands between settle and commit', { retryable: false });
}

function undone(): Fault {
  return new Fault('S903', 'a part of what goes together was undone: so is all of it', { retryable: false });
}
