/**
 * What reports are rendered from: committed rows, in report order. The report stage and the port that serves it share
 * these shapes; nothing here decides or fails.
 */
import type { FindingCode } from './codes';
import type { Finding } from './finding';
import type { Severity } from './severity';

/** A finding with its number within the batch: file and header findings first, then by line, record and order raised. */
export interface StoredFinding extends Finding {
  readonly seq: number;
  /** The record's business key, its parts joined by U+001F, at most 256 code points; null where it has none. */
  readonly recordKey: string | null;
}

/** One code with one severity, over the whole batch. */
export interface FindingGroup {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly total: number;
  /** Distinct records concerned. */
  readonly records: number;
  /** Findings per field, most first; findings without a field are left out. */
  readonly columns: Readonly<Record<string, number>>;
  /** The first ones, at most `GROUP_SAMPLES_MAX`. */
  readonly samples: readonly StoredFinding[];
}

export const GROUP_SAMPLES_MAX = 50;

export interface RejectedWithFindings {
  readonly line: number;
  readonly record: number;
  readonly offset: number;
  readonly length: number;
  /** Findings of this record, in order. */
  readonly findings: readonly StoredFinding[];
}

/** How many findings of each severity a batch has: always all of them. */
export interface FindingTotals {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
}
