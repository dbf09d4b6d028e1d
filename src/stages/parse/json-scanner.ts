/**
 * The grammar of JSON (RFC 8259) over a window of text. Every reading method returns false when it cannot go on, and
 * `stop` says why: `starved` at the end of the window, `wrong` at the first impossible character. It makes no objects
 * and does not recurse, so that neither a key nor a depth of nesting can do harm. It never throws.
 */
import type { TextBuffer } from './text-buffer';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const LF = 0x0a;
const CR = 0x0d;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;

/** In UTF-16 units: what one record may take, as a line in CSV. */
export const RECORD_MAX = 16 * 1024 * 1024;
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

export class JsonScanner {
  /** Index in the window. */
  at = 0;
  /** Physical line of `at`, first = 1. */
  line = 1;
  /** The string, number or literal read last: strings without escapes, the others as written. */
  token = '';
  stop: 'starved' | 'wrong' | 'too-long' | 'too-deep' | null = null;
  /** Byte at which the line passed last ended, before its line end. */
  lineEnd = 0;
  /** Where the step under way began; nothing before it is in the window. */
  private mark = 0;
  private markOffset: number;
  private markLine = 1;
  /** Index at which the present line begins; negative when that has left the window. */
  private lineStart = 0;
  private markLineStart = 0;

  constructor(private readonly buffer: TextBuffer) {
    this.markOffset = buffer.startOffset;
  }

  get text(): string {
    return this.buffer.text;
  }

  /** Character of the line, first = 1. */
  get column(): number {
    return this.at - this.lineStart + 1;
  }

  /** Byte in the file at which the step under way began. */
  get offset(): number {
    return this.markOffset;
  }

  /** Bytes from there to `at`. */
  get length(): number {
    return this.buffer.bytesOf(this.mark, this.at);
  }

  /** Byte in the file at which `at` stands. */
  get position(): number {
    return this.markOffset + this.length;
  }

  /** Bytes of the first `units` of the step under way. */
  bytesOfStep(units: number): number {
    return this.buffer.bytesOf(this.mark, this.mark + units);
  }

  unit(): number {
    return this.at < this.text.length ? this.text.charCodeAt(this.at) : -1;
  }

  /** Text of the step under way. */
  stepText(): string {
    return this.text.slice(this.mark, this.at);
  }

  /** A new step begins here: what is behind will not be read again. */
  begin(): void {
    this.markOffset += this.buffer.bytesOf(this.mark, this.at);
    this.mark = this.at;
    this.markLine = this.line;
    this.markLineStart = this.lineStart;
    this.stop = null;
  }

  /** Does `read`, again from the start of the step with more text as long as it starves. */
  attempt(read: () => boolean): boolean {
    for (;;) {
      if (read()) return true;
      if (this.stop !== 'starved' || this.buffer.ended) return false;
      if (this.text.length - this.mark > RECORD_MAX) {
        this.stop = 'too-long';
        return false;
      }
      this.rewind();
    }
  }

  /** Over blanks, wherever they end; each stretch of them is given up. @returns false at the end of the text */
  skipToToken(): boolean {
    for (;;) {
      if (this.skipBlanks()) {
        this.begin();
        return true;
      }
      this.begin();
      if (this.buffer.ended) return false;
      this.rewind();
    }
  }

  /** Over blanks within the line. @returns false at the end of the window */
  skipInlineBlanks(): boolean {
    while (this.unit() === 0x20 || this.unit() === 0x09) this.at++;
    return this.unit() >= 0 || this.buffer.ended || this.starve();
  }

  skipBlanks(): boolean {
    const { text } = this;
    while (this.at < text.length) {
      const unit = text.charCodeAt(this.at);
      if (unit === LF || unit === CR) {
        if (unit === CR && this.at + 1 === text.length && !this.buffer.ended) return this.starve();
        this.passLineEnd();
      } else if (unit === 0x20 || unit === 0x09) {
        this.at++;
      } else {
        return true;
      }
    }
    return this.starve();
  }

  /** On to the next line; the rest of this one is given up as it is read. @returns false at the end of the text */
  skipLine(): boolean {
    for (;;) {
      const unit = this.unit();
      if (unit === LF || (unit === CR && (this.at + 1 < this.text.length || this.buffer.ended))) {
        this.lineEnd = this.position;
        this.passLineEnd();
        return true;
      }
      if (unit < 0 || unit === CR) {
        this.begin();
        this.lineEnd = this.position;
        if (this.buffer.ended) return false;
        this.rewind();
      } else {
        this.at++;
      }
    }
  }

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

  /** Over one given character. */
  take(unit: number): boolean {
    if (this.unit() !== unit) return this.fail();
    this.at++;
    return true;
  }

  /** Stops here: at the end of the window for want of text, else because this character is impossible. */
  fail(why: 'wrong' | 'too-deep' = 'wrong'): false {
    this.stop = this.at >= this.text.length ? 'starved' : why;
    return false;
  }

  private starve(): false {
    this.stop = 'starved';
    return false;
  }

  private rewind(): void {
    this.buffer.refill(this.mark);
    this.lineStart = this.markLineStart - this.mark;
    this.markLineStart = this.lineStart;
    this.mark = 0;
    this.at = 0;
    this.line = this.markLine;
    this.stop = null;
  }

  private passLineEnd(): void {
    const crlf = this.unit() === CR && this.text.charCodeAt(this.at + 1) === LF;
    this.at += crlf ? 2 : 1;
    this.line++;
    this.lineStart = this.at;
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
    if (letter !== 'u') return this.fail();
    this.at++;
    const digits = this.at;
    for (; this.at < digits + 4; this.at++) {
      if (!/^[0-9a-fA-F]$/.test(this.text.charAt(this.at))) return this.fail();
    }
    parts.push(String.fromCharCode(Number.parseInt(this.text.slice(digits, this.at), 16)));
    return true;
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
