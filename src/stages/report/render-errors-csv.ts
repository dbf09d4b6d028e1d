/**
 * errors.csv: one row per finding, for people with a spreadsheet. UTF-8 with BOM, CRLF, at most `ERROR_ROWS_MAX` rows,
 * and when there are more findings the last row says so. Findings are taken one record at a time and never held; the
 * same findings give the same bytes. Rows stand as the findings come: see in-line-order.
 */
import type { Language } from '../../domain/account';
import type { BatchMode } from '../../domain/batch';
import type { StoredFinding } from '../../domain/report-source';
import { columnLetter } from '../parse/column-letter';
import { renderCsvRow } from './csv-row';
import { decideAction, type Action } from './decide-action';
import { encodeText } from './encode-text';
import { renderMessage } from './render-message';
import { showControls } from './show-controls';
import { word } from './texts';

export const ERRORS_CSV_COLUMNS = [
  'severity',
  'code',
  'line',
  'record',
  'column',
  'column_no',
  'value',
  'problem',
  'how_to_fix',
  'expected',
  'suggestion',
  'record_key',
  'action',
] as const;

/** Most rows below the header, the one that says that there are more included. */
export const ERROR_ROWS_MAX = 50_000;

export interface ErrorsCsvOptions {
  /** The sender's own, `;` for JSON. */
  readonly delimiter: string;
  readonly language: Language;
  /** Findings in all. */
  readonly total: number;
  /** A finding of scope file or header rejected the file. */
  readonly fileRejected: boolean;
  readonly mode: BatchMode;
}

export function renderErrorsCsv(findings: Iterable<StoredFinding>, options: ErrorsCsvOptions): Generator<Uint8Array> {
  return encodeText(rows(findings, options), { encoding: 'utf-8', bom: true });
}

function* rows(findings: Iterable<StoredFinding>, options: ErrorsCsvOptions): Generator<string> {
  yield row(ERRORS_CSV_COLUMNS, options);
  const capped = options.total > ERROR_ROWS_MAX;
  const shown = capped ? ERROR_ROWS_MAX - 1 : options.total;
  let written = 0;
  for (const together of byRecord(findings)) {
    const action = decideAction(together, options.fileRejected, options.mode);
    for (const finding of together) {
      if (written === shown) break;
      yield row(cells(finding, action, options), options);
      written++;
    }
    if (written === shown) break;
  }
  if (capped) yield row(cappedCells(shown, options), options);
}

/** Findings of one record together, each finding on the file alone. */
function* byRecord(findings: Iterable<StoredFinding>): Generator<readonly StoredFinding[]> {
  let together: StoredFinding[] = [];
  for (const finding of findings) {
    const previous = together[0];
    if (previous !== undefined && (finding.record === null || finding.record !== previous.record)) {
      yield together;
      together = [];
    }
    together.push(finding);
  }
  if (together.length > 0) yield together;
}

function cells(finding: StoredFinding, action: Action, options: ErrorsCsvOptions): readonly string[] {
  const { problem, fix } = renderMessage(finding, options.language);
  return [
    finding.severity,
    finding.code,
    String(finding.line ?? ''),
    String(finding.record ?? ''),
    finding.field ?? '',
    finding.columnNo === null ? '' : columnLetter(finding.columnNo),
    finding.value ?? '',
    problem,
    fix,
    finding.expected ?? '',
    finding.suggestion ?? '',
    showKey(finding.recordKey),
    action,
  ];
}

/** The parts of a key that are filled, for people. */
function showKey(key: string | null): string {
  return key === null ? '' : key.split('\u001f').filter(Boolean).join(' ');
}

function cappedCells(shown: number, { language, total }: ErrorsCsvOptions): readonly string[] {
  const said: readonly [number, string][] = [
    [ERRORS_CSV_COLUMNS.indexOf('severity'), 'info'],
    [ERRORS_CSV_COLUMNS.indexOf('problem'), word(language, 'capped', { shown, total })],
    [ERRORS_CSV_COLUMNS.indexOf('how_to_fix'), word(language, 'cappedFix')],
    [ERRORS_CSV_COLUMNS.indexOf('action'), 'none'],
  ];
  const byColumn = new Map(said);
  return ERRORS_CSV_COLUMNS.map((_, index) => byColumn.get(index) ?? '');
}

function row(values: readonly string[], { delimiter }: ErrorsCsvOptions): string {
  return `${renderCsvRow(values.map(showControls), delimiter)}\r\n`;
}
