/**
 * The store: one SQLite file that a power cut cannot harm. A call that returns has made its change durable, unless it is
 * part of `together`, which does so for all of its calls at its end.
 * One connection, used from one thread, with at most one staging area at a time. Between `settle` (`hold`, for a large
 * batch) and `commit` the staging area holds the write lock, within `together` until that ends; others wait for it up to
 * the busy timeout.
 * Every method throws Fault S902 when SQLite fails (busy, full, I/O) and S903 when calls come in an impossible order.
 */
import type Database from 'better-sqlite3';
import { mkdirSync } from 'node:fs';
import type { BatchOrigin, BatchRecord, QuarantinedBatch } from '../../domain/batch-record';
import { Fault } from '../../domain/fault';
import type { Catalogue, MessageType } from '../../domain/message-type';
import type { BatchStore, EarlierDelivery, Received, RecordSink, Staging } from '../../ports/batch-store';
import type { ReportSource } from '../../ports/report-source';
import { versionOrder } from '../../stages/route/version-order';
import { asFault } from './as-fault';
import { BatchRows } from './batch-rows';
import { findSameContent, findSameName, firstReceivedAt } from './earlier-deliveries';
import { ensureRecordTables } from './ensure-record-tables';
import type { Afterwards } from './staging-intake';
import { hasPatientPlaces } from './patient-places';
import { ReceivedRecords } from './incoming-memory';
import { createKeyedHash, type HashSecret } from './keyed-hash';
import { migrate } from './migrate';
import { openConnection } from './open-connection';
import { keyPlaces, moveRecentPlaces, patientPlaces } from './record-places';
import { registerFunctions } from './register-functions';
import { createReportSource } from './sqlite-report-source';
import { SqliteStaging } from './sqlite-staging';
import { ScratchDatabases } from './scratch-databases';
import {
  clearStaged,
  isStagedInMemory,
  STAGED_IN_MEMORY_MAX_BYTES,
  stagingPath,
  type StagingPlace,
} from './staging-database';
import { StoreTransactions } from './store-transactions';
import { prepared } from './prepared';
import { type Seat, WriteTurns } from './write-turns';

export interface BatchStoreOptions {
  /** Absolute path of the file, in a folder that exists; `:memory:` for a store that is gone when closed. */
  readonly path: string;
  /** The message types that get a table. */
  readonly catalogue: Catalogue;
  /** Folder for the staging areas of large files; without it they are staged in memory. */
  readonly stagingDir?: string;
  /** Files below this size are staged in memory all the same. */
  readonly stagedInMemoryMaxBytes?: number;
  /** How long to wait for another connection's transaction; a minute without. */
  readonly busyTimeoutMs?: number;
  /** Among the threads of this process that write; without, it is on its own. */
  readonly seat?: Seat | undefined;
}

/** @throws Fault S902 when the file cannot be opened, or a newer program made it */
export function openBatchStore(options: BatchStoreOptions): BatchStore {
  return asFault(() => {
    if (options.stagingDir !== undefined) mkdirSync(options.stagingDir, { recursive: true, mode: 0o750 });
    const db = openConnection(options.path, options.busyTimeoutMs);
    try {
      migrate(db);
      const secret = readSecret(db);
      registerFunctions(db, createKeyedHash(secret));
      ensureRecordTables(db, options.catalogue);
      return new SqliteBatchStore(db, options, secret);
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

class SqliteBatchStore implements BatchStore {
  readonly #db: Database.Database;
  readonly #options: BatchStoreOptions;
  readonly #secret: HashSecret;
  readonly #transactions: StoreTransactions;
  readonly #scratch: ScratchDatabases;
  readonly #rows: BatchRows;
  #staging: Staging | null = null;
  /** What the last batch has left to do; its staging area is still there. */
  #afterwards: Afterwards | null = null;
  /** Types of which batches were staged since the last `tidy`. */
  readonly #stagedTypes = new Set<string>();

  constructor(db: Database.Database, options: BatchStoreOptions, secret: HashSecret) {
    this.#db = db;
    this.#options = options;
    this.#secret = secret;
    this.#transactions = new StoreTransactions(db, options.seat === undefined ? null : new WriteTurns(options.seat));
    this.#scratch = new ScratchDatabases(db);
    this.#rows = new BatchRows(db);
  }

  open(origin: BatchOrigin): BatchRecord {
    return this.#write(() => this.#rows.open(origin));
  }

  withdraw(id: string): void {
    this.#write(() => this.#rows.withdraw(id));
  }

  markClaimed(id: string, at: string): void {
    this.#write(() => this.#rows.move(id, 'claimed', at));
  }

  markReported(id: string, at: string): void {
    this.#write(() => this.#rows.move(id, 'reported', at));
  }

  markArchived(id: string, at: string): void {
    this.#write(() => this.#rows.move(id, 'archived', at));
  }

  batch(id: string): BatchRecord | null {
    return asFault(() => this.#rows.find(id));
  }

  unfinished(): readonly BatchRecord[] {
    return asFault(() => this.#rows.unfinished());
  }

  quarantine(id: string, at: string, reason: string): void {
    this.#write(() => this.#rows.quarantine(id, at, reason));
  }

  quarantined(): readonly QuarantinedBatch[] {
    return asFault(() => this.#rows.quarantined());
  }

  sameContent(account: string, messageType: string, sha256: string, except: string): EarlierDelivery | null {
    return asFault(() => findSameContent(this.#db, { account, messageType, sha256, except }));
  }

  sameName(account: string, folder: string, fileName: string, except: string): EarlierDelivery | null {
    return asFault(() => findSameName(this.#db, { account, folder, fileName, except }));
  }

  stagesInMemory(bytes: number): boolean {
    return isStagedInMemory({ ...this.#stagingLimits(), bytes });
  }

  receive<T>(batch: BatchRecord, type: MessageType, read: (sink: RecordSink) => T): Received<T> {
    return asFault(() => {
      this.#openScratch(null);
      const input = { batch, type, order: this.#orderOf(batch), hash: createKeyedHash(this.#secret) };
      const part = new ReceivedRecords(this.#db, this.#scratch, input);
      try {
        return { part, result: this.#transactions.aside(() => read(part)) };
      } catch (error) {
        if (!this.#db.inTransaction) this.#scratch.drop();
        throw error;
      }
    });
  }

  openStaging(batch: BatchRecord, type: MessageType | null): Staging {
    return asFault(() => {
      if (type !== null) this.#stagedTypes.add(type.name);
      const path = stagingPath({ ...this.#stagingLimits(), batchId: batch.id, bytes: batch.bytes });
      if (path !== null) clearStaged(path);
      this.#openScratch(path);
      const order = this.#orderOf(batch);
      const context = {
        db: this.#db,
        scratch: this.#scratch,
        transactions: this.#transactions,
        secret: this.#secret,
        later: (work: Afterwards) => (this.#afterwards = work),
      };
      this.#staging = new SqliteStaging({ ...context, batch, type, order, path });
      return this.#staging;
    });
  }

  reportSource(id: string): ReportSource {
    return createReportSource(this.#db, 'main', id);
  }

  together<T>(action: () => T): T {
    return asFault(() => {
      try {
        return this.#transactions.together(action);
      } catch (error) {
        // What was rolled back has spoilt them: they keep no journal.
        this.#scratch.drop();
        throw error;
      }
    });
  }

  tidy(): void {
    asFault(() => {
      if (this.#afterwards !== null) {
        try {
          this.#afterwards.run(this.#transactions);
        } finally {
          // Done or not, the files of a large batch go now: it may be for want of room that it was not.
          this.#leaveAfterwards();
          this.#transactions.rollback();
          this.#scratch.drop();
          // Other connections may need now what its pages took.
          this.#db.pragma('shrink_memory');
        }
      }
      this.#scratch.clearRows();
      for (const type of this.#stagedTypes) {
        moveRecentPlaces(this.#db, keyPlaces(type), this.#transactions);
        if (hasPatientPlaces(this.#db, type)) moveRecentPlaces(this.#db, patientPlaces(type), this.#transactions);
      }
      this.#stagedTypes.clear();
    });
  }

  close(): void {
    asFault(() => {
      this.#staging?.discard();
      this.#leaveAfterwards();
      this.#db.close();
    });
  }

  #openScratch(path: string | null): void {
    this.#staging?.discard();
    this.#leaveAfterwards();
    this.#scratch.openStaging(path);
  }

  #orderOf(batch: BatchRecord): string {
    return versionOrder(batch.fileTime, firstReceivedAt(this.#db, batch));
  }

  #leaveAfterwards(): void {
    this.#afterwards?.end();
    this.#afterwards = null;
  }

  #stagingLimits(): Pick<StagingPlace, 'directory' | 'inMemoryMaxBytes'> {
    const { stagingDir: directory = null, stagedInMemoryMaxBytes: inMemoryMaxBytes = STAGED_IN_MEMORY_MAX_BYTES } =
      this.#options;
    return { directory, inMemoryMaxBytes };
  }

  #write<T>(action: () => T): T {
    return asFault(() => this.#transactions.write(action));
  }
}

function readSecret(db: Database.Database): HashSecret {
  const row = prepared<[], { bytes: Buffer }>(db, 'SELECT bytes FROM hash_secret').get();
  if (row === undefined) throw new Fault('S902', 'the store has lost its hash secret', { retryable: false });
  return row.bytes;
}
