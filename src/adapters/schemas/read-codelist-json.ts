/**
 * A value set from JSON text: this program's own form (`{name, closed, basis, codes: [...]}`, where `codelist show --json`
 * says `entries` in the place of `codes`), or a list of objects whose keys are named as columns may be, or of codes alone.
 * Problems are returned with their lines, never thrown.
 */
import { LANGUAGES } from '../../domain/account';
import { trimBlanks } from '../../stages/parse/blanks';
import { type CodelistColumn, findCodelistColumn } from './codelist-column';
import { type CodelistProblem, type CodelistReading, type CodelistRow, NOTHING_ABOUT } from './codelist-reading';
import { findElementLines } from './find-element-lines';

const LIST_KEYS = ['codes', 'entries'];

export function readCodelistJson(text: string): CodelistReading {
  const found = findElementLines(text, LIST_KEYS);
  if (found.kind === 'wrong') {
    const message = `this is not JSON from character ${found.column} on`;
    return { rows: [], problems: [{ line: found.line, message }], remarks: [], about: NOTHING_ABOUT };
  }
  const content = JSON.parse(text) as unknown;
  const own = isObject(content) ? content : null;
  const codes = own === null ? content : found.key === null ? null : own[found.key];
  if (!Array.isArray(codes)) {
    const message = 'neither a list, nor an object with a list named "codes"';
    return { rows: [], problems: [{ line: null, message }], remarks: [], about: NOTHING_ABOUT };
  }
  const problems: CodelistProblem[] = [];
  const unknown = new Set<string>();
  const rows = codes.map((element: unknown, index): CodelistRow => {
    const line = found.lines[index] ?? 1;
    const wrong = (message: string): unknown => problems.push({ line, message });
    return { line, values: readElement(element, wrong, unknown) };
  });
  const remarks = [...unknown].map((key) => `${JSON.stringify(key)} is unknown and was left aside`);
  return { rows, problems, remarks, about: own === null ? NOTHING_ABOUT : readAbout(own, problems) };
}

type Values = Partial<Record<CodelistColumn, string>>;

function readElement(element: unknown, wrong: (message: string) => unknown, unknown: Set<string>): Values {
  const values: Values = {};
  const put = (column: CodelistColumn, name: string, value: unknown): void => {
    const text = readText(value);
    if (text === null) {
      wrong(`${JSON.stringify(name)} must be text in quotes`);
      values[column] = String(value);
    } else if (text !== '' && values[column] !== undefined)
      wrong(`${JSON.stringify(name)} says ${column} a second time`);
    else if (text !== '') values[column] = text;
  };
  if (!isObject(element)) {
    put('code', 'a code', element);
    return values;
  }
  for (const [name, value] of Object.entries(element)) {
    if (name === 'labels' && isObject(value)) {
      for (const [language, label] of Object.entries(value)) {
        const known = LANGUAGES.find((candidate) => candidate === language.toLowerCase());
        if (known === undefined) unknown.add(`labels.${language}`);
        else put(`label:${known}`, `labels.${language}`, label);
      }
      continue;
    }
    const column = findCodelistColumn(name);
    if (column === null) unknown.add(name);
    else put(column, name, value);
  }
  return values;
}

/** '' for null; null for what is no text, and for a number that has lost digits. */
function readText(value: unknown): string | null {
  if (value === null) return '';
  if (typeof value === 'string') return trimBlanks(value);
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null;
}

function readAbout(own: Readonly<Record<string, unknown>>, problems: CodelistProblem[]): CodelistReading['about'] {
  const { name = null, closed = null, basis = null } = own;
  if (name !== null && typeof name !== 'string') problems.push({ line: null, message: '"name" must be text' });
  if (closed !== null && typeof closed !== 'boolean') {
    problems.push({ line: null, message: '"closed" must be true or false' });
  }
  if (basis !== null && typeof basis !== 'string') problems.push({ line: null, message: '"basis" must be text' });
  return {
    name: typeof name === 'string' ? name : null,
    closed: typeof closed === 'boolean' ? closed : null,
    basis: typeof basis === 'string' ? basis : null,
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
