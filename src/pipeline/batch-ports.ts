/** All that the pipeline needs of the outside, and the rules in force: what is handed to it once per worker. */
import type { Account } from '../domain/account';
import type { Catalogue } from '../domain/message-type';
import type { BatchStore } from '../ports/batch-store';
import type { Spool } from '../ports/spool';
import type { SecondReader } from './second-reader';

export interface IntakeRules {
  /** `file`: one rejected record rejects the whole file. */
  readonly mode: 'record' | 'file';
  /** Most rejected records that a file may have, or null for no bound. */
  readonly maxRejected: number | null;
  /** Largest share of rejected records that a file may have, 0 to 1, or null for no bound. */
  readonly maxRejectedRatio: number | null;
  readonly maxFileBytes: number;
  /** A marker without data is waited on this long. */
  readonly markerGraceSeconds: number;
  /** After so many hours a data file without marker is reported, once. */
  readonly unmarkedReminderHours: number;
}

export interface BatchPorts {
  readonly store: BatchStore;
  readonly spool: Spool;
  readonly catalogue: Catalogue;
  readonly rules: IntakeRules;
  readonly now: () => Date;
  /** Null where large files are read by one alone. */
  readonly secondReader: SecondReader | null;
}

/** Who sent a batch, as far as the judgement needs it; null when the account is gone or unknown. */
export type Submitter = Pick<Account, 'senders' | 'messageTypes'> | null;
