/** What passes between the daemon's main thread and its workers. Plain values only: they are copied. */
import type { Seat } from '../adapters/sqlite/write-turns';
import type { BatchOrigin, BatchRecord, QuarantinedBatch } from '../domain/batch-record';
import type { FaultCode } from '../domain/fault';
import type { Catalogue } from '../domain/message-type';
import type { IntakeRules } from '../pipeline/batch-ports';
import type { BatchEnd, OfferedBatch } from '../pipeline/process-together';

export interface WorkerSettings {
  readonly dataDir: string;
  /** What the main thread has read and judged: all threads work by the same rules, whatever lies in the folder by now. */
  readonly catalogue: Catalogue;
  readonly rules: IntakeRules;
}

/** What a worker thread is started with. */
export interface WorkerStart {
  readonly settings: WorkerSettings;
  /** One 32-bit counter, shared: the worker counts it up as it gets on. */
  readonly progress: SharedArrayBuffer;
  /** Its place among the threads that write into the store. */
  readonly seat: Seat | undefined;
  /** See `NameLocks`. */
  readonly names: SharedArrayBuffer | undefined;
}

/** A data file in a drop folder without its marker. */
export interface WaitingFile {
  readonly account: string;
  readonly folder: BatchOrigin['folder'];
  readonly fileName: string;
  readonly bytes: number;
}

export type WorkerRequest =
  /** Several only if they may go together, see `processTogether`. */
  | { readonly kind: 'process'; readonly batches: readonly OfferedBatch[] }
  /** Sets a batch aside that no worker survives. */
  | { readonly kind: 'quarantine'; readonly origin: BatchOrigin; readonly reason: string }
  /** Which batches a former run left unfinished; what it did not set aside to the end is set aside now. */
  | { readonly kind: 'unfinished' }
  /** A large batch is on its way: starts what it will need, and warms up with a file that waits. Not answered. */
  | { readonly kind: 'prepare'; readonly waiting: WaitingFile | null }
  | { readonly kind: 'close' };

export interface FaultNotice {
  readonly code: FaultCode;
  readonly message: string;
  readonly retryable: boolean;
}

/** How the journey of one batch of a request ended. */
export type BatchEndNotice =
  Exclude<BatchEnd, { readonly kind: 'failed' }> | { readonly kind: 'failed'; readonly fault: FaultNotice };

export type WorkerReply =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'processed';
      /** As many as there were batches, in their order. */
      readonly ends: readonly BatchEndNotice[];
      /** From the request to its end. */
      readonly ms: number;
      /** Why batches that began together did not end so. */
      readonly parted: FaultNotice | null;
    }
  | { readonly kind: 'failed'; readonly fault: FaultNotice }
  /** No answer to anything: what was to be done behind one was not, and is left for another time. */
  | { readonly kind: 'untidy'; readonly fault: FaultNotice }
  | { readonly kind: 'quarantined'; readonly quarantined: QuarantinedBatch }
  | {
      readonly kind: 'unfinished';
      readonly batches: readonly BatchRecord[];
      /** What is set aside and could not be moved. */
      readonly problems: readonly string[];
    };
