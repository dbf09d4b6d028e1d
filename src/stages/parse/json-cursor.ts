/**
 * A place in JSON text, read in steps: what a step has not finished is read again when more text came, what is behind a
 * step is given up. It knows lines, bytes and blanks (RFC 8259 section 2) and nothing else of the grammar. A reading
 * method returns false when it cannot go on, and `stop` says why; it never throws.
 */
import type { TextBuffer } from './text-buffer';

const LF = 0x0a;
const CR = 0x0d;

/** In UTF-16 units: what one record may take, as a line in CSV. */
export const RECORD_MAX = 16 * 1024 * 1024;

/** `starved` at the end of the window, `wrong` at the first impossible character. */
export type Stop = 'starved' | 'wrong' | 'too-long' | 'too-deep';

export class JsonCursor {
  /** Index in the window. */
  at = 0;
  /** Physical line of `at`, first = 1. */
  line = 1;
  stop: Stop | null = null;
  /** Byte at which the line passed last ended, before its line end. */
  lineEnd = 0;
  /** Where the step under way began; nothing before it is in the window. */
  private mark = 0;
  private markOffset: number;
  private markLine = 1;
  /** Index at which the present line begins; negative when that has left the window. */
  private lineStart = 0;
  private markLineStart = 0;

  constructor(protected readonly buffer: TextBuffer) {
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

  /** Whether only blanks stand before `at` on its line, and the line began within the step under way. */
  beginsLine(): boolean {
    return this.lineStart > this.mark && this.text.slice(this.lineStart, this.at).trim() === '';
  }

  /** Whether a line of the step under way begins at `at`. */
  startsLine(): boolean {
    return this.lineStart === this.at && this.lineStart > this.mark;
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

  protected starve(): false {
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
}
