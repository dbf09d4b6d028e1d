/**
 * What comes into a staging area before it is settled: records, those that are rejected, findings, and the part of a file
 * that another thread has read. It counts nothing and judges nothing.
 * Throws Fault S902 when SQLite fails, and S903 for what it takes no more.
 */
import type Database from 'better-sqlite3';
import type { BatchRecord } from '../../domain/batch-record';
import { Fault } from '../../domain/fault';
import type { Finding } from '../../domain/finding';
import type { MessageType } from '../../domain/message-type';
import type { PlainRecord } from '../../domain/plain-record';
import type { PartTarget, RejectedRecord, StagedPart, StagedRecord } from '../../ports/batch-store';
import { storeFault } from './as-fault';
import { type CommitInput, highestId, placePatients } from './commit-staging';
import { type IncomingRecords, receiveRecords } from './incoming-records';
import { createKeyedHash, type HashSecret } from './keyed-hash';
import { INSERT_FINDING, INSERT_REJECTED } from './incoming-memory';
import { prepared } from './prepared';
import { findingRow, rejectedRow } from './record-rows';
import type { ScratchDatabases } from './scratch-databases';
import type { StoreTransactions } from './store-transactions';

export interface StagingContext {
  readonly db: Database.Database;
  /** Its staging area is open, and empty. */
  readonly scratch: ScratchDatabases;
  readonly transactions: StoreTransactions;
  readonly batch: BatchRecord;
  readonly type: MessageType | null;
  /** See `versionOrder`. */
  readonly order: string;
  readonly secret: HashSecret;
  /** Where the files of a batch are made that is too large to be judged and stored under the lock; else null. */
  readonly path: string | null;
  /** Takes what is to be done when the batch has its answer; the staging area stays as it is until then. */
  readonly later: (work: Afterwards) => void;
}

export interface Afterwards {
  run(transactions: StoreTransactions): void;
  /** Lets go of what it holds, run or not. */
  end(): void;
}

/** Ids left free for what others store while a large batch is read and judged. */
export const IDS_LEFT_FREE = 1_000_000;

export class StagingIntake {
  readonly #db: Database.Database;
  readonly #transactions: StoreTransactions;
  /** Null for a batch whose message type is unknown: it has no records. */
  readonly #incoming: IncomingRecords | null;
  readonly #addRejected: Database.Statement;
  readonly #addFinding: Database.Statement;
  #hasPart = false;
  #readable = false;

  constructor({ db, scratch, transactions, type, batch, order, secret, path }: StagingContext) {
    this.#db = db;
    this.#transactions = transactions;
    this.#addRejected = prepared(db, INSERT_REJECTED);
    this.#addFinding = prepared(db, INSERT_FINDING);
    const base = type === null || path === null ? 0 : highestId(db, type) + IDS_LEFT_FREE;
    const file = path === null ? null : `${path}.incoming`;
    const input = { batch, order, secret, hash: createKeyedHash(secret), path: file, base };
    this.#incoming = type === null ? null : receiveRecords(db, scratch, { ...input, type });
  }

  /** `_id` of a record's row is this plus the record's number. */
  get base(): number {
    return this.#incoming?.base ?? 0;
  }

  get partTarget(): PartTarget | null {
    return this.#incoming?.target ?? null;
  }

  addPart(part: StagedPart): void {
    if (this.#incoming === null || this.#hasPart || this.#readable) throw ended();
    this.#transactions.bulk();
    this.#incoming.addPart(part);
    this.#hasPart = true;
  }

  addRecord(record: StagedRecord): void {
    if (this.#incoming === null) throw ended();
    try {
      this.#transactions.bulk();
      this.#incoming.add(record);
    } catch (error) {
      throw storeFault(error);
    }
  }

  /** Null where records come as values alone. */
  get addPlain(): ((record: PlainRecord) => void) | null {
    const add = this.#incoming?.addPlain ?? null;
    if (add === null) return null;
    return (record) => {
      try {
        add(record);
      } catch (error) {
        throw storeFault(error);
      }
    };
  }

  addRejected(record: RejectedRecord): void {
    this.#write(() => this.#addRejected.run(...rejectedRow(record)));
  }

  addFinding(finding: Finding, recordKey: string | null): void {
    this.#write(() => this.#addFinding.run(...findingRow(finding, recordKey)));
  }

  /** Makes the records readable. */
  read(): void {
    if (this.#readable) return;
    this.#transactions.endBulk();
    this.#incoming?.finish();
    this.#readable = true;
    if (!this.#hasPart) return;
    this.#transactions.bulk();
    this.#incoming?.copyFound();
  }

  /** For records that were moved into the store without the places of their patients. */
  afterwards(input: CommitInput): Afterwards {
    return {
      run: (transactions) => {
        transactions.endBulk();
        this.#incoming?.sortPatients();
        placePatients(this.#db, input, transactions);
      },
      end: () => {
        this.discard();
      },
    };
  }

  discard(): void {
    this.#incoming?.discard();
  }

  #write(action: () => unknown): void {
    try {
      if (!this.#transactions.locked) this.#transactions.bulk();
      action();
    } catch (error) {
      throw storeFault(error);
    }
  }
}

export function ended(): Fault {
  return new Fault('S903', 'this staging area has ended or takes no more records', { retryable: false });
}
