/**
 * One line of a CSV file as cells that remember their quotes: for those who write a sender's line again. It never
 * throws; the last cell of a broken line holds the rest of it as it stands.
 */
import { lexLine } from './lex-line';

export interface CsvCell {
  /** The value, trimmed, its quotes taken off and doubled quotes made single. */
  readonly text: string;
  readonly quoted: boolean;
}

export interface CsvLine {
  readonly cells: readonly CsvCell[];
  /** A quote stands wrong (P104) or is not closed on this line (P109). */
  readonly broken: boolean;
}

/** @param text one line without its line end */
export function splitCsvRecord(text: string, delimiter: string): CsvLine {
  const texts: string[] = [];
  const quoted: boolean[] = [];
  const broken = lexLine(text, delimiter, texts, quoted) !== null;
  const cells: CsvCell[] = [];
  for (const [at, cell] of texts.entries()) cells.push({ text: cell, quoted: quoted[at] === true });
  return { cells, broken };
}
