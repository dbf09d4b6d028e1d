/**
 * Rows of a file to the codes of a value set, or everything that is wrong with them. Pure; nothing is mended, only
 * suggested: a value set decides what laboratories may send.
 */
import type { CodelistEntry } from '../../domain/message-type';
import { isScientific } from '../../stages/validate/number-shapes';
import { suggestDate } from '../../stages/validate/suggest-date';
import type { CodelistProblem, CodelistRow } from './codelist-reading';

const CODE_MAX = 255;
const LABEL_MAX = 1000;

interface PlacedEntry {
  readonly line: number;
  readonly entry: CodelistEntry;
}

export function judgeCodelistRows(rows: readonly CodelistRow[]): {
  readonly entries: readonly CodelistEntry[];
  readonly problems: readonly CodelistProblem[];
} {
  const problems: CodelistProblem[] = [];
  const byCode = new Map<string, PlacedEntry[]>();
  const entries = rows.map((row) => {
    const entry = buildEntry(row);
    const wrong = checkEntry(entry);
    if (entry.code !== '' && daysOf(entry).every(isDay)) {
      const same = byCode.get(entry.code.toLowerCase()) ?? [];
      const earlier = same.find((placed) => overlaps(placed.entry, entry));
      if (earlier !== undefined) wrong.push(repeats(entry, earlier));
      byCode.set(entry.code.toLowerCase(), [...same, { line: row.line, entry }]);
    }
    problems.push(...wrong.map((message) => ({ line: row.line, message })));
    return entry;
  });
  return { entries, problems };
}

function buildEntry({ values }: CodelistRow): CodelistEntry {
  const labels = Object.entries(values).flatMap(([column, value]): [string, string][] => {
    const [kind, language] = column.split(':');
    return kind === 'label' && language !== undefined ? [[language, value]] : [];
  });
  return {
    code: values.code ?? '',
    labels: Object.fromEntries(labels),
    validFrom: values.validFrom ?? null,
    validTo: values.validTo ?? null,
    system: values.system ?? null,
  };
}

function checkEntry(entry: CodelistEntry): string[] {
  const { code, labels, validFrom, validTo } = entry;
  const problems: string[] = [];
  if (code === '') problems.push('there is no code');
  if (code.length > CODE_MAX) problems.push(`the code has ${code.length} characters, at most ${CODE_MAX} are allowed`);
  if (/\p{Cc}/u.test(code)) problems.push(`the code ${JSON.stringify(code)} has control characters`);
  if (isScientific(code)) {
    problems.push(`a spreadsheet has turned the code into the number ${code}: export it again, the column as text`);
  }
  for (const [language, label] of Object.entries(labels)) {
    if (label.length > LABEL_MAX) problems.push(`the label (${language}) has more than ${LABEL_MAX} characters`);
  }
  const wrongDays = daysOf(entry).filter((day) => !isDay(day));
  problems.push(...wrongDays.map(sayWrongDay));
  if (wrongDays.length === 0 && validFrom !== null && validTo !== null && validTo < validFrom) {
    problems.push(`the code ends on ${validTo}, before it begins on ${validFrom}`);
  }
  return problems;
}

function daysOf({ validFrom, validTo }: CodelistEntry): readonly string[] {
  return [validFrom, validTo].filter((day) => day !== null);
}

function sayWrongDay(day: string): string {
  const suggestion = suggestDate(day, 'date');
  const how = suggestion !== null && isDay(suggestion) ? `write ${suggestion}` : 'write YYYY-MM-DD';
  return `${JSON.stringify(day.slice(0, 40))} is no date: ${how}`;
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** Whether there is a day on which both hold; YYYY-MM-DD sorts as text. */
function overlaps(a: CodelistEntry, b: CodelistEntry): boolean {
  const endsBefore = (first: CodelistEntry, second: CodelistEntry): boolean =>
    first.validTo !== null && second.validFrom !== null && first.validTo < second.validFrom;
  return !endsBefore(a, b) && !endsBefore(b, a);
}

function repeats({ code, validFrom, validTo }: CodelistEntry, { line, entry }: PlacedEntry): string {
  const dated = [validFrom, validTo, entry.validFrom, entry.validTo].some((day) => day !== null);
  const spelling = entry.code === code ? '' : `, as ${JSON.stringify(entry.code)}`;
  return `the code ${JSON.stringify(code)} stands on line ${line} already${spelling}${dated ? ', for days that overlap' : ''}`;
}
