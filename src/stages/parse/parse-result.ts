/** What reading a file yields beside its records, and what its reader is given. Types only. */
import type { Dialect } from '../../domain/batch';
import type { Finding } from '../../domain/finding';
import type { MessageType } from '../../domain/message-type';
import type { ParsedRecord } from '../../domain/parsed-record';
import type { CsvHeader } from './decide-header';
import type { Encoding } from './decode-text';
import type { FileFacts } from './inspect';
import type { LineReader } from './line-reader';
import type { FileSplit } from './split-file';

/** Known before the first record. */
export interface HeaderFacts {
  /** Column of the sender's file (first = 1) that holds the field; null in JSON. */
  readonly columnOf: (fieldIndex: number) => number | null;
  /** The header has `_line`: guard quotes before formula-like values were taken off. */
  readonly guarded: boolean;
}

/** Takes lines that need not be read as text. */
export interface RowTaker {
  /** False leaves the line, of which nothing was taken, to whoever reads it as text. */
  take(reader: LineReader, record: number): boolean;
}

export interface ParseOptions {
  /** Lower case; '' where the file name has none: then the first character decides between CSV and JSON. */
  readonly extension: '' | 'csv' | 'json';
  /** Called once, before any record; not at all when the file is refused before its first record. */
  readonly onHeader?: (header: HeaderFacts) => void;
  readonly onRecord: (record: ParsedRecord) => void;
  /** Asked once the header is known, for what takes records before they are read as text. JSON has no use for it. */
  readonly rowTaker?: ((header: CsvHeader, encoding: Encoding) => RowTaker | null) | null;
  /** Someone else reads what stands behind a cut. JSON has no use for it. */
  readonly rest?: CsvRest | null;
}

export interface CsvRest {
  readonly split: FileSplit;
  /** Asked once everything before the cut was read, and its line and record have the numbers that the other assumes. Null: read on. */
  readonly take: () => CsvRestResult | null;
}

/** What was found behind the cut of a CSV file. */
export interface CsvRestResult {
  readonly records: number;
  readonly miscounted: boolean;
  /** P108, when a line ends otherwise than the first one. */
  readonly mixed: Finding | null;
  readonly blankCount: number;
  readonly firstBlank: number | null;
  /** First values in columns without a name, by column (first = 0). */
  readonly strays: ReadonlyMap<number, string>;
}

export interface ParseResult extends HeaderFacts {
  /** Of file and header scope, in the order in which they were found. Those of a record are with the record. */
  readonly findings: readonly Finding[];
  /** One of `findings` is an error: every record read counts as rejected. */
  readonly rejected: boolean;
  /** Records handed to `onRecord`. */
  readonly records: number;
  /** A line was given up (P109, P112): the number of records is not certain. */
  readonly miscounted: boolean;
  /** Null when not even that was found out. */
  readonly dialect: Dialect | null;
  /** CSV: where the header line stands in the file, in bytes. */
  readonly header: { readonly offset: number; readonly length: number } | null;
}

export interface ParseInput {
  readonly chunks: Iterable<Uint8Array>;
  readonly facts: FileFacts;
  readonly type: MessageType;
  readonly options: ParseOptions;
}

/** Longest value that is read, in code points: what a spreadsheet cell holds. */
export const VALUE_MAX = 32_767;
