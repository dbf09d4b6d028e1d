/** What passes between the daemon's main thread and its workers. Plain values only: they are copied. */
import type { BatchOrigin, BatchRecord } from '../domain/batch-record';
import type { FaultCode } from '../domain/fault';
import type { BatchResult } from '../pipeline/process-batch';
import type { IntakeRules, Submitter } from '../pipeline/batch-ports';

export interface WorkerSettings {
  readonly dataDir: string;
  readonly schemasDir: string;
  readonly rules: IntakeRules;
}

export type WorkerRequest =
  | { readonly kind: 'process'; readonly origin: BatchOrigin; readonly submitter: Submitter }
  /** Which batches a former run left unfinished. */
  | { readonly kind: 'unfinished' }
  | { readonly kind: 'close' };

export interface FaultNotice {
  readonly code: FaultCode;
  readonly message: string;
  readonly retryable: boolean;
}

export type WorkerReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'processed'; readonly result: BatchResult; readonly ms: number }
  | { readonly kind: 'failed'; readonly fault: FaultNotice }
  | { readonly kind: 'unfinished'; readonly batches: readonly BatchRecord[] };
