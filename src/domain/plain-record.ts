/**
 * A record of a CSV file that nothing speaks against, as the bytes of its line: its values are stored as they stand
 * there. The same object from record to record, and its bytes last as long: whoever keeps anything of it copies.
 */
export interface PlainRecord {
  /** Physical line, first = 1. */
  readonly line: number;
  /** Record number, first = 1. */
  readonly record: number;
  /** First byte of the line in the file, 0-based. */
  readonly offset: number;
  /** Bytes of the line, without its end. */
  readonly length: number;
  /** The values alone, in UTF-8, one behind the other from the first byte on, in the order of the file's columns. */
  readonly bytes: Buffer;
  /** Where the value of each field begins and ends in `bytes`, by the field's position; an empty one begins at its end. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** The file's columns are in the order of the fields. */
  readonly inOrder: boolean;
  /** As of a staged record. */
  readonly key: string;
  readonly patient: string;
  /** Every character of the line is ASCII, and so are key and patient. */
  readonly ascii: boolean;
}

/**
 * Whether columns stand in the order of the fields.
 * @param fieldOf the position of each column's field; below 0 where it is none, which is passed over
 */
export function isInFieldOrder(fieldOf: readonly number[]): boolean {
  const fields = fieldOf.filter((field) => field >= 0);
  return fields.every((field, i) => i === 0 || field > (fields[i - 1] ?? 0));
}
