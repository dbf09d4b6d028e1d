/**
 * A batch: one data file with its marker, from arrival to archive, and the counts every part of the product agrees on.
 */

/** What became of a batch, as the sender reads it. */
export const OUTCOMES = ['ACCEPTED', 'PARTIAL', 'REJECTED', 'DUPLICATE'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** `production` batches are stored; `test` ones are validated by the same rules and never stored. */
export const BATCH_MODES = ['production', 'test'] as const;
export type BatchMode = (typeof BATCH_MODES)[number];

/** Invariant: records = accepted + rejected + duplicate. */
export interface BatchCounts {
  readonly records: number;
  readonly accepted: number;
  /** Part of `accepted`: stored, and the sender is told something. */
  readonly acceptedWithWarning: number;
  readonly rejected: number;
  /** Already stored (D401, D402) or repeated in the file (D405). */
  readonly duplicate: number;
  /** Part of `accepted`: stored as a new version of an earlier record (D404). */
  readonly corrected: number;
}

export const NO_RECORDS: BatchCounts = {
  records: 0,
  accepted: 0,
  acceptedWithWarning: 0,
  rejected: 0,
  duplicate: 0,
  corrected: 0,
};

/** How a file was read; null members do not apply to its format. */
export interface Dialect {
  readonly format: 'csv' | 'json' | 'jsonl';
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  readonly bom: boolean;
  /** CSV only. */
  readonly delimiter: ';' | ',' | '\t' | '|' | null;
  readonly eol: 'crlf' | 'lf' | 'cr' | null;
}

/** The outcome follows from the counts alone, unless the file as a whole was refused. */
export function decideOutcome(counts: BatchCounts, fileRejected: boolean): Outcome {
  if (fileRejected) return 'REJECTED';
  if (counts.accepted > 0) return counts.rejected > 0 ? 'PARTIAL' : 'ACCEPTED';
  if (counts.rejected > 0) return 'REJECTED';
  return 'DUPLICATE';
}
