/**
 * The fast path for large files. It takes the records that nothing speaks against, as most do, from the bytes of their
 * lines, without making a string of each value, and leaves every other line to the stages that find words for what is
 * wrong. It decides nothing by itself: value by value and rule by rule it asks what the validate stage is made of, so
 * that it takes a line only where that stage would have found nothing and changed nothing.
 *
 * Not taken as well: a line with a quote that does not enclose a value or with a control character, one outside ASCII
 * unless the file is UTF-8, and every line of a file whose header has columns without a name or the guard of a
 * corrected reject file.
 */
import type { MessageType } from '../../domain/message-type';
import { isInFieldOrder, type PlainRecord } from '../../domain/plain-record';
import type { CsvHeader } from '../parse/decide-header';
import type { Encoding } from '../parse/decode-text';
import type { LineReader } from '../parse/line-reader';
import { VALUE_MAX, type RowTaker } from '../parse/parse-result';
import type { CompiledType } from '../validate/compile-type';
import type { Facts } from '../validate/cross-rules';
import type { Latest } from '../validate/verdict';
import { createPlainCheck, type PlainCheck, type Stretch } from './check-plain-value';
import { RecordShapes } from './record-shapes';

export interface PlainRowsInput {
  readonly type: MessageType;
  readonly compiled: CompiledType;
  /** What the rules need to know besides the record. */
  readonly sender: string | null;
  readonly fileTime: string | null;
  readonly latest: Latest;
  readonly onPlain: (record: PlainRecord) => void;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** After so many lines in a row that were not taken, the file is left to others: trying costs time. */
const REFUSED_MAX = 1_000;

/** What a byte is in a line. */
const PART_OF_VALUE = 0;
const OUTSIDE_ASCII = 1;
const SEPARATOR = 2;
const QUOTATION = 3;
const OTHER = 4;

const SPACE = 0x20;
const QUOTE = 0x22;
const DELETE = 0x7f;

/** Null where no line of such a file can be taken. */
export function createPlainRows(input: PlainRowsInput, header: CsvHeader, encoding: Encoding): RowTaker | null {
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return null;
  return header.guarded || header.nameless.length > 0 ? null : new PlainRows(input, header, encoding === 'utf-8');
}

class PlainRows implements RowTaker {
  private readonly kinds: Uint8Array;
  /** Between quotes. */
  private readonly quotedKinds: Uint8Array;
  private readonly separator: number;
  private readonly width: number;
  /** By column; -1 for one that is ignored. */
  private readonly fieldOf: Int16Array;
  private readonly checks: readonly PlainCheck[];
  private readonly shapes: RecordShapes;
  /** One bit for each field of the line at hand. */
  private readonly filled: Int32Array;
  /** Of the line at hand, as far as its shape reads them. */
  private readonly values: string[];
  /** Where the value of each field begins in the window. */
  private readonly places: Int32Array;
  /** Lines in a row that were not taken. */
  private refused = 0;
  /** Holds the line at hand. */
  private window: Stretch = { bytes: Buffer.alloc(0), raw: '' };
  /** Whether the value at hand is. */
  private ascii = true;
  private readonly facts: Facts;
  private readonly current: Writable<PlainRecord>;

  constructor(
    private readonly input: PlainRowsInput,
    { delimiter, names, fieldOf }: CsvHeader,
    utf8: boolean,
  ) {
    const { type, compiled, latest, sender, fileTime } = input;
    const count = type.fields.length;
    this.separator = delimiter.charCodeAt(0);
    this.kinds = kindsOfBytes(utf8);
    this.quotedKinds = this.kinds.slice();
    this.kinds[this.separator] = SEPARATOR;
    this.kinds[QUOTE] = QUOTATION;
    this.width = names.length;
    this.fieldOf = Int16Array.from(fieldOf);
    this.checks = type.fields.map((field, index) => {
      const judge = compiled.judges[index];
      return judge === undefined ? () => false : createPlainCheck(field, judge, latest);
    });
    this.shapes = new RecordShapes(type, compiled);
    this.filled = new Int32Array(Math.ceil(count / 32));
    this.values = new Array<string>(count).fill('');
    this.places = new Int32Array(count);
    this.facts = { values: this.values, unusable: null, sender, fileTime };
    this.current = {
      ...{ line: 0, record: 0, offset: 0, length: 0, key: '', patient: '', ascii: true },
      bytes: Buffer.alloc(VALUE_MAX),
      inOrder: isInFieldOrder(fieldOf),
      starts: new Int32Array(count),
      ends: new Int32Array(count),
    };
  }

  take(reader: LineReader, record: number): boolean {
    if (this.refused === REFUSED_MAX) return false;
    const taken = this.tryToTake(reader, record);
    this.refused = taken ? 0 : this.refused + 1;
    return taken;
  }

  private tryToTake(reader: LineReader, record: number): boolean {
    if (reader.cutFrom !== null || reader.length > VALUE_MAX || !this.split(reader)) return false;
    const { whole, wrong, rules, reads } = this.shapes.of(this.filled);
    if (!whole) return false;
    this.read(reads);
    for (const isBroken of wrong) if (isBroken(this.values)) return false;
    for (const judge of rules) if (judge(this.facts) !== null) return false;
    const { current } = this;
    const { key, patient } = this.input.compiled.identify(this.values);
    current.line = reader.line;
    current.record = record;
    current.offset = reader.offset;
    current.length = reader.length;
    current.key = key;
    current.patient = patient;
    this.input.onPlain(current);
    return true;
  }

  /** Finds the line's values and judges each by itself; false at the first that must be looked at otherwise. */
  private split({ window, from, to }: LineReader): boolean {
    const { kinds, quotedKinds, separator, width, filled, current } = this;
    const { bytes } = window;
    const { bytes: values } = current;
    this.window = window;
    filled.fill(0);
    current.ascii = true;
    let ascii = true;
    let column = 0;
    /** Of the value at hand: where it begins, in the window and among the values that were taken, and where it ends there. */
    let start = from;
    let taken = 0;
    let end = 0;
    for (let at = from; ; at++) {
      const byte = at < to ? (bytes[at] ?? 0) : separator;
      const kind = kinds[byte];
      if (kind === PART_OF_VALUE || kind === OUTSIDE_ASCII) {
        if (kind === OUTSIDE_ASCII) ascii = false;
        values[end++] = byte;
        continue;
      }
      if (kind === QUOTATION) {
        const close = at === start ? closingQuote(bytes, at, to, separator) : -1;
        if (close < 0) return false;
        for (at++; at < close; at++) {
          const inner = quotedKinds[bytes[at] ?? 0];
          if (inner === OTHER) return false;
          if (inner === OUTSIDE_ASCII) ascii = false;
          values[end++] = bytes[at] ?? 0;
        }
        at = close + 1;
        start++;
      }
      if (kind === OTHER || column === width) return false;
      this.ascii = ascii;
      end = this.takeValue(column, start, taken, end);
      if (end < 0) return false;
      taken = end;
      if (!ascii) current.ascii = false;
      ascii = true;
      column++;
      if (at >= to) return column === width;
      start = at + 1;
    }
  }

  /** Trims a value and judges it. Returns where the values end that were taken; -1 for one that is left. */
  private takeValue(column: number, start: number, taken: number, untrimmed: number): number {
    const { fieldOf, checks, filled, places } = this;
    const { bytes: values, starts, ends } = this.current;
    let end = untrimmed;
    while (end > taken && values[end - 1] === SPACE) end--;
    let blanks = 0;
    while (taken + blanks < end && values[taken + blanks] === SPACE) blanks++;
    if (blanks > 0) {
      values.copyWithin(taken, taken + blanks, end);
      end -= blanks;
    }
    const field = fieldOf[column] ?? -1;
    if (field < 0) return taken;
    const place = start + blanks;
    places[field] = place;
    starts[field] = taken;
    ends[field] = end;
    if (end === taken) return end;
    filled[field >> 5] = (filled[field >> 5] ?? 0) | (1 << (field & 31));
    const check = checks[field];
    return check?.(this.window, place, place + end - taken, this.ascii) === true ? end : -1;
  }

  private read(reads: readonly number[]): void {
    const { window, places } = this;
    const { starts, ends, ascii } = this.current;
    for (const index of reads) {
      const start = places[index] ?? 0;
      const end = start + (ends[index] ?? 0) - (starts[index] ?? 0);
      this.values[index] = ascii ? window.raw.slice(start, end) : window.bytes.toString('utf8', start, end);
    }
  }
}

/** The next quote, where a separator or the line's end is behind it; else -1. */
function closingQuote(bytes: Uint8Array, open: number, to: number, separator: number): number {
  const close = bytes.indexOf(QUOTE, open + 1);
  return close >= 0 && (close + 1 === to || (close + 1 < to && bytes[close + 1] === separator)) ? close : -1;
}

function kindsOfBytes(utf8: boolean): Uint8Array {
  const kinds = new Uint8Array(256).fill(OTHER);
  kinds.fill(PART_OF_VALUE, SPACE, DELETE);
  if (utf8) kinds.fill(OUTSIDE_ASCII, DELETE + 1);
  return kinds;
}
