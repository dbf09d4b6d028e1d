/**
 * rejected.csv: the sender's header and the rejected rows, in their order, delimiter, encoding and line ends, plus
 * `_line`, `_codes` and `_message`. Corrected and dropped back it is accepted; uncorrected it gives the same findings:
 * a row with a broken quote keeps its text from there on, one with too few or too many values keeps their number.
 * Earlier underscore columns are replaced. Rows are taken one at a time.
 */
import type { Language } from '../../domain/account';
import type { Dialect } from '../../domain/batch';
import type { StoredFinding } from '../../domain/report-source';
import { splitCsvRecord, type CsvCell } from '../parse/split-csv-record';
import { renderCsvCell } from './csv-row';
import { ADDED_COLUMNS, describeRejection, type RejectedRow, type Rejection } from './describe-rejection';
import { encodeText } from './encode-text';

const LINE_ENDS = { crlf: '\r\n', lf: '\n', cr: '\r' } as const;

export interface RejectedCsvInput {
  /** The header line as sent, decoded. */
  readonly header: string;
  readonly dialect: Dialect;
  readonly language: Language;
  readonly rows: Iterable<RejectedRow>;
  /** Findings of scope file or header, for rows that were rejected with their file. */
  readonly fileFindings: readonly StoredFinding[];
}

/** What the header says about the rows. */
interface Layout {
  readonly delimiter: string;
  readonly columns: number;
  /** Positions of the sender's own columns, those without a leading underscore. */
  readonly kept: readonly number[];
  /** Finds a row that must be split: quotes, or a value that may be a formula. Any other goes back as it stands. */
  readonly delicate: RegExp;
  /** The last columns are exactly the three we add: the file is a reject file come back. */
  readonly cameBack: boolean;
  /** How many columns at the end are not kept. */
  readonly tail: number;
}

export function renderRejectedCsv(input: RejectedCsvInput): Generator<Uint8Array> {
  return encodeText(lines(input), input.dialect);
}

function* lines({ header, dialect, language, rows, fileFindings }: RejectedCsvInput): Generator<string> {
  const delimiter = dialect.delimiter ?? ';';
  const lineEnd = LINE_ENDS[dialect.eol ?? 'crlf'];
  const { cells } = splitCsvRecord(header.replace(/^\ufeff/, ''), delimiter);
  const layout = layOut(cells, delimiter);
  yield renderNames(cells, layout) + lineEnd;
  for (const row of rows) {
    yield renderRow(row, layout, describeRejection(row.findings, fileFindings, language)) + lineEnd;
  }
}

function renderNames(header: readonly CsvCell[], { kept, delimiter }: Layout): string {
  const names: string[] = [];
  for (const position of kept) names.push(renderKept(header[position], delimiter));
  return [...names, ...ADDED_COLUMNS].join(delimiter);
}

function layOut(header: readonly CsvCell[], delimiter: string): Layout {
  const kept: number[] = [];
  for (const [position, { text }] of header.entries()) if (!text.startsWith('_')) kept.push(position);
  const tail = header.slice(-ADDED_COLUMNS.length).map((cell) => cell.text);
  return {
    delimiter,
    columns: header.length,
    delicate: new RegExp(`"|(?:^|[${delimiter}])[\\s\\u0085\\u200b]*[=+\\-@]`),
    kept,
    cameBack: ADDED_COLUMNS.every((name, index) => tail[index] === name),
    tail: header.length - 1 - (kept.at(-1) ?? -1),
  };
}

function renderRow(row: RejectedRow, layout: Layout, rejection: Rejection): string {
  const { delimiter } = layout;
  const added = `${String(row.line)}${delimiter}${rejection.codes}${delimiter}`;
  const message = renderCsvCell(rejection.message, delimiter);
  if (layout.kept.length === layout.columns && !layout.delicate.test(row.text)) {
    return row.text + delimiter + added + message;
  }
  const { cells, broken } = splitCsvRecord(row.text, delimiter);
  if (broken) return renderBroken(cells, layout, added, rejection.message);
  const ragged = row.findings.some((finding) => finding.code === 'P106' || finding.code === 'P107');
  const kept = ragged ? withoutTail(cells, layout) : layout.kept.map((position) => cells[position]);
  return [...kept.map((cell) => renderKept(cell, delimiter)), added + message].join(delimiter);
}

/** A ragged row: which value belongs where is unknown, so as many go off its end as the header loses columns. */
function withoutTail(cells: readonly CsvCell[], layout: Layout): readonly CsvCell[] {
  return cells.slice(0, Math.max(0, cells.length - (layout.columns - layout.kept.length)));
}

/**
 * The last cell holds all from the broken quote on: it goes back as sent, to break again. What we added last time comes
 * off it, and values of columns that are not kept; what we add cannot mend it.
 */
function renderBroken(cells: readonly CsvCell[], layout: Layout, added: string, message: string): string {
  const { delimiter } = layout;
  const brokenAt = cells.length - 1;
  const sound = layout.kept.filter((position) => position < brokenAt).map((position) => cells[position]);
  const text = withoutUnkept(cells.at(-1)?.text ?? '', brokenAt, layout);
  const bare = unquoted(message).replaceAll(delimiter, ' ');
  return [...sound.map((cell) => renderKept(cell, delimiter)), text, added + bare].join(delimiter);
}

/** Where quotes cannot be trusted, values are told apart by delimiters alone: as far as these leave no doubt. */
function withoutUnkept(text: string, brokenAt: number, { delimiter, cameBack, columns, kept, tail }: Layout): string {
  if (cameBack) return withoutAdded(text, delimiter);
  const parts = text.split(delimiter);
  const behind = columns - brokenAt;
  if (parts.length === behind) {
    const lost = parts.filter((_, index) => !kept.includes(brokenAt + index));
    if (!lost.some(hasQuote)) return parts.filter((_, index) => kept.includes(brokenAt + index)).join(delimiter);
  }
  const isLonger = parts.length > behind && tail < behind;
  return isLonger && tail > 0 && !parts.slice(-tail).some(hasQuote) ? parts.slice(0, -tail).join(delimiter) : text;
}

function hasQuote(text: string): boolean {
  return text.includes('"');
}

/** A message for a line in which no quotes can be put: without the signs that would need them. */
function unquoted(message: string): string {
  return message.replaceAll('"', "'").replaceAll(';', ',').replaceAll(' | ', ', ').replaceAll('|', '/');
}

function withoutAdded(text: string, delimiter: string): string {
  const parts = text.split(delimiter);
  const [line = '', codes = '', message = ''] = parts.slice(-ADDED_COLUMNS.length);
  const ours = /^\d+$/.test(line) && /^[A-Z]\d{3}(?: [A-Z]\d{3})*$/.test(codes) && !message.includes('"');
  return parts.length > ADDED_COLUMNS.length && ours ? parts.slice(0, -ADDED_COLUMNS.length).join(delimiter) : text;
}

function renderKept(cell: CsvCell | undefined, delimiter: string): string {
  return cell === undefined ? '' : renderCsvCell(cell.text, delimiter, cell.quoted);
}
