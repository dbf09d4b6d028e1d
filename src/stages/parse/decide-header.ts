/**
 * Reads a CSV header line: decides the delimiter by which most names of the message are found, says which column holds
 * which field, and tells everything that is wrong with the names at once. Pure but for what is remembered; it never throws and reads no
 * record.
 */
import type { Dialect } from '../../domain/batch';
import { createFinding } from '../../domain/create-finding';
import type { Finding } from '../../domain/finding';
import type { FieldSpec } from '../../domain/message-type';
import { showName } from './check-value';
import { columnLetter } from './column-letter';
import { type FieldNames, fieldNames, isOurs } from './field-names';
import { lexLine, type CsvBreak } from './lex-line';

export type Delimiter = NonNullable<Dialect['delimiter']>;

export const DELIMITERS: readonly Delimiter[] = [';', ',', '\t', '|'];

export interface CsvHeader {
  readonly delimiter: Delimiter;
  /** Column names by position, first = 0: as the schema writes those it knows, else as the sender does. */
  readonly names: readonly string[];
  /** Position of the field in each column, or -1. */
  readonly fieldOf: readonly number[];
  /** Column of each field, first = 0. Complete when nothing is missing. */
  readonly columnOf: readonly number[];
  /** Columns without a name, first = 0. */
  readonly nameless: readonly number[];
  readonly guarded: boolean;
  readonly findings: readonly Finding[];
}

export interface HeaderLine {
  readonly text: string;
  readonly line: number;
  /** Of a `sep=` line; decides only where the names do not. */
  readonly declared: Delimiter | null;
}

/** The mark of a corrected reject file. */
const GUARD_COLUMN = '_line';

/** Unknown names for which the nearest known one is looked for: enough for people, bounded for hostile files. */
const SUGGESTIONS_MAX = 1000;

const LISTED_MAX = 20;

interface Remembered extends Pick<HeaderLine, 'text' | 'declared'> {
  readonly decided: CsvHeader;
}

/** The last header of each message type with which nothing is wrong: one program writes the same one each time. */
const remembered = new WeakMap<readonly FieldSpec[], Remembered>();

export function decideHeader(header: HeaderLine, fields: readonly FieldSpec[]): CsvHeader {
  const { text, declared } = header;
  const last = remembered.get(fields);
  if (last?.text === text && last.declared === declared) return last.decided;
  const decided = decide(header, fields);
  if (decided.findings.length === 0) remembered.set(fields, { text, declared, decided });
  return decided;
}

function decide(header: HeaderLine, fields: readonly FieldSpec[]): CsvHeader {
  const known = fieldNames(fields);
  const order = header.declared === null ? DELIMITERS : [header.declared, ...DELIMITERS];
  let best = readColumns(header.text, order[0] ?? ';', known);
  for (const delimiter of order.slice(1)) {
    const columns = readColumns(header.text, delimiter, known);
    if (columns.recognised > best.recognised) best = columns;
  }
  const { delimiter, cells, matches, columnsOf } = best;
  const columnOf = fields.map(({ index }) => columnsOf.get(index)?.[0] ?? -1);
  return {
    delimiter,
    names: cells.map((cell, at) => fields[matches[at]?.index ?? -1]?.name ?? showName(cell)),
    fieldOf: matches.map(({ index }) => index),
    columnOf,
    nameless: cells.flatMap((cell, at) => (cell === '' ? [at] : [])),
    guarded: cells.includes(GUARD_COLUMN),
    findings: judgeColumns(best, header.line, fields, known),
  };
}

interface Columns {
  readonly delimiter: Delimiter;
  readonly cells: readonly string[];
  readonly matches: readonly { readonly index: number; readonly exact: boolean }[];
  /** Of each field that was found, first = 0. */
  readonly columnsOf: ReadonlyMap<number, readonly number[]>;
  readonly broken: CsvBreak | null;
  /** How many fields the line names, those behind a quote that stands wrong included. */
  readonly recognised: number;
}

function readColumns(text: string, delimiter: Delimiter, known: FieldNames): Columns {
  const cells: string[] = [];
  const broken = lexLine(text, delimiter, cells);
  const matches = cells.map((cell) => known.match(cell));
  const columnsOf = new Map<number, number[]>();
  for (const [at, { index }] of matches.entries()) {
    if (index < 0) continue;
    const columns = columnsOf.get(index);
    if (columns === undefined) columnsOf.set(index, [at]);
    else columns.push(at);
  }
  const recognised = broken === null ? columnsOf.size : namedIn(cells, delimiter, known);
  return { delimiter, cells, matches, columnsOf, broken, recognised };
}

/** How many fields the cells name when no quote counts: the last one of a broken line holds all that was not split. */
function namedIn(cells: readonly string[], delimiter: Delimiter, known: FieldNames): number {
  const names = cells.flatMap((cell) => cell.replaceAll('"', '').split(delimiter));
  const named = new Set(names.map((name) => known.match(name.trim()).index));
  named.delete(-1);
  return named.size;
}

function judgeColumns(columns: Columns, line: number, fields: readonly FieldSpec[], known: FieldNames): Finding[] {
  const { cells, matches, columnsOf, broken, recognised } = columns;
  const missing = fields.filter(({ index }) => !columnsOf.has(index)).map(({ name }) => name);
  if (recognised * 2 < fields.length) {
    return [missingColumns(line, missing, { near: [], otherFile: whichOtherFile(columns, fields, known) })];
  }
  if (broken !== null) return [brokenHeader(broken, line, cells)];

  const meant = new Map<string, string | null>();
  const findings: Finding[] = [];
  const told = new Set<number>();
  cells.forEach((cell, at) => {
    const { index, exact } = matches[at] ?? { index: -1, exact: true };
    const place = { line, columnNo: at + 1 };
    const name = fields[index]?.name;
    if (name === undefined) {
      if (cell === '' || isOurs(cell) || meant.has(cell)) return;
      const suggestion = meant.size < SUGGESTIONS_MAX ? known.nearestTo(cell, missing) : null;
      meant.set(cell, suggestion);
      const shown = showName(cell);
      findings.push(
        createFinding('H102', {
          ...place,
          field: shown,
          value: shown,
          suggestion,
          params: { listed: '', atLeast: '' },
        }),
      );
      return;
    }
    if (told.has(index)) return;
    told.add(index);
    const twins = (columnsOf.get(index) ?? []).map((column) => column + 1);
    if (twins.length > 1) {
      const columnNo = twins[1] ?? null;
      const params = { columns: listOf(twins.map(columnLetter)) };
      findings.push(
        createFinding('H103', { line, columnNo, field: name, value: cells[(columnNo ?? 1) - 1] ?? name, params }),
      );
    } else if (!exact) {
      findings.push(
        createFinding('H105', {
          ...place,
          field: name,
          value: cell,
          suggestion: name,
          params: { meant: name, listed: '', atLeast: '' },
        }),
      );
    }
  });
  if (missing.length > 0) {
    const near = [...meant]
      .filter(([, name]) => name !== null && missing.includes(name))
      .map(([cell]) => showName(cell));
    findings.unshift(missingColumns(line, missing, { near, otherFile: '' }));
  }
  return findings;
}

/** What a file is that names few of the fields: JSON, lines that a spreadsheet took for one column, or anything else. */
type OtherFile = 'json' | 'quoted' | 'yes';

function whichOtherFile({ cells }: Columns, fields: readonly FieldSpec[], known: FieldNames): OtherFile {
  const [first = ''] = cells;
  if (/^[[{]/.test(first)) return 'json';
  const holdsAll = DELIMITERS.some((delimiter) => namedIn(cells, delimiter, known) * 2 >= fields.length);
  return cells.length === 1 && holdsAll ? 'quoted' : 'yes';
}

interface MissingColumns {
  /** Names in the file that may be missing ones, misspelled. */
  readonly near: readonly string[];
  /** '' where the file is the right one. */
  readonly otherFile: OtherFile | '';
}

function missingColumns(line: number, missing: readonly string[], { near, otherFile }: MissingColumns): Finding {
  return createFinding('H101', {
    line,
    field: missing.length === 1 ? (missing[0] ?? null) : null,
    suggestion: near.length === 0 ? null : listOf(near),
    params: {
      columns: missing.join(', '),
      missing: missing.length,
      otherFile,
      near: near.length > 1 ? 'several' : '',
    },
  });
}

/** The first ones of a list that a hostile file can make long. */
function listOf(words: readonly string[]): string {
  return words.length <= LISTED_MAX ? words.join(', ') : `${words.slice(0, LISTED_MAX).join(', ')}, ...`;
}

/** A quote that stands wrong in the header leaves no column certain: the file cannot be read. */
function brokenHeader(broken: CsvBreak, line: number, cells: readonly string[]): Finding {
  return createFinding(broken.code, {
    scope: 'header',
    line,
    columnNo: broken.cell + 1,
    value: cells[broken.cell] ?? null,
    params: broken.code === 'P104' ? { position: broken.position } : {},
  });
}
