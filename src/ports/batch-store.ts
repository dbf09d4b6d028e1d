/**
 * What the pipeline needs of the store. All calls are synchronous and made from one worker thread; a call that returns
 * has made its change durable, except within `together`. Every method may throw a `Fault` S902.
 */
import type { BatchCounts, Outcome } from '../domain/batch';
import type { BatchOrigin, BatchReading, BatchRecord, QuarantinedBatch } from '../domain/batch-record';
import type { Finding } from '../domain/finding';
import type { MessageType } from '../domain/message-type';
import type { PlainRecord } from '../domain/plain-record';
import type { ReportSource } from './report-source';

/** An earlier batch of the same account that this one may repeat. */
export interface EarlierDelivery {
  readonly id: string;
  readonly fileName: string;
  readonly sha256: string;
  readonly records: number;
  readonly receivedAt: string;
}

export interface BatchStore {
  /** Takes a batch up: its row in state `ready`, with its delivery number. Doing it twice with one id changes nothing. */
  open(origin: BatchOrigin): BatchRecord;
  /** Forgets a batch whose file was never claimed. */
  withdraw(id: string): void;
  markClaimed(id: string, at: string): void;
  batch(id: string): BatchRecord | null;
  /** Batches that are not archived yet and not set aside, oldest first. */
  unfinished(): readonly BatchRecord[];
  /** Sets a batch aside: it keeps its state and is not unfinished any more. Doing it twice changes nothing. */
  quarantine(id: string, at: string, reason: string): void;
  /** Batches that are set aside, oldest first. */
  quarantined(): readonly QuarantinedBatch[];
  /** The latest production batch of this account, type and content whose outcome was ACCEPTED or DUPLICATE (D401). */
  sameContent(account: string, messageType: string, sha256: string, except: string): EarlierDelivery | null;
  /** The latest earlier batch of this account and folder with the same file name (F014 when its content differs). */
  sameName(account: string, folder: string, fileName: string, except: string): EarlierDelivery | null;
  /** Whether a batch of `bytes` is staged in memory, and is judged and stored under the lock; a larger one needs files. */
  stagesInMemory(bytes: number): boolean;
  /**
   * Takes what is read of a batch that `stagesInMemory`, before it is staged: all that `read` gives, for its staging area
   * (`addPart`). Nothing of it is stored, or kept beyond the process; others may write meanwhile.
   */
  receive<T>(batch: BatchRecord, type: MessageType, read: (sink: RecordSink) => T): Received<T>;
  /** A staging area for one batch; what an earlier one of the same id left behind is gone. */
  openStaging(batch: BatchRecord, type: MessageType | null): Staging;
  reportSource(id: string): ReportSource;
  markReported(id: string, at: string): void;
  markArchived(id: string, at: string): void;
  /**
   * Calls of `action` that write have all made their changes durable when this returns, in ONE transaction; when it
   * throws, none of them has. Batches staged meanwhile must be small and of one message type, and the first of them be
   * staged before anything is written.
   */
  together<T>(action: () => T): T;
  /** Does what may wait until batches have their answer, and keeps the next one waiting for milliseconds at most. */
  tidy(): void;
  close(): void;
}

/** A record that nothing speaks against so far. */
export interface StagedRecord {
  readonly line: number;
  readonly record: number;
  readonly offset: number;
  readonly length: number;
  /** In the order of the message type's fields, as they will be stored; '' is stored as NULL. */
  readonly values: readonly string[];
  /** Business key within sender and message type. */
  readonly key: string;
  /** The patient, canonical: compared to tell a correction from a reused key (D406). */
  readonly patient: string;
  /** The sender is told something about it. */
  readonly warned: boolean;
}

export interface RejectedRecord {
  readonly line: number;
  readonly record: number;
  readonly offset: number;
  readonly length: number;
}

export interface CommitVerdict extends BatchReading {
  readonly outcome: Outcome;
  readonly counts: BatchCounts;
  readonly sha256: string | null;
  readonly schemaVersion: string | null;
  readonly committedAt: string;
}

/** Takes what was read of a batch, in the order of the file. */
export interface RecordSink {
  addRecord(record: StagedRecord): void;
  /** The same for a record as it stands in the file; null where records are taken as values alone. */
  readonly addPlain: ((record: PlainRecord) => void) | null;
  addRejected(record: RejectedRecord): void;
  /** @param recordKey the record's business key as in `StagedRecord`; null outside records and where it has none */
  addFinding(finding: Finding, recordKey: string | null): void;
}

export interface Received<T> {
  readonly part: StagedPart;
  /** What `read` returned. */
  readonly result: T;
}

/** Where another thread may write a part of a batch: plain values that mean something to the store alone. */
export interface PartTarget {
  readonly batch: BatchRecord;
  /** Name of the message type. */
  readonly type: string;
}

/** What another thread wrote there, or was received ahead, as the store knows it. */
export interface StagedPart {
  readonly staged: number;
  readonly warned: number;
  readonly rejected: number;
}

/**
 * Records and findings of one batch on their way into the store: bounded memory whatever their number, and nothing of
 * it visible to anyone until `commit`.
 */
export interface Staging extends RecordSink {
  /** Null for a batch that is staged in memory: it is too small to be shared. */
  readonly partTarget: PartTarget | null;
  /** Takes over what was written for `partTarget`, or received ahead, once: its records stand behind all that were added, and are the last. */
  addPart(part: StagedPart): void;
  /**
   * Findings within the file on equal keys (D403, D405), then against the store (D402, D404, D406, R311). Then `hold`.
   * @param columnOf the column of a field in the file, first = 1; null in JSON
   */
  settle(columnOf?: (fieldIndex: number) => number | null): void;
  /**
   * Makes sure of what was settled until `commit`: nobody else writes from now on. False when what others stored since
   * may change it: then settle again, and look at the counts again. Called by `commit` at the latest.
   */
  hold(): boolean;
  /** Counts as they stand. */
  counts(): BatchCounts;
  /** All records rejected, as a file-scope error demands: nothing will be stored. */
  rejectAll(): void;
  /** All records are stored already, as the same content came before: every finding goes, nothing new will be stored. */
  repeatAll(): void;
  /** ONE transaction: batch row in state `committed`, records (production only), findings, rejected records. */
  commit(verdict: CommitVerdict): void;
  /** Findings staged so far in report order: what `validate` prints without a commit. */
  reportSource(): ReportSource;
  discard(): void;
}
