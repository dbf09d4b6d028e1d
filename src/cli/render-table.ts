/** Rows to aligned text for people. Pure. */
import { escapeControls } from '../domain/escape-controls';

export type Cell = string | number | null;

/** Numbers stand to the right; null is `-`; the last column is not padded. Control characters are written as escapes. */
export function renderTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = [head, ...rows.map((row) => row.map((cell) => (cell === null ? '-' : escapeControls(String(cell)))))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => width(row[column] ?? ''))));
  const toRight = head.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  return cells
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0, toRight[column] ?? false))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `name  value` lines; those whose value is null are left out. */
export function renderPairs(pairs: readonly (readonly [string, Cell])[]): string {
  const shown = pairs.filter(([, value]) => value !== null);
  const widest = Math.max(0, ...shown.map(([name]) => width(name)));
  return shown.map(([name, value]) => `${pad(name, widest, false)}  ${escapeControls(String(value))}`).join('\n');
}

function pad(text: string, to: number, toRight: boolean): string {
  const blanks = ' '.repeat(Math.max(0, to - width(text)));
  return toRight ? blanks + text : text + blanks;
}

function width(text: string): number {
  return Array.from(text).length;
}
