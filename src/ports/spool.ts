/**
 * The folders a batch moves through, as files. A rename is a transition; every change is fsynced, file and directory,
 * before the call returns, or before `together` does. Every method may throw a `Fault` S901.
 */
import type { BatchRecord } from '../domain/batch-record';

export interface ClaimedFile {
  readonly path: string;
  readonly bytes: number;
  /** When it was changed last, nanoseconds since 1970. */
  readonly mtimeNs: bigint;
}

/** A report file to deliver: its name and its bytes, made while they are written. */
export interface ReportContent {
  readonly name: string;
  readonly chunks: Iterable<Uint8Array>;
}

export interface WrittenReport {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface NamesBeside {
  readonly files: readonly string[];
  /** Uploads that broke off, under the names they would have had. */
  readonly partials: readonly string[];
}

export interface Spool {
  /**
   * Moves the data file out of the sender's folder into `work/<batch id>/`; done already, it only finds it.
   * Null when the file is neither there nor here, or it or its marker is another one than the batch was opened for.
   */
  claim(batch: BatchRecord): ClaimedFile | null;
  /** The file's bytes in chunks of at most 256 KiB; the chunk is valid until the next one is asked for. */
  read(file: ClaimedFile): Iterable<Uint8Array>;
  /** Text of ascending byte ranges, read in one pass. */
  readRanges(
    file: ClaimedFile,
    ranges: Iterable<{ readonly offset: number; readonly length: number }>,
  ): Iterable<Uint8Array>;
  /**
   * Whether the file is as it was when it was looked at: another program may still be writing it. One that was seen to be
   * written behind its claim has to be quiet for a while.
   */
  isUnchanged(file: ClaimedFile, now: Date): boolean;
  /** The marker's first bytes (control totals), at most 4 KiB; empty when it is gone. */
  readMarker(batch: BatchRecord): Uint8Array;
  /** What lies in the batch's drop folder now. */
  namesBeside(batch: BatchRecord): NamesBeside;
  /** Writes a report out of the sender's sight and fsyncs it. */
  writeReport(batch: BatchRecord, content: ReportContent): WrittenReport;
  /** Renames written reports, which are durable, into the sender's reports folder, then fsyncs it. Idempotent. */
  publishReports(batch: BatchRecord, names: readonly string[]): void;
  /** Moves the original to the archive. Idempotent. Returns the archived path, relative to the archive, if it is there. */
  archive(batch: BatchRecord): string | null;
  /** Removes what is left of a batch whose original is archived: its work folder, then its marker. Idempotent. */
  clear(batch: BatchRecord): void;
  /**
   * Moves all that is there of a batch, its marker too, to `quarantine/<batch id>/`, so that nobody takes it up again.
   * Idempotent; nothing is deleted.
   */
  setAside(batch: BatchRecord): void;
  /**
   * Calls that need not be durable in any order among themselves: all are when this returns, with far fewer syncs. None
   * of them may build on what another has written.
   */
  together<T>(action: () => T): T;
}
