/**
 * One CSV line into one record: cells by position into values by field, and what is wrong with the line as such. It
 * judges no value by its field's format. Never throws: a line that cannot be told apart is a broken record. The plain
 * line, without a quote, is the fast path.
 * A class, as others that read each record of a file: of a function that is made for a file and dies with it, the engine
 * forgets the compiled code.
 */
import { createFinding } from '../../domain/create-finding';
import type { Finding } from '../../domain/finding';
import type { ParsedRecord } from '../../domain/parsed-record';
import { checkValue, cleanValue, showControls, showName } from './check-value';
import { type CsvHeader, DELIMITERS } from './decide-header';
import { lexLine, type CsvBreak } from './lex-line';
import { LINE_MAX, type LineReader } from './line-reader';
import { VALUE_MAX } from './parse-result';

export class RowReader {
  /** First values found in columns without a name, by column (first = 0): H104 is due for each. */
  readonly strays = new Map<number, string>();

  constructor(private readonly header: CsvHeader) {}

  /** The record on the reader's present line, or null when all its cells are blank. */
  read(reader: LineReader, record: number): ParsedRecord | null {
    const { header } = this;
    const { delimiter, columnOf, guarded, nameless } = header;
    const { text, line } = reader;
    if (reader.cutFrom !== null) return cutRecord(reader, record, columnOf.length);
    let cells: string[] = [];
    let broken: CsvBreak | null = null;
    if (text.includes('"')) broken = lexLine(text, delimiter, cells);
    else cells = text.split(delimiter);
    if (broken === null && cells.every(isBlankCell)) return null;

    const whole = broken === null && cells.length === header.names.length;
    if (whole && nameless.length > 0) this.noteStrays(cells);
    const plain = whole && text.length <= VALUE_MAX && !text.includes('\0');
    const { findings, absent } = plain ? NOTHING : judgeRow(cells, broken, header, { line, record });

    const values: string[] = [];
    for (const column of columnOf) {
      const value = cleanValue(cells[column] ?? '');
      values.push(guarded ? withoutGuard(value) : value);
    }
    absent?.forEach((index) => (values[index] = ''));
    const { offset, length } = reader;
    return { line, record, offset, length, values, absent, valueLines: null, findings, broken: !whole };
  }

  private noteStrays(cells: readonly string[]): void {
    for (const column of this.header.nameless) {
      const value = cleanValue(cells[column] ?? '');
      if (value !== '' && !this.strays.has(column)) this.strays.set(column, showName(value));
    }
  }
}

interface RowJudgement {
  readonly findings: readonly Finding[];
  /** Fields whose value takes no part in any other rule. */
  readonly absent: ReadonlySet<number> | null;
}

const NOTHING: RowJudgement = { findings: [], absent: null };

interface Place {
  readonly line: number;
  readonly record: number;
}

function judgeRow(cells: readonly string[], broken: CsvBreak | null, header: CsvHeader, place: Place): RowJudgement {
  if (broken !== null) return { findings: [brokenLine(broken, cells, header, place)], absent: null };
  const expectedCount = header.names.length;
  const count = cells.length;
  if (count === expectedCount) return checkCells(cells, header, place);
  const ragged =
    count < expectedCount
      ? createFinding('P106', { ...place, params: { expectedCount, count, other: otherDelimiter(cells, header) } })
      : createFinding('P107', { ...place, params: { expectedCount, count, trailing: endsBlank(cells, header) } });
  return { findings: [ragged, ...checkCells(cells, null, place).findings], absent: null };
}

/** The delimiter that makes as many values of the line as there are columns, as people name it; '' where none does. */
function otherDelimiter(cells: readonly string[], { delimiter, names }: CsvHeader): string {
  const [line = ''] = cells;
  if (cells.length > 1) return '';
  const other = DELIMITERS.find((each) => each !== delimiter && line.split(each).length === names.length) ?? '';
  return other === '\t' ? 'TAB' : other;
}

/** 'yes' where all that is too many is empty. */
function endsBlank(cells: readonly string[], { names }: CsvHeader): string {
  return cells.slice(names.length).every(isBlankCell) ? 'yes' : '';
}

/**
 * P103 and P110 for each cell that has it.
 * @param header null where the cells may stand in the wrong columns
 */
function checkCells(cells: readonly string[], header: CsvHeader | null, place: Place): RowJudgement {
  const findings: Finding[] = [];
  const absent = new Set<number>();
  cells.forEach((cell, column) => {
    const columnNo = header === null ? null : column + 1;
    const finding = checkValue(cleanValue(cell), { ...place, field: nameOf(header, column), columnNo });
    if (finding === null) return;
    findings.push(finding);
    const index = header?.fieldOf[column] ?? -1;
    if (index >= 0) absent.add(index);
  });
  return { findings, absent: absent.size === 0 ? null : absent };
}

function brokenLine(broken: CsvBreak, cells: readonly string[], header: CsvHeader, place: Place): Finding {
  return createFinding(broken.code, {
    ...place,
    field: nameOf(header, broken.cell),
    columnNo: broken.cell < header.names.length ? broken.cell + 1 : null,
    value: showControls(cells[broken.cell] ?? ''),
    params: broken.code === 'P104' ? { position: broken.position } : {},
  });
}

function nameOf(header: CsvHeader | null, column: number): string | null {
  const name = header?.names[column] ?? '';
  return name === '' ? null : name;
}

/** A line too long to be held: told once, its values are not looked at. */
function cutRecord(reader: LineReader, record: number, fieldCount: number): ParsedRecord {
  const { line, offset, length } = reader;
  const params = { length: reader.cutFrom ?? reader.text.length, maxLength: LINE_MAX };
  const finding = createFinding('P110', { line, record, value: showControls(reader.text.slice(0, VALUE_MAX)), params });
  const values = new Array<string>(fieldCount).fill('');
  return { line, record, offset, length, values, absent: null, valueLines: null, findings: [finding], broken: true };
}

function isBlankCell(cell: string): boolean {
  return cell === '' || cleanValue(cell) === '';
}

/** Takes off the quote that reports put before a value which a spreadsheet would take for a formula. */
function withoutGuard(value: string): string {
  return value.startsWith("'") && '=+-@'.includes(value.charAt(1)) && value.length > 1 ? value.slice(1) : value;
}
