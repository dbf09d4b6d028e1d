/**
 * Physical lines of a text: CR, LF and CRLF all end one. It knows each line's number and place in the file, keeps one
 * line at a time and never fails; a line longer than `LINE_MAX` is cut and its rest passed over.
 */
import type { Dialect } from '../../domain/batch';
import type { TextBuffer } from './text-buffer';

export type LineEnd = NonNullable<Dialect['eol']>;

/** In UTF-16 units. */
export const LINE_MAX = 16 * 1024 * 1024;

const CR = 0x0d;
const LF = 0x0a;

/** `next()` moves on to a line; the other members describe it until the next call. */
export class LineReader {
  text = '';
  /** First = 1. */
  line = 0;
  /** First byte of the line in the file. */
  offset: number;
  /** Bytes of `text` in the file, without the line end. */
  length = 0;
  /** Null on a last line that nothing ends. */
  end: LineEnd | null = null;
  /** UTF-16 units of the whole line where `text` was cut, else null. */
  cutFrom: number | null = null;

  private at = 0;
  private following: number;
  private nextLf = -1;
  private nextCr = -1;

  /** @param start where the buffer's text begins, when it is not the file's first line */
  constructor(
    private readonly buffer: TextBuffer,
    start?: { readonly offset: number; readonly line: number },
  ) {
    this.offset = start?.offset ?? buffer.startOffset;
    this.following = this.offset;
    if (start !== undefined) this.line = start.line - 1;
  }

  /** First byte behind the line and its end. */
  get nextOffset(): number {
    return this.following;
  }

  /** @returns false at the end of the text */
  next(): boolean {
    let end = this.findEnd();
    while (end < 0 && this.buffer.text.length - this.at <= LINE_MAX && this.refill()) end = this.findEnd();
    const { text } = this.buffer;
    if (end < 0) end = text.length;
    if (end === this.at && end === text.length) return false;
    this.offset = this.following;
    this.line++;
    if (end - this.at > LINE_MAX) this.cutLine();
    else this.takeLine(end);
    return true;
  }

  private takeLine(end: number): void {
    this.text = this.buffer.text.slice(this.at, end);
    this.length = this.buffer.bytesOf(this.at, end);
    this.cutFrom = null;
    this.following = this.offset + this.length;
    this.passEnd(end);
  }

  private cutLine(): void {
    const high = this.buffer.text.charCodeAt(this.at + LINE_MAX - 1);
    const cut = this.at + LINE_MAX - (high >= 0xd800 && high <= 0xdbff ? 1 : 0);
    this.text = this.buffer.text.slice(this.at, cut);
    this.length = this.buffer.bytesOf(this.at, cut);
    this.cutFrom = this.text.length;
    this.following = this.offset + this.length;
    this.at = cut;
    for (;;) {
      const found = this.findEnd();
      const held = this.buffer.text.charCodeAt(this.buffer.text.length - 1) === CR && !this.buffer.ended ? 1 : 0;
      const end = found < 0 ? Math.max(this.at, this.buffer.text.length - held) : found;
      this.cutFrom += end - this.at;
      this.following += this.buffer.bytesOf(this.at, end);
      this.at = end;
      if (found >= 0 || !this.refill()) break;
    }
    this.passEnd(this.at);
  }

  /** Moves behind the line end that stands at `end`. */
  private passEnd(end: number): void {
    const { text } = this.buffer;
    const unit = text.charCodeAt(end);
    let after = end;
    if (unit === LF) {
      this.end = 'lf';
      after = end + 1;
    } else if (unit === CR) {
      this.end = text.charCodeAt(end + 1) === LF ? 'crlf' : 'cr';
      after = end + (this.end === 'crlf' ? 2 : 1);
    } else {
      this.end = null;
    }
    this.following += this.buffer.bytesOf(end, after);
    this.at = after;
  }

  /** Where the line ends, or -1 when that cannot be seen yet. */
  private findEnd(): number {
    const { text, ended } = this.buffer;
    if (this.nextLf < this.at) this.nextLf = indexOrEnd(text.indexOf('\n', this.at));
    if (this.nextCr < this.at) this.nextCr = indexOrEnd(text.indexOf('\r', this.at));
    const end = Math.min(this.nextLf, this.nextCr);
    if (end === Infinity) return -1;
    return end === this.nextCr && end === text.length - 1 && !ended ? -1 : end;
  }

  private refill(): boolean {
    if (this.buffer.ended) return false;
    this.buffer.refill(this.at);
    this.at = 0;
    this.nextLf = -1;
    this.nextCr = -1;
    return true;
  }
}

function indexOrEnd(index: number): number {
  return index < 0 ? Infinity : index;
}
