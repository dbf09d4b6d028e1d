/**
 * On which lines the elements of a JSON list begin, so that each can be spoken of: the list that is the whole text, or
 * the one under `codes` of an object. It never throws, and what it accepts JSON.parse accepts.
 */
import type { FileFacts } from '../../stages/parse/inspect';
import { CLOSE_LIST, CLOSE_OBJECT, JsonScanner, OPEN_LIST, OPEN_OBJECT } from '../../stages/parse/json-scanner';
import { TextBuffer } from '../../stages/parse/text-buffer';

export type ElementLines =
  | { readonly kind: 'lines'; readonly lines: readonly number[] }
  /** Line and character of the line, first = 1, at which the text stops being JSON. */
  | { readonly kind: 'wrong'; readonly line: number; readonly column: number };

const LIST_KEY = 'codes';
const COMMA = 0x2c;
const FACTS: FileFacts = { bytes: 0, encoding: 'utf-8', bom: false, blank: false, opensJson: true, refusal: null };

export function findElementLines(text: string): ElementLines {
  const buffer = new TextBuffer([Buffer.from(text)], FACTS);
  while (buffer.refill(0));
  const scanner = new JsonScanner(buffer);
  const lines: number[] = [];
  scanner.skipBlanks();
  const read =
    scanner.unit() === OPEN_LIST
      ? readMembers(scanner, CLOSE_LIST, () => readElement(scanner, lines))
      : scanner.unit() === OPEN_OBJECT
        ? readMembers(scanner, CLOSE_OBJECT, () => readMember(scanner, lines))
        : scanner.readScalar();
  // Behind the value only blanks may stand: skipping them reaches the end.
  if (read && !scanner.skipBlanks()) return { kind: 'lines', lines };
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

function readMember(scanner: JsonScanner, lines: number[]): boolean {
  if (!scanner.readKey()) return false;
  if (scanner.token !== LIST_KEY || scanner.unit() !== OPEN_LIST) return readValue(scanner);
  lines.length = 0;
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
