/** A record as the parse stage hands it on: values in the order of the schema's fields, nothing coerced. */
import type { Finding } from './finding';

export interface ParsedRecord {
  /** Physical line on which it begins, first = 1. */
  readonly line: number;
  /** Record number, first = 1. */
  readonly record: number;
  /** First byte of the record's text in the file, 0-based. */
  readonly offset: number;
  /** Bytes of the record's text, without its line end. */
  readonly length: number;
  /** One string per field of the message type, trimmed; '' where the value is empty or the field absent. Owned by the receiver. */
  readonly values: string[];
  /**
   * Positions of fields that take no part in any rule: those a JSON record lacks (H101 is among the findings), and those
   * whose value cannot be one (P103, P110), which stands as ''. Null where none is.
   */
  readonly absent: ReadonlySet<number> | null;
  /** JSON only: the line of each field's own value, by position; null where every value stands on `line`. */
  readonly valueLines: readonly number[] | null;
  /** What the reader found in this record, in order. */
  readonly findings: readonly Finding[];
  /** The values may stand in the wrong places (P104, P106, P107, P109, P112, P113, P114, a line cut by P110): no V, R or D finding is due. */
  readonly broken: boolean;
}
