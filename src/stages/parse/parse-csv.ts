/**
 * A CSV file from its first line to its last: header, then one record a line. Memory is bounded by the longest line.
 * It never throws on what a sender wrote; a header that is wrong stops before the first record.
 */
import type { Dialect } from '../../domain/batch';
import { createFinding } from '../../domain/create-finding';
import type { Finding } from '../../domain/finding';
import type { MessageType } from '../../domain/message-type';
import type { ByteWindow } from './byte-window';
import { decideHeader, DELIMITERS, type CsvHeader, type Delimiter } from './decide-header';
import type { FileFacts } from './inspect';
import { LineReader, type LineEnd } from './line-reader';
import type { CsvRestResult, HeaderFacts, ParseInput, ParseOptions, ParseResult } from './parse-result';
import { RowReader } from './read-row';
import type { FileSplit } from './split-file';

const END_NAMES: Readonly<Record<LineEnd, string>> = { crlf: 'CRLF', lf: 'LF', cr: 'CR' };

/** What is told of lines as such, whatever they hold. */
interface LineTally {
  firstEnd: LineEnd | null;
  mixed: Finding | null;
  blankCount: number;
  firstBlank: number | null;
}

export function parseCsv({ facts, type, options }: ParseInput, window: ByteWindow): ParseResult {
  const reader = new LineReader(window);
  const tally = newTally();
  const declared = readHeaderLine(reader, tally);
  if (declared === undefined) return noRecord(facts, tally, null);

  const header = decideHeader({ text: reader.text, line: reader.line, declared }, type.fields);
  const place = { offset: reader.offset, length: reader.length };
  const base = { ...headerFacts(header), header: place };
  if (header.findings.some(({ severity }) => severity === 'error')) {
    const dialect = dialectOf(facts, tally, header.delimiter);
    return { ...base, findings: header.findings, rejected: true, records: 0, miscounted: false, dialect };
  }
  options.onHeader?.(base);

  const headerLine = reader.line;
  const rows = readRows(reader, tally, { ...options, header, headerLine, firstRecord: 1 });
  const dialect = dialectOf(facts, tally, header.delimiter);
  const { records, miscounted } = rows;
  if (records === 0) return { ...base, ...noRecord(facts, tally, header.delimiter), header: place };

  const strays = [...rows.strays].sort(([a], [b]) => a - b);
  const findings = [
    ...header.findings,
    ...lineFindings(tally),
    ...strays.map(([column, value]) => createFinding('H104', { line: headerLine, columnNo: column + 1, value })),
  ];
  return { ...base, findings, rejected: strays.length > 0, records, miscounted, dialect };
}

/** What must be known of the lines before a cut to read the ones behind it. */
export interface ReadHeader {
  readonly header: CsvHeader;
  readonly line: number;
  /** First byte behind it. */
  readonly nextOffset: number;
  readonly firstEnd: LineEnd | null;
}

/** Null where no header is, or one that stops before the first record. */
export function readHeader(window: ByteWindow, type: MessageType): ReadHeader | null {
  const reader = new LineReader(window);
  const tally = newTally();
  const declared = readHeaderLine(reader, tally);
  if (declared === undefined) return null;
  const header = decideHeader({ text: reader.text, line: reader.line, declared }, type.fields);
  if (header.findings.some(({ severity }) => severity === 'error')) return null;
  return { header, line: reader.line, nextOffset: reader.nextOffset, firstEnd: tally.firstEnd };
}

export interface RestOptions extends Pick<ParseOptions, 'extension' | 'onHeader' | 'onRecord' | 'rowTaker'> {
  readonly split: FileSplit;
}

/** @param window what stands from the cut on */
export function parseCsvRest(
  window: ByteWindow,
  { header, line: headerLine, firstEnd }: ReadHeader,
  { split, ...options }: RestOptions,
): CsvRestResult {
  options.onHeader?.(headerFacts(header));
  const tally = { ...newTally(), firstEnd };
  const firstRecord = recordAt(split, headerLine);
  const rows = readRows(new LineReader(window, split), tally, { ...options, header, headerLine, firstRecord });
  const { mixed, blankCount, firstBlank } = tally;
  return { ...rows, mixed, blankCount, firstBlank };
}

interface RowsInput extends Pick<ParseOptions, 'onRecord' | 'rest' | 'rowTaker'> {
  readonly header: CsvHeader;
  readonly headerLine: number;
  readonly firstRecord: number;
}

/** Reads the lines that follow as records, up to where someone else has read on. */
function readRows(
  reader: LineReader,
  tally: LineTally,
  { header, headerLine, firstRecord, onRecord, rowTaker, rest = null }: RowsInput,
): Pick<CsvRestResult, 'records' | 'miscounted' | 'strays'> {
  const rows = new RowReader(header);
  const taker = rowTaker?.(header, reader.window.facts.encoding) ?? null;
  let records = 0;
  let miscounted = false;
  const cut = rest?.split.offset ?? -1;
  for (;;) {
    if (rest !== null && reader.nextOffset === cut) {
      const asAssumed =
        reader.line + 1 === rest.split.line && firstRecord + records === recordAt(rest.split, headerLine);
      const found = asAssumed ? rest.take() : null;
      if (found !== null) {
        addTally(tally, found);
        const strays = new Map([...found.strays, ...rows.strays]);
        return { records: records + found.records, miscounted: miscounted || found.miscounted, strays };
      }
    }
    if (!nextLine(reader, tally)) return { records, miscounted, strays: rows.strays };
    if (taker?.take(reader, firstRecord + records) === true) {
      records++;
      continue;
    }
    const record = rows.read(reader, firstRecord + records);
    if (record === null) {
      countBlank(tally, reader.line);
      continue;
    }
    records++;
    if (record.broken && record.findings.some(({ code }) => code === 'P109')) miscounted = true;
    onRecord(record);
  }
}

/** The number of the record behind the cut, when no line between it and the header is blank. */
function recordAt(split: FileSplit, headerLine: number): number {
  return split.line - headerLine;
}

function newTally(): LineTally {
  return { firstEnd: null, mixed: null, blankCount: 0, firstBlank: null };
}

function addTally(tally: LineTally, { mixed, blankCount, firstBlank }: CsvRestResult): void {
  tally.mixed ??= mixed;
  tally.blankCount += blankCount;
  tally.firstBlank ??= firstBlank;
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

function headerFacts({ columnOf, guarded }: CsvHeader): HeaderFacts {
  const columnNumber = (fieldIndex: number): number | null => {
    const column = columnOf[fieldIndex] ?? -1;
    return column < 0 ? null : column + 1;
  };
  return { guarded, columnOf: columnNumber };
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
