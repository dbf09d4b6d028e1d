/**
 * On which lines the elements of a JSON list begin, so that each can be spoken of: the list that is the whole text, or
 * the one under a given key of an object. It never throws, and what it accepts JSON.parse accepts.
 */
import type { FileFacts } from '../../stages/parse/inspect';
import { CLOSE_LIST, CLOSE_OBJECT, JsonScanner, OPEN_LIST, OPEN_OBJECT } from '../../stages/parse/json-scanner';
import { TextBuffer } from '../../stages/parse/text-buffer';

export type ElementLines =
  /** `key` is that of the list, null where the list is the whole text or there is none. */
  | { readonly kind: 'lines'; readonly key: string | null; readonly lines: readonly number[] }
  /** Line and character of the line, first = 1, at which the text stops being JSON. */
  | { readonly kind: 'wrong'; readonly line: number; readonly column: number };

const COMMA = 0x2c;
const FACTS: FileFacts = { bytes: 0, encoding: 'utf-8', bom: false, blank: false, opensJson: true, refusal: null };

/** @param keys of the list, best first */
export function findElementLines(text: string, keys: readonly string[]): ElementLines {
  const buffer = new TextBuffer([Buffer.from(text)], FACTS);
  while (buffer.refill(0));
  const scanner = new JsonScanner(buffer);
  const whole: number[] = [];
  const byKey = new Map<string, number[]>();
  scanner.skipBlanks();
  const read =
    scanner.unit() === OPEN_LIST
      ? readMembers(scanner, CLOSE_LIST, () => readElement(scanner, whole))
      : scanner.unit() === OPEN_OBJECT
        ? readMembers(scanner, CLOSE_OBJECT, () => readMember(scanner, keys, byKey))
        : scanner.readScalar();
  // Behind the value only blanks may stand: skipping them reaches the end.
  if (read && !scanner.skipBlanks()) {
    const key = keys.find((known) => byKey.has(known)) ?? null;
    return { kind: 'lines', key, lines: key === null ? whole : (byKey.get(key) ?? []) };
  }
  return { kind: 'wrong', line: scanner.line, column: scanner.column };
}

/** `[` or `{`, members with commas between them, `close`. */
function readMembers(scanner: JsonScanner, close: number, readOne: () => boolean): boolean {
  scanner.at++;
  if (!scanner.skipBlanks()) return false;
  if (scanner.unit() === close) return scanner.take(close);
  for (;;) {
    if (!readOne() || !scanner.skipBlanks()) return false;
    if (scanner.unit() === close) return scanner.take(close);
    if (!scanner.take(COMMA) || !scanner.skipBlanks()) return false;
  }
}

/** Of a key that is there twice the last one counts. */
function readMember(scanner: JsonScanner, keys: readonly string[], byKey: Map<string, number[]>): boolean {
  if (!scanner.readKey()) return false;
  const key = scanner.token;
  if (!keys.includes(key) || scanner.unit() !== OPEN_LIST) {
    byKey.delete(key);
    return readValue(scanner);
  }
  const lines: number[] = [];
  byKey.set(key, lines);
  return readMembers(scanner, CLOSE_LIST, () => readElement(scanner, lines));
}

function readElement(scanner: JsonScanner, lines: number[]): boolean {
  lines.push(scanner.line);
  return readValue(scanner);
}

function readValue(scanner: JsonScanner): boolean {
  const unit = scanner.unit();
  return unit === OPEN_OBJECT || unit === OPEN_LIST ? scanner.skipNested() : scanner.readScalar();
}
