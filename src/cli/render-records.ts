/** Stored records as CSV or as one JSON object a line, a stretch at a time. Pure. */
import Papa from 'papaparse';
import type { RecordCell, RecordRows } from '../daemon/commands-export';

export type RecordFormat = 'csv' | 'ndjson';

export interface RenderedRecords {
  /** Whole lines, without the last line end. */
  readonly text: string;
  readonly records: number;
}

/** Rows in memory at a time. */
const STRETCH = 500;

/** CSV has its header first, also where there is no record; an empty value is empty in CSV and null in JSON. */
export function* renderRecords({ columns, rows }: RecordRows, format: RecordFormat): Generator<RenderedRecords> {
  if (format === 'csv') yield { text: toCsv([columns]), records: 0 };
  let stretch: (readonly RecordCell[])[] = [];
  const render = (): RenderedRecords => ({
    text: format === 'csv' ? toCsv(stretch) : toJsonLines(columns, stretch),
    records: stretch.length,
  });
  for (const row of rows) {
    stretch.push(row);
    if (stretch.length < STRETCH) continue;
    yield render();
    stretch = [];
  }
  if (stretch.length > 0) yield render();
}

function toCsv(rows: readonly (readonly RecordCell[])[]): string {
  return Papa.unparse(rows as RecordCell[][], { newline: '\n', header: false });
}

function toJsonLines(columns: readonly string[], rows: readonly (readonly RecordCell[])[]): string {
  return rows
    .map((row) => JSON.stringify(Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null]))))
    .join('\n');
}
