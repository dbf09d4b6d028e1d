/**
 * One thing said about a batch or a record: the sender's data, never our own failure (that is a `Fault`).
 * A finding is a value. It is never thrown; it travels from the stage that raises it to the store and the reports.
 */
import type { FindingCode } from './codes';
import type { Scope, Severity } from './severity';

/** Values for the placeholders of the code's texts; the names are those of `FINDING_CODES[code].params`. */
export type FindingParams = Readonly<Record<string, string | number>>;

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly scope: Scope;
  /** Physical line, header = 1; null when the finding is about the file as a whole. */
  readonly line: number | null;
  /** Record number, first = 1; null outside records. */
  readonly record: number | null;
  /** Field name as the schema writes it, or the sender's column name where the schema has none. */
  readonly field: string | null;
  /** Column of the sender's file, first = 1; null in JSON and outside cells. */
  readonly columnNo: number | null;
  /** The sender's value as read (trimmed, at most 256 code points kept). */
  readonly value: string | null;
  /** What would be right, in words that hold in every language: a format, or the codes of a short value set. */
  readonly expected: string | null;
  /** A value that can be written in place of the wrong one as it is. */
  readonly suggestion: string | null;
  readonly params: FindingParams;
}

/** Longest value kept in a finding, in code points. */
export const FINDING_VALUE_MAX = 256;
