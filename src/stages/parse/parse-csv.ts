/**
 * A CSV file from its first line to its last: header, then one record a line. Memory is bounded by the longest line.
 * It never throws on what a sender wrote; a header that is wrong stops before the first record.
 */
import type { Dialect } from '../../domain/batch';
import { createFinding } from '../../domain/create-finding';
import type { Finding } from '../../domain/finding';
import { decideHeader, DELIMITERS, type CsvHeader, type Delimiter } from './decide-header';
import type { FileFacts } from './inspect';
import { LineReader, type LineEnd } from './line-reader';
import type { ParseInput, ParseResult } from './parse-result';
import { createRowReader } from './read-row';
import type { TextBuffer } from './text-buffer';

const END_NAMES: Readonly<Record<LineEnd, string>> = { crlf: 'CRLF', lf: 'LF', cr: 'CR' };

/** What is told of lines as such, whatever they hold. */
interface LineTally {
  firstEnd: LineEnd | null;
  mixed: Finding | null;
  blankCount: number;
  firstBlank: number | null;
}

export function parseCsv({ facts, type, options }: ParseInput, buffer: TextBuffer): ParseResult {
  const reader = new LineReader(buffer);
  const tally: LineTally = { firstEnd: null, mixed: null, blankCount: 0, firstBlank: null };
  const declared = readHeaderLine(reader, tally);
  if (declared === undefined) return noRecord(facts, tally, null);

  const header = decideHeader({ text: reader.text, line: reader.line, declared }, type.fields);
  const place = { offset: reader.offset, length: reader.length };
  const base = {
    guarded: header.guarded,
    columnOf: (fieldIndex: number): number | null => columnNumber(header, fieldIndex),
    header: place,
  };
  if (header.findings.some(({ severity }) => severity === 'error')) {
    const dialect = dialectOf(facts, tally, header.delimiter);
    return { ...base, findings: header.findings, rejected: true, records: 0, miscounted: false, dialect };
  }
  options.onHeader?.(base);

  const rows = createRowReader(header);
  const headerLine = reader.line;
  let records = 0;
  let miscounted = false;
  while (nextLine(reader, tally)) {
    const record = rows.read(reader, records + 1);
    if (record === null) {
      countBlank(tally, reader.line);
      continue;
    }
    records++;
    if (record.broken && record.findings.some(({ code }) => code === 'P109')) miscounted = true;
    options.onRecord(record);
  }
  const dialect = dialectOf(facts, tally, header.delimiter);
  if (records === 0) return { ...base, ...noRecord(facts, tally, header.delimiter), header: place };

  const strays = [...rows.strays].sort(([a], [b]) => a - b);
  const findings = [
    ...header.findings,
    ...lineFindings(tally),
    ...strays.map(([column, value]) => createFinding('H104', { line: headerLine, columnNo: column + 1, value })),
  ];
  return { ...base, findings, rejected: strays.length > 0, records, miscounted, dialect };
}

/**
 * Moves the reader to the header line: past blank lines and a `sep=` line.
 * @returns the declared delimiter, null when none is; undefined when there is no header line
 */
function readHeaderLine(reader: LineReader, tally: LineTally): Delimiter | null | undefined {
  let declared: Delimiter | null | undefined;
  while (nextLine(reader, tally)) {
    const sep = declared === undefined ? /^\s*"?sep=(.?)"?[\s;,|]*$/i.exec(reader.text) : null;
    if (sep !== null) {
      declared = DELIMITERS.find((delimiter) => delimiter === sep[1]) ?? null;
    } else if (/^[\s\u200b\u0085;,|"]*$/.test(reader.text)) {
      countBlank(tally, reader.line);
    } else {
      return declared ?? null;
    }
  }
  return undefined;
}

function nextLine(reader: LineReader, tally: LineTally): boolean {
  if (!reader.next()) return false;
  const { end, line } = reader;
  if (end === null || end === tally.firstEnd) return true;
  if (tally.firstEnd === null) tally.firstEnd = end;
  else
    tally.mixed ??= createFinding('P108', {
      line,
      params: { first: END_NAMES[tally.firstEnd], other: END_NAMES[end] },
    });
  return true;
}

function countBlank(tally: LineTally, line: number): void {
  tally.blankCount++;
  tally.firstBlank ??= line;
}

function lineFindings({ mixed, firstBlank, blankCount }: LineTally): Finding[] {
  const findings = mixed === null ? [] : [mixed];
  if (firstBlank !== null) findings.push(createFinding('P111', { line: firstBlank, params: { count: blankCount } }));
  return findings;
}

function columnNumber(header: CsvHeader, fieldIndex: number): number | null {
  const column = header.columnOf[fieldIndex] ?? -1;
  return column < 0 ? null : column + 1;
}

function noRecord(facts: FileFacts, tally: LineTally, delimiter: Delimiter | null): ParseResult {
  return {
    findings: [createFinding('F008')],
    rejected: true,
    records: 0,
    miscounted: false,
    dialect: dialectOf(facts, tally, delimiter),
    header: null,
    columnOf: () => null,
    guarded: false,
  };
}

function dialectOf(facts: FileFacts, tally: LineTally, delimiter: Delimiter | null): Dialect {
  return { format: 'csv', encoding: facts.encoding, bom: facts.bom, delimiter, eol: tally.firstEnd };
}
