/** Writing one CSV row by RFC 4180: cells are guarded against formulas and quoted where they must be. Never fails. */
import { isBlank } from '../parse/blanks';
import { guardFormula } from './guard-formula';

/** One cell, guarded; quoted when `quoted` or when its text demands it. */
export function renderCsvCell(text: string, delimiter: string, quoted = false): string {
  if (text === '' && !quoted) return text;
  const cell = guardFormula(text);
  return quoted || mustQuote(cell, delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** The cells joined by the delimiter, without a line end. */
export function renderCsvRow(cells: readonly string[], delimiter: string): string {
  let row = '';
  for (const [at, cell] of cells.entries()) {
    if (at > 0) row += delimiter;
    row += renderCsvCell(cell, delimiter);
  }
  return row;
}

function mustQuote(cell: string, delimiter: string): boolean {
  if (isBlank(cell.charCodeAt(0)) || isBlank(cell.charCodeAt(cell.length - 1))) return true;
  return cell.includes(delimiter) || cell.includes('"') || cell.includes('\n') || cell.includes('\r');
}
