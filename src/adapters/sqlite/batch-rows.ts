/**
 * Rows of the table of batches: how each came, and how far on its journey it is. Writes belong to the transaction of
 * whoever calls. Throws what SQLite throws, and Fault S903 when calls come in an impossible order.
 */
import type Database from 'better-sqlite3';
import type { BatchOrigin, BatchRecord, QuarantinedBatch } from '../../domain/batch-record';
import { Fault } from '../../domain/fault';
import { hasReached, type BatchState } from '../../domain/journey';
import { batchFromRow, type BatchRow, type QuarantinedRow, quarantinedFromRow, SELECT_QUARANTINED } from './batch-row';
import { insertOrigin } from './insert-origin';
import { prepared } from './prepared';

/** Steps that change nothing but the state: from which one, and the column that gets their time. */
const STEPS = {
  claimed: { from: 'ready', column: 'claimed_at' },
  reported: { from: 'committed', column: 'reported_at' },
  archived: { from: 'reported', column: 'archived_at' },
} as const satisfies Partial<Record<BatchState, { from: BatchState; column: string }>>;

export class BatchRows {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  /** A batch that is there already stays as it is. */
  open(origin: BatchOrigin): BatchRecord {
    const present = this.find(origin.id);
    if (present !== null) return present;
    insertOrigin(this.#db, origin);
    return this.#get(origin.id);
  }

  withdraw(id: string): void {
    prepared(this.#db, `DELETE FROM main.batches WHERE id = ? AND state IN ('received', 'ready')`).run(id);
  }

  /** One step of the journey; a step taken already changes nothing. */
  move(id: string, to: keyof typeof STEPS, at: string): void {
    const { from, column } = STEPS[to];
    const state = this.#state(id);
    if (hasReached(state, to)) return;
    if (state !== from) throw new Fault('S903', `batch ${id} is ${state}, not ${from}`, { retryable: false });
    prepared(this.#db, `UPDATE main.batches SET state = ?, ${column} = ? WHERE id = ?`).run(to, at, id);
  }

  quarantine(id: string, at: string, reason: string): void {
    prepared(
      this.#db,
      `UPDATE main.batches SET quarantined_at = ?, quarantine_reason = ?
         WHERE id = ? AND state <> 'archived' AND quarantined_at IS NULL`,
    ).run(at, reason, id);
  }

  find(id: string): BatchRecord | null {
    const row = prepared<[string], BatchRow>(this.#db, 'SELECT * FROM main.batches WHERE id = ?').get(id);
    return row === undefined ? null : batchFromRow(row);
  }

  /** In the order they came, without those that are set aside. */
  unfinished(): readonly BatchRecord[] {
    return prepared<[], BatchRow>(
      this.#db,
      `SELECT * FROM main.batches WHERE state <> 'archived' AND quarantined_at IS NULL
         ORDER BY received_at, id`,
    )
      .all()
      .map(batchFromRow);
  }

  quarantined(): readonly QuarantinedBatch[] {
    return prepared<[], QuarantinedRow>(this.#db, SELECT_QUARANTINED).all().map(quarantinedFromRow);
  }

  #get(id: string): BatchRecord {
    const found = this.find(id);
    if (found === null) throw notStored(id);
    return found;
  }

  #state(id: string): BatchState {
    const row = prepared<[string], { state: BatchState }>(this.#db, 'SELECT state FROM main.batches WHERE id = ?').get(
      id,
    );
    if (row === undefined) throw notStored(id);
    return row.state;
  }
}

function notStored(id: string): Fault {
  return new Fault('S903', `batch ${id} is not in the store`, { retryable: false });
}
