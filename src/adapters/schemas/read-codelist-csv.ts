/**
 * A value set from CSV text: the delimiter is the one by which the header is recognised, never a guess. Problems are
 * returned with their lines, never thrown.
 */
import { splitCsvRecord } from '../../stages/parse/split-csv-record';
import { type CodelistColumn, findCodelistColumn } from './codelist-column';
import { type CodelistProblem, type CodelistReading, type CodelistRow, NOTHING_ABOUT } from './codelist-reading';

const DELIMITERS = [';', ',', '\t', '|'];

interface Header {
  readonly delimiter: string;
  readonly names: readonly string[];
  readonly columns: readonly (CodelistColumn | null)[];
}

export function readCodelistCsv(text: string): CodelistReading {
  const lines = text.split(/\r\n|\n|\r/).map((content, index) => ({ content, line: index + 1 }));
  const filled = lines.filter(({ content }) => content.trim() !== '');
  if (/^"?sep=.?"?$/i.test(filled[0]?.content ?? '')) filled.shift();
  const [first, ...rest] = filled;
  if (first === undefined) return reading([], [{ line: null, message: 'the file is empty' }], []);
  const header = findHeader(first.content);
  const problems = checkHeader(header, first.line);
  const remarks = header.names
    .filter((name, index) => header.columns[index] === null && name !== '')
    .map((name) => `column ${JSON.stringify(name)} is unknown and was left aside`);
  if (problems.length > 0) return reading([], problems, remarks);
  const rows: CodelistRow[] = [];
  for (const { content, line } of rest) {
    const row = readRow(content, line, header);
    if ('message' in row) problems.push(row);
    else if (Object.keys(row.values).length > 0) rows.push(row);
  }
  return reading(rows, problems, remarks);
}

/** Split by the delimiter that makes most columns known. */
function findHeader(text: string): Header {
  const candidates = DELIMITERS.map((delimiter): Header => {
    const names = splitCsvRecord(text, delimiter).cells.map((cell) => cell.text);
    return { delimiter, names, columns: names.map(findCodelistColumn) };
  });
  return candidates.reduce((best, next) => (knownIn(next) > knownIn(best) ? next : best));
}

function knownIn({ columns }: Header): number {
  return columns.filter((column) => column !== null).length;
}

function checkHeader({ names, columns }: Header, line: number): CodelistProblem[] {
  const problems: CodelistProblem[] = [];
  if (!columns.includes('code')) {
    const found = names.map((name) => JSON.stringify(name)).join(', ');
    problems.push({ line, message: `no column is named code; the header has ${found.slice(0, 200)}` });
  }
  columns.forEach((column, index) => {
    if (column === null || columns.indexOf(column) === index) return;
    const earlier = names[columns.indexOf(column)] ?? '';
    const both = `columns ${JSON.stringify(earlier)} and ${JSON.stringify(names[index])}`;
    problems.push({ line, message: `${both} are the same (${column})` });
  });
  return problems;
}

function readRow(text: string, line: number, { delimiter, names, columns }: Header): CodelistRow | CodelistProblem {
  const { cells, broken } = splitCsvRecord(text, delimiter);
  if (broken) return { line, message: 'a quote stands wrong, or a quoted value does not end on its line' };
  if (cells.slice(names.length).some((cell) => cell.text !== '')) {
    return { line, message: `${cells.length} values, but the header has ${names.length} columns` };
  }
  const values: Partial<Record<CodelistColumn, string>> = {};
  columns.forEach((column, index) => {
    const value = cells[index]?.text ?? '';
    if (column !== null && value !== '') values[column] = value;
  });
  return { line, values };
}

function reading(
  rows: readonly CodelistRow[],
  problems: readonly CodelistProblem[],
  remarks: readonly string[],
): CodelistReading {
  return { rows, problems, remarks, about: NOTHING_ABOUT };
}
