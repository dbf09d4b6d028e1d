/** A value set as a file brings it, before it is judged: one row per code, with its line. */
import type { CodelistColumn } from './codelist-column';

export interface CodelistRow {
  /** Physical line, first = 1. */
  readonly line: number;
  /** Trimmed; columns that are empty or not there are left out. */
  readonly values: Partial<Readonly<Record<CodelistColumn, string>>>;
}

/** What is wrong, for the person who made the file; without a line it is said of the file as a whole. */
export interface CodelistProblem {
  readonly line: number | null;
  readonly message: string;
}

export interface CodelistReading {
  readonly rows: readonly CodelistRow[];
  readonly problems: readonly CodelistProblem[];
  /** What was left aside, and need not be wrong. */
  readonly remarks: readonly string[];
  /** What a file in the form of this program's own says of the set as a whole. */
  readonly about: { readonly name: string | null; readonly closed: boolean | null; readonly basis: string | null };
}

export const NOTHING_ABOUT: CodelistReading['about'] = { name: null, closed: null, basis: null };
