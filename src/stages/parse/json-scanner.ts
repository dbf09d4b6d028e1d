/**
 * The grammar of JSON (RFC 8259 sections 3 to 7) at a cursor. It makes no objects and does not recurse, so that neither
 * a key nor a depth of nesting can do harm. A reading method that returns false stands at the first impossible
 * character, or wants more text; it never throws.
 */
import { JsonCursor } from './json-cursor';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;

const DEPTH_MAX = 100_000;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

export class JsonScanner extends JsonCursor {
  /** The string, number or literal read last: strings without escapes, the others as written. */
  token = '';
  /** Objects one per line: a `{` at the very beginning of a line is the next one, and stands nested in none. */
  oneOnEachLine = false;

  /** `"name" :` and the blanks behind. */
  readKey(): boolean {
    if (this.unit() !== QUOTE) return this.fail();
    if (!this.readString() || !this.skipBlanks()) return false;
    const name = this.token;
    if (!this.take(COLON) || !this.skipBlanks()) return false;
    this.token = name;
    return true;
  }

  /** A string, number, true, false or null. */
  readScalar(): boolean {
    const unit = this.unit();
    if (unit === QUOTE) return this.readString();
    if (unit === 0x2d || isDigit(unit)) return this.readNumber();
    if (unit === 0x74) return this.readWord('true');
    if (unit === 0x66) return this.readWord('false');
    if (unit === 0x6e) return this.readWord('null');
    return this.fail();
  }

  /** A whole list or object, for its end alone. */
  skipNested(): boolean {
    const closers: number[] = [];
    for (;;) {
      const unit = this.unit();
      let opened = false;
      if (this.opensNextRecord()) return this.fail();
      if (unit === OPEN_OBJECT || unit === OPEN_LIST) {
        if (closers.length >= DEPTH_MAX) return this.fail('too-deep');
        closers.push(unit === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_LIST);
        this.at++;
        opened = true;
      } else if (!this.readScalar()) {
        return false;
      }
      if (!this.skipBlanks()) return false;
      if (opened && this.unit() !== closers.at(-1)) {
        if (closers.at(-1) === CLOSE_OBJECT && !this.readKey()) return false;
        continue;
      }
      while (this.unit() === closers.at(-1)) {
        this.at++;
        closers.pop();
        if (closers.length === 0) return true;
        if (!this.skipBlanks()) return false;
      }
      if (!this.take(COMMA) || !this.skipBlanks()) return false;
      if (closers.at(-1) === CLOSE_OBJECT && !this.readKey()) return false;
    }
  }

  private opensNextRecord(): boolean {
    return this.oneOnEachLine && this.unit() === OPEN_OBJECT && this.startsLine();
  }

  private readString(): boolean {
    const { text } = this;
    const start = ++this.at;
    for (; this.at < text.length; this.at++) {
      const unit = text.charCodeAt(this.at);
      if (unit === QUOTE) {
        this.token = text.slice(start, this.at++);
        return true;
      }
      if (unit === BACKSLASH) return this.readEscaped(start);
      if (unit < 0x20) return this.fail();
    }
    return this.starve();
  }

  /** The rest of a string from its first escape on. */
  private readEscaped(start: number): boolean {
    const { text } = this;
    const parts: string[] = [];
    let from = start;
    while (this.at < text.length) {
      const unit = text.charCodeAt(this.at);
      if (unit === QUOTE) {
        parts.push(text.slice(from, this.at++));
        this.token = parts.join('');
        return true;
      }
      if (unit < 0x20) return this.fail();
      if (unit !== BACKSLASH) {
        this.at++;
        continue;
      }
      parts.push(text.slice(from, this.at++));
      if (!this.readEscape(parts)) return false;
      from = this.at;
    }
    return this.starve();
  }

  private readEscape(parts: string[]): boolean {
    const letter = this.text.charAt(this.at);
    const plain = ESCAPES.get(letter);
    if (plain !== undefined) {
      parts.push(plain);
      this.at++;
      return true;
    }
    const unit = this.readUnicodeEscape();
    if (unit === null) return false;
    parts.push(String.fromCharCode(unit));
    if (unit < 0xd800 || unit > 0xdfff) return true;
    // Half of a character is none: its other half must follow (RFC 8259, section 8.2).
    const isHigh = unit < 0xdc00;
    if (!isHigh || this.text.charCodeAt(this.at) !== BACKSLASH) return this.fail();
    this.at++;
    const low = this.readUnicodeEscape();
    if (low === null) return false;
    if (low < 0xdc00 || low > 0xdfff) return this.fail();
    parts.push(String.fromCharCode(low));
    return true;
  }

  /** The UTF-16 unit that `uXXXX` stands for; null when something else stands there. */
  private readUnicodeEscape(): number | null {
    if (!this.readWord('u')) return null;
    const digits = this.at;
    for (; this.at < digits + 4; this.at++) {
      if (/^[0-9a-fA-F]$/.test(this.text.charAt(this.at))) continue;
      this.fail();
      return null;
    }
    return Number.parseInt(this.text.slice(digits, this.at), 16);
  }

  private readNumber(): boolean {
    const start = this.at;
    if (this.unit() === 0x2d) this.at++;
    if (this.unit() === 0x30) this.at++;
    else if (!this.readDigits()) return false;
    if (this.unit() === 0x2e) {
      this.at++;
      if (!this.readDigits()) return false;
    }
    if (this.unit() === 0x65 || this.unit() === 0x45) {
      this.at++;
      if (this.unit() === 0x2b || this.unit() === 0x2d) this.at++;
      if (!this.readDigits()) return false;
    }
    if (this.unit() < 0 && !this.buffer.ended) return this.starve();
    this.token = this.text.slice(start, this.at);
    return true;
  }

  private readDigits(): boolean {
    if (!isDigit(this.unit())) return this.fail();
    while (isDigit(this.unit())) this.at++;
    return true;
  }

  private readWord(word: string): boolean {
    for (const letter of word) {
      if (this.text.charAt(this.at) !== letter) return this.fail();
      this.at++;
    }
    this.token = word;
    return true;
  }
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}
