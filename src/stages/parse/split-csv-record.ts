/**
 * One line of a CSV file into its cells, by RFC 4180 section 2 with two differences: blanks around quotes are allowed,
 * and a quoted value must end on its line. It works on one line only and must not know any header; it never throws:
 * a line that breaks the rules is split as far as it goes and marked `broken`.
 */
import { isBlank, trimBlanks } from './blanks';

export interface CsvCell {
  /** The value, trimmed, its quotes taken off and doubled quotes made single. */
  readonly text: string;
  readonly quoted: boolean;
}

/** Why a line could not be split to its end, at the first place where it went wrong. */
export interface CsvBreak {
  readonly code: 'P104' | 'P109';
  /** Cell it happened in, first = 0. */
  readonly cell: number;
  /** Character of the line at which it shows, first = 1. */
  readonly position: number;
}

export interface CsvLine {
  readonly cells: readonly CsvCell[];
  readonly broken: boolean;
  readonly break: CsvBreak | null;
}

const QUOTE = 0x22;

/** The cells of one line without its line end; after a broken quote, the cell in which it broke holds the rest. */
export function splitCsvRecord(text: string, delimiter: string): CsvLine {
  const cells: CsvCell[] = [];
  const separator = delimiter.charCodeAt(0);
  let at = 0;
  for (;;) {
    let start = at;
    while (start < text.length && text.charCodeAt(start) !== separator && isBlank(text.charCodeAt(start))) start++;
    const quoted = text.charCodeAt(start) === QUOTE;
    const end = quoted ? closeQuote(text, start) : endOfPlain(text, at, delimiter);
    if (end < 0) return broken(cells, text.slice(at), { code: 'P109', cell: cells.length, position: start + 1 });
    let next = end;
    if (quoted) {
      next++;
      while (next < text.length && text.charCodeAt(next) !== separator && isBlank(text.charCodeAt(next))) next++;
      if (next < text.length && text.charCodeAt(next) !== separator) {
        return broken(cells, text.slice(at), { code: 'P104', cell: cells.length, position: next + 1 });
      }
      cells.push({ text: trimBlanks(text.slice(start + 1, end).replaceAll('""', '"')), quoted });
    } else {
      const plain = text.slice(at, end);
      const quote = plain.indexOf('"');
      if (quote >= 0) {
        return broken(cells, text.slice(at), { code: 'P104', cell: cells.length, position: at + quote + 1 });
      }
      cells.push({ text: trimBlanks(plain), quoted });
    }
    if (next >= text.length) return { cells, broken: false, break: null };
    at = next + 1;
  }
}

/** Index of the quote that closes the one at `open`, or -1. */
function closeQuote(text: string, open: number): number {
  let at = text.indexOf('"', open + 1);
  while (at >= 0 && text.charCodeAt(at + 1) === QUOTE) at = text.indexOf('"', at + 2);
  return at;
}

function endOfPlain(text: string, from: number, delimiter: string): number {
  const end = text.indexOf(delimiter, from);
  return end < 0 ? text.length : end;
}

function broken(cells: CsvCell[], rest: string, what: CsvBreak): CsvLine {
  cells.push({ text: trimBlanks(rest), quoted: false });
  return { cells, broken: true, break: what };
}
