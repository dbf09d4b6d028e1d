/**
 * The quotes of one CSV line, by RFC 4180 section 2 with two differences: blanks around quotes are allowed, and a quoted
 * value must end on its line. It knows no header and makes nothing but the cells; it never throws: a line that breaks
 * the rules is split as far as it goes.
 */
import { isBlank, trimBlanks } from './blanks';

/** Why a line could not be split to its end, at the first place where it went wrong. */
export interface CsvBreak {
  readonly code: 'P104' | 'P109';
  /** Cell it happened in, first = 0: the last one, which holds the rest of the line. */
  readonly cell: number;
  /** Character of the line at which it shows, first = 1. */
  readonly position: number;
}

const QUOTE = 0x22;

/**
 * Appends the cells of a line without its line end to `cells`, trimmed, quotes taken off.
 * @param quoted is told of each cell whether it was quoted
 * @returns null, or why the line is broken
 */
export function lexLine(text: string, delimiter: string, cells: string[], quoted?: boolean[]): CsvBreak | null {
  const separator = delimiter.charCodeAt(0);
  const first = cells.length;
  let nextQuote = -1;
  let at = 0;
  const giveUp = (why: CsvBreak): CsvBreak => {
    cells.push(trimBlanks(text.slice(at)));
    quoted?.push(false);
    return why;
  };
  for (;;) {
    const plainClose = plainQuotedEnd(text, at, separator);
    if (plainClose > 0) {
      cells.push(trimBlanks(text.slice(at + 1, plainClose)));
      quoted?.push(true);
      if (plainClose + 1 >= text.length) return null;
      at = plainClose + 2;
      continue;
    }
    if (nextQuote < at) nextQuote = indexOrEnd(text, '"', at);
    let end = indexOrEnd(text, delimiter, at);
    const start = nextQuote >= end ? at : skipBlanks(text, at, separator);
    const isQuoted = nextQuote < end && text.charCodeAt(start) === QUOTE;
    const close = isQuoted ? closingQuote(text, start) : -1;
    if (isQuoted && close < 0) return giveUp({ code: 'P109', cell: cells.length - first, position: start + 1 });
    if (isQuoted) end = skipBlanks(text, close + 1, separator);
    const stray = isQuoted ? end : nextQuote;
    if (stray < (isQuoted ? text.length : end) && text.charCodeAt(stray) !== separator) {
      return giveUp({ code: 'P104', cell: cells.length - first, position: stray + 1 });
    }
    cells.push(isQuoted ? unquote(text.slice(start + 1, close)) : trimBlanks(text.slice(at, end)));
    quoted?.push(isQuoted);
    if (end >= text.length) return null;
    at = end + 1;
  }
}

/** The fast path: index of the quote that closes a cell which begins at `from` and holds no other quote, else -1. */
function plainQuotedEnd(text: string, from: number, separator: number): number {
  if (text.charCodeAt(from) !== QUOTE) return -1;
  const close = text.indexOf('"', from + 1);
  return close >= 0 && (close + 1 === text.length || text.charCodeAt(close + 1) === separator) ? close : -1;
}

function unquote(inner: string): string {
  return trimBlanks(inner.includes('"') ? inner.replaceAll('""', '"') : inner);
}

function skipBlanks(text: string, from: number, separator: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== separator && isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** Index of the quote that closes the one at `open`, or -1. */
function closingQuote(text: string, open: number): number {
  let at = text.indexOf('"', open + 1);
  while (at >= 0 && text.charCodeAt(at + 1) === QUOTE) at = text.indexOf('"', at + 2);
  return at;
}

function indexOrEnd(text: string, wanted: string, from: number): number {
  const index = text.indexOf(wanted, from);
  return index < 0 ? text.length : index;
}
