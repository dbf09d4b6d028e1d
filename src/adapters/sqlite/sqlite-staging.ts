/**
 * One batch on its way into the store. Records and findings go into the staging area as they come; `settle` judges keys;
 * `commit` or `discard` ends it. The counts that the verdict is made of are the ones that are stored, because nothing
 * changes in between: for a small batch settle takes the store's write lock at once. A large one would keep everybody
 * waiting: it is judged on a snapshot, `hold` prepares its rows, takes the lock and looks whether anything was stored
 * since that the judgement depends on. If so, it is judged once more, now under the lock.
 *
 *   open -> (settle -> hold) -> committed | discarded
 *              ^________|  the store changed
 *
 * Any failure leaves the store as it was; the area is then good for `discard` only.
 */
import type { BatchCounts } from '../../domain/batch';
import { Fault } from '../../domain/fault';
import type { Finding } from '../../domain/finding';
import type { PlainRecord } from '../../domain/plain-record';
import type {
  CommitVerdict,
  PartTarget,
  RejectedRecord,
  StagedPart,
  StagedRecord,
  Staging,
} from '../../ports/batch-store';
import type { ReportSource } from '../../ports/report-source';
import { asFault } from './as-fault';
import {
  commitBatchRow,
  type CommitInput,
  copyFindings,
  highestId,
  insertRecords,
  moveRecords,
  numberFindings,
  prepareRecords,
  type ReadyRows,
  stageReportTables,
} from './commit-staging';
import { countSettled } from './count-settled';
import { hasUnplaced, placeUnplaced } from './patient-places';
import { settleAgainstStore, settleFollows, type StoreComparisonInput } from './settle-against-store';
import { findSameKeys, forgetDecisions, settleWithinFile, tellRepeated } from './settle-within-file';
import { createReportSource } from './sqlite-report-source';
import { type Afterwards, ended, IDS_LEFT_FREE, type StagingContext, StagingIntake } from './staging-intake';
import { StagingTally } from './staging-tally';
import { hasStoredSince, lastCommit } from './store-changes';

/** What settle raised on what is stored from this file: untrue once nothing is. */
const CODES_OF_STORING = "('D402', 'D404', 'D405')";

interface Prepared {
  readonly input: CommitInput;
  readonly ready: ReadyRows;
}

export class SqliteStaging implements Staging {
  readonly #context: StagingContext;
  readonly #intake: StagingIntake;
  readonly #tally = new StagingTally();
  #settled = false;
  /** The last commit that a judgement on a snapshot has seen. */
  #seen = 0;
  #prepared: Prepared | null = null;
  #hasSameKeys = false;
  #numbered = false;
  #ended = false;

  constructor(context: StagingContext) {
    this.#context = context;
    this.#intake = new StagingIntake(context);
  }

  get partTarget(): PartTarget | null {
    return this.#intake.partTarget;
  }

  addPart(part: StagedPart): void {
    if (this.#ended) throw ended();
    this.#intake.addPart(part);
    this.#numbered = false;
    this.#tally.addPart(part);
  }

  addRecord(record: StagedRecord): void {
    if (this.#ended || this.#settled) throw ended();
    this.#intake.addRecord(record);
    this.#tally.addStaged(record.warned);
  }

  get addPlain(): ((record: PlainRecord) => void) | null {
    const add = this.#intake.addPlain;
    if (add === null) return null;
    return (record) => {
      if (this.#ended || this.#settled) throw ended();
      add(record);
      this.#tally.addStaged(false);
    };
  }

  addRejected(record: RejectedRecord): void {
    if (this.#ended || this.#settled) throw ended();
    this.#intake.addRejected(record);
    this.#tally.addRejected();
  }

  /** Also after settle: the one that says that a threshold was passed. */
  addFinding(finding: Finding, recordKey: string | null): void {
    if (this.#ended) throw ended();
    this.#numbered = false;
    this.#intake.addFinding(finding, recordKey);
  }

  settle(columnOf: (fieldIndex: number) => number | null = () => null): void {
    this.#run(() => {
      if (this.#settled) throw new Fault('S903', 'a batch is settled once', { retryable: false });
      const { db } = this.#context;
      this.#intake.read();
      const comparison = this.#tally.hasStaged && !this.#tally.allRejected ? this.#comparison() : null;
      if (comparison !== null) {
        this.#findSameKeys(comparison.base);
        settleWithinFile(db, comparison);
      }
      this.#readStore();
      this.#seen = lastCommit(db);
      if (comparison !== null) {
        settleAgainstStore(db, comparison);
        tellRepeated(db, comparison.base);
        this.#tally.settle(countSettled(db, this.#tally.read(), settleFollows(db, comparison, columnOf)));
      }
      this.#settled = true;
    });
  }

  hold(): boolean {
    return this.#run(() => {
      const { db, transactions } = this.#context;
      if (transactions.locked) return true;
      const comparison = this.#storing();
      transactions.bulk();
      numberFindings(db);
      this.#numbered = true;
      if (comparison !== null) {
        const input = { ...comparison, storedBase: this.#storedBase(comparison) };
        this.#prepared = { input, ready: prepareRecords(db, input, transactions) };
      }
      transactions.lock();
      if (this.#prepared === null || !this.#storeChanged(this.#prepared.input)) return true;
      forgetDecisions(db);
      this.#prepared = null;
      this.#numbered = false;
      this.#settled = false;
      this.#tally.settle(null);
      return false;
    });
  }

  counts(): BatchCounts {
    return this.#tally.counts();
  }

  rejectAll(): void {
    this.#run(() => {
      const { db, transactions } = this.#context;
      this.#intake.read();
      if (!transactions.locked) transactions.bulk();
      db.exec(`DELETE FROM staging.finding WHERE code IN ${CODES_OF_STORING}`);
      if (this.#tally.hasStaged) {
        db.exec(
          'INSERT OR IGNORE INTO staging.rejected SELECT record, line, byte_offset, byte_length FROM incoming.places',
        );
      }
      this.#tally.allRejected = true;
      this.#prepared = null;
      this.#numbered = false;
    });
  }

  repeatAll(): void {
    this.#run(() => {
      const { db, transactions } = this.#context;
      if (!transactions.locked) transactions.bulk();
      db.exec('DELETE FROM staging.finding; DELETE FROM staging.rejected;');
      this.#tally.allRepeated = true;
      this.#numbered = false;
    });
  }

  commit(verdict: CommitVerdict): void {
    const { batch, scratch, later } = this.#context;
    const afterwards = this.#run(() => {
      const { db, transactions } = this.#context;
      const { allRejected, allRepeated, hasStaged } = this.#tally;
      if (!this.#settled && !allRejected && !allRepeated && hasStaged) {
        throw new Fault('S903', 'records are settled before they are committed', { retryable: false });
      }
      if (!this.hold()) throw new Fault('S902', 'the store changed meanwhile', { retryable: true });
      commitBatchRow(db, batch.id, verdict);
      const input = this.#storing();
      let afterwards: Afterwards | null = null;
      if (this.#prepared !== null) {
        const { input, ready } = this.#prepared;
        if (moveRecords(db, input, ready)) afterwards = this.#intake.afterwards(input);
      } else if (input !== null) {
        insertRecords(db, { ...input, storedBase: highestId(db, input.type) });
      }
      if (!this.#numbered) numberFindings(db);
      copyFindings(db, 'main', batch.id);
      transactions.commit();
      return afterwards;
    });
    if (afterwards === null) {
      this.#end(() => {
        scratch.empty({ bytes: batch.bytes, base: this.#intake.base });
      });
    } else {
      this.#ended = true;
      later(afterwards);
    }
  }

  reportSource(): ReportSource {
    return this.#run(() => {
      const { db, transactions, batch } = this.#context;
      if (!transactions.locked) transactions.bulk();
      stageReportTables(db, batch.id);
      return createReportSource(db, 'staging', batch.id);
    });
  }

  discard(): void {
    if (this.#ended) return;
    this.#end(() => {
      this.#context.transactions.rollback();
      this.#context.scratch.drop();
    });
  }

  #end(release: () => void): void {
    this.#ended = true;
    this.#intake.discard();
    if (this.#context.db.open) asFault(release);
  }

  /** From here on one state of the store is read, in which every patient that is asked for has its places. */
  #readStore(): void {
    const { db, transactions, type, path } = this.#context;
    const followed = type?.rules.follows?.messageType;
    if (path === null || transactions.locked) {
      transactions.lock();
      if (followed !== undefined && hasUnplaced(db, followed)) placeUnplaced(db, followed);
      return;
    }
    transactions.snapshot();
    while (followed !== undefined && hasUnplaced(db, followed)) {
      transactions.write(() => placeUnplaced(db, followed));
      transactions.snapshot();
    }
  }

  #findSameKeys(base: number): void {
    if (this.#hasSameKeys) return;
    this.#context.transactions.bulk();
    findSameKeys(this.#context.db, base);
    this.#hasSameKeys = true;
  }

  /** What is to be stored, or null when the batch leaves no records. */
  #storing(): StoreComparisonInput | null {
    const { batch } = this.#context;
    const { allRejected, allRepeated, hasStaged } = this.#tally;
    if (batch.mode !== 'production' || !hasStaged || allRejected) return null;
    if (allRepeated && !this.#settled) return null;
    return this.#comparison();
  }

  /** The ids that the rows came with, as long as they are free. */
  #storedBase({ type, base }: StoreComparisonInput): number {
    const highest = highestId(this.#context.db, type);
    return highest <= base ? base : highest + IDS_LEFT_FREE;
  }

  /** Whether another batch stored records of this sender and type, or took the ids of ours. */
  #storeChanged({ type, sender, storedBase }: CommitInput): boolean {
    const { db } = this.#context;
    return hasStoredSince(db, this.#seen, { type: type.name, sender }) || highestId(db, type) > storedBase;
  }

  #comparison(): StoreComparisonInput | null {
    const { type, batch, order } = this.#context;
    return type === null ? null : { type, sender: batch.sender ?? '', order, base: this.#intake.base };
  }

  #run<T>(action: () => T): T {
    if (this.#ended) throw ended();
    return asFault(action);
  }
}
