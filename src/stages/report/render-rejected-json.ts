/**
 * rejected.json: the rejected records as sent, with `_line`, `_codes` and `_message` put in before the closing brace;
 * earlier underscore members come off. An array or a single object comes back as an array, one object per line as one
 * per line. What is no object, or does not parse, comes back as it is: uncorrected it gives the same findings.
 * It does so behind the first object: by its first character a file is told to hold one object per line.
 * Numbers, doubled keys and spacing stay as written, so the text is edited and never parsed and written again.
 */
import type { Language } from '../../domain/account';
import type { Dialect } from '../../domain/batch';
import type { StoredFinding } from '../../domain/report-source';
import { ADDED_COLUMNS, describeRejection, type RejectedRow } from './describe-rejection';
import { encodeText } from './encode-text';

/** So much that is no object waits for the first one. */
const LATE_MAX_UNITS = 1_048_576;

export interface RejectedJsonInput {
  readonly dialect: Dialect;
  readonly language: Language;
  readonly rows: Iterable<RejectedRow>;
  readonly fileFindings: readonly StoredFinding[];
}

export function renderRejectedJson(input: RejectedJsonInput): Generator<Uint8Array> {
  const pieces = input.dialect.format === 'jsonl' ? objectPerLine(input) : array(input);
  return encodeText(pieces, input.dialect);
}

function* objectPerLine(input: RejectedJsonInput): Generator<string> {
  const lineEnd = lineEndOf(input.dialect);
  let late: string[] = [];
  let lateUnits = 0;
  for (const row of input.rows) {
    const text = renderRecord(row, input) + lineEnd;
    if (!text.startsWith('{') && lateUnits < LATE_MAX_UNITS) {
      late.push(text);
      lateUnits += text.length;
      continue;
    }
    yield text;
    yield* late;
    late = [];
    lateUnits = LATE_MAX_UNITS;
  }
  yield* late;
}

function* array(input: RejectedJsonInput): Generator<string> {
  const lineEnd = lineEndOf(input.dialect);
  let between = `[${lineEnd}`;
  for (const row of input.rows) {
    yield between + renderRecord(row, input);
    between = `,${lineEnd}`;
  }
  yield between.startsWith('[') ? `[]${lineEnd}` : `${lineEnd}]${lineEnd}`;
}

function lineEndOf({ eol }: Dialect): string {
  return eol === 'crlf' ? '\r\n' : '\n';
}

function renderRecord(row: RejectedRow, { fileFindings, language }: RejectedJsonInput): string {
  const text = row.text.trim();
  if (!isObject(text)) return text;
  const { codes, message } = describeRejection(row.findings, fileFindings, language);
  const [line, listed, explained] = ADDED_COLUMNS;
  const added = `"${line}": ${String(row.line)}, "${listed}": ${JSON.stringify(codes)}, "${explained}": ${JSON.stringify(message)}`;
  const all = membersOf(text);
  const kept = all.filter((member) => !isUnderscored(member));
  const inside = kept.length === all.length ? text.slice(1, -1) : kept.join(',');
  const end = /\s*$/.exec(inside)?.[0] ?? '';
  const members = inside.slice(0, inside.length - end.length);
  return `{${members}${members === '' ? '' : ', '}${added}${end}}`;
}

function isObject(text: string): boolean {
  if (!text.startsWith('{')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // not JSON: it goes back as it came
  }
}

/** The text of each member of a well-formed object, blanks around it included; none for an empty one. */
function membersOf(object: string): readonly string[] {
  const members: string[] = [];
  let depth = 0;
  let start = 1;
  for (let at = 0; at < object.length; at++) {
    const character = object[at];
    if (character === '"') at = endOfString(object, at);
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    const ends = (character === ',' && depth === 1) || (character === '}' && depth === 0);
    if (!ends) continue;
    members.push(object.slice(start, at));
    start = at + 1;
  }
  return members.length === 1 && members[0]?.trim() === '' ? [] : members;
}

/** Position of the quote that closes the string beginning at `from`. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function isUnderscored(member: string): boolean {
  const start = member.indexOf('"');
  const key: unknown = JSON.parse(member.slice(start, endOfString(member, start) + 1));
  return typeof key === 'string' && key.trimStart().startsWith('_');
}
