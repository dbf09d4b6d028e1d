/**
 * Physical lines of a text: CR, LF and CRLF all end one. It knows each line's number and place in the file, keeps one
 * line at a time and never fails; a line longer than `LINE_MAX` is cut and its rest passed over. In UTF-8 and
 * Windows-1252 the bytes of CR and LF stand for nothing else, so lines are found among the bytes.
 */
import type { Dialect } from '../../domain/batch';
import type { ByteWindow } from './byte-window';
import { decodeRecord, wholeLength } from './decode-text';
import { bomLength } from './inspect';

export type LineEnd = NonNullable<Dialect['eol']>;

/** In bytes; in UTF-16, units of two. */
export const LINE_MAX = 16 * 1024 * 1024;

const CR = 0x0d;
const LF = 0x0a;

/** `next()` moves on to a line; the other members describe it until the next call. */
export class LineReader {
  /** First = 1. */
  line = 0;
  /** First byte of the line in the file. */
  offset: number;
  /** Where it stands among the bytes of the window, without the line end; cut at `LINE_MAX`. */
  from = 0;
  to = 0;
  /** Null on a last line that nothing ends. */
  end: LineEnd | null = null;
  /** How long the whole line is that was cut, as `LINE_MAX` counts; else null. */
  cutFrom: number | null = null;

  private at = 0;
  private following: number;
  private nextLf = -1;
  private nextCr = -1;
  private cutText = '';
  /** Bytes of CR or LF. */
  private readonly width: 1 | 2;
  /** At which of them its value stands. */
  private readonly low: 0 | 1;

  /** @param start where the window begins, when it is not at the file's first line */
  constructor(
    readonly window: ByteWindow,
    start?: { readonly offset: number; readonly line: number },
  ) {
    const { encoding } = window.facts;
    this.width = encoding === 'utf-16le' || encoding === 'utf-16be' ? 2 : 1;
    this.low = encoding === 'utf-16be' ? 1 : 0;
    this.offset = start?.offset ?? bomLength(window.facts);
    this.following = this.offset;
    if (start !== undefined) this.line = start.line - 1;
  }

  get text(): string {
    if (this.cutFrom !== null) return this.cutText;
    const { window, from, to } = this;
    if (window.ascii && this.width === 1) return window.raw.slice(from, to);
    return decodeRecord(window.bytes.subarray(from, to), window.facts);
  }

  /** Bytes of `text` in the file, without the line end. */
  get length(): number {
    return this.to - this.from;
  }

  /** First byte behind the line and its end. */
  get nextOffset(): number {
    return this.following;
  }

  /** @returns false at the end of the text */
  next(): boolean {
    const most = LINE_MAX * this.width;
    let end = this.findEnd();
    while (end < 0 && this.window.bytes.length - this.at <= most && this.refill()) end = this.findEnd();
    const whole = this.wholeBytes();
    if (end < 0) end = whole;
    if (end === this.at && end === whole) return false;
    this.offset = this.following;
    this.line++;
    this.from = this.at;
    this.to = end;
    this.cutFrom = null;
    if (end - this.at > most) {
      this.cutLine(most);
    } else {
      this.following = this.offset + this.length;
      this.passEnd(end);
    }
    return true;
  }

  private cutLine(most: number): void {
    const head = this.window.bytes.subarray(this.from, this.from + most);
    const length = wholeLength(head, this.window.facts.encoding);
    this.cutText = decodeRecord(head.subarray(0, length), this.window.facts);
    let passed = length;
    this.at = this.from + length;
    for (;;) {
      const found = this.findEnd();
      const end = found < 0 ? Math.max(this.at, this.wholeBytes() - this.heldBack()) : found;
      passed += end - this.at;
      this.at = end;
      if (found >= 0 || !this.refill()) break;
    }
    this.from = 0;
    this.to = length;
    this.cutFrom = passed / this.width;
    this.following = this.offset + passed;
    this.passEnd(this.at);
  }

  /** Bytes of the window without half a unit at its end. */
  private wholeBytes(): number {
    const { length } = this.window.bytes;
    return length - (length % this.width);
  }

  /** What may be the first half of a line end. */
  private heldBack(): number {
    const last = this.wholeBytes() - this.width;
    return !this.window.ended && this.unitAt(last) === CR ? this.width : 0;
  }

  /** Moves behind the line end that stands at `end`. */
  private passEnd(end: number): void {
    const unit = this.unitAt(end);
    let after = end;
    if (unit === LF) {
      this.end = 'lf';
      after = end + this.width;
    } else if (unit === CR) {
      this.end = this.unitAt(end + this.width) === LF ? 'crlf' : 'cr';
      after = end + (this.end === 'crlf' ? 2 : 1) * this.width;
    } else {
      this.end = null;
    }
    this.following += after - end;
    this.at = after;
  }

  /** Where the line ends, or -1 when that cannot be seen yet. */
  private findEnd(): number {
    const { bytes, ended } = this.window;
    if (this.nextLf < this.at) this.nextLf = this.find('\n');
    if (this.nextCr < this.at) this.nextCr = this.find('\r');
    const end = Math.min(this.nextLf, this.nextCr);
    if (end === Infinity) return -1;
    return end === this.nextCr && end + 2 * this.width > bytes.length && !ended ? -1 : end;
  }

  /** The next place of CR or LF, Infinity when there is none. */
  private find(sign: '\n' | '\r'): number {
    const { raw } = this.window;
    const { width, low } = this;
    for (let at = raw.indexOf(sign, this.at); at >= 0; at = raw.indexOf(sign, at + 1)) {
      if (width === 1) return at;
      const first = at - low;
      if (first % 2 === 0 && first >= this.at && raw.charCodeAt(at + 1 - 2 * low) === 0) return first;
    }
    return Infinity;
  }

  /** The character's code at a place of the window, -1 behind its end. */
  private unitAt(at: number): number {
    const { bytes } = this.window;
    if (at + this.width > bytes.length || at < 0) return -1;
    if (this.width === 1) return bytes[at] ?? -1;
    return this.low === 0 ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  }

  private refill(): boolean {
    if (this.window.ended) return false;
    this.window.refill(this.at);
    this.at = 0;
    this.nextLf = -1;
    this.nextCr = -1;
    return true;
  }
}
