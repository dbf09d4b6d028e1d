/**
 * Whether a value, as bytes of its line, is right and stored as it stands. The judges of the validate stage decide; what
 * is here knows when they need not be asked. "No" means only that someone else must look. Pure but for what is
 * remembered; it never throws.
 */
import type { FieldSpec, Format } from '../../domain/message-type';
import { cleanValue } from '../parse/check-value';
import type { Judge, Latest } from '../validate/verdict';
import { RememberedValues } from './remembered-values';

/** A stretch of a file: its bytes, and the same as text of one character a byte. */
export interface Stretch {
  readonly bytes: Buffer;
  readonly raw: string;
}

/** @param ascii whether the value is; else it is UTF-8 */
export type PlainCheck = (stretch: Stretch, from: number, to: number, ascii: boolean) => boolean;

const HYPHEN = 0x2d;
const COLON = 0x3a;

/** Formats whose values hardly ever come again. */
const VARIED: ReadonlySet<Format> = new Set(['niss', 'mobile-app-test-id', 'ctpc16', 'gisaid']);

export function createPlainCheck(field: FieldSpec, judge: Judge, latest: Latest): PlainCheck {
  const isRight = (value: string): boolean =>
    judge.judge(value, latest).length === 0 && (judge.normalise === null || judge.normalise(value) === value);
  const judged: PlainCheck = (stretch, from, to, ascii) => {
    if (ascii) return isRight(stretch.raw.slice(from, to));
    const value = stretch.bytes.toString('utf8', from, to);
    return cleanValue(value) === value && isRight(value);
  };
  if (field.format === 'text') return textCheck(field, judged);
  if (field.format === 'datetime' || field.format === 'datetime-or-date') return momentCheck(latest, judged);
  return VARIED.has(field.format) ? judged : remembering(judged);
}

/** ASCII text that neither a formula nor a number can be is right as long as it is not too long. */
function textCheck({ maxLength, identifier }: FieldSpec, judged: PlainCheck): PlainCheck {
  return (stretch, from, to, ascii) => {
    if (!ascii || to - from > maxLength) return judged(stretch, from, to, ascii);
    const first = stretch.bytes[from] ?? 0;
    const isDoubtful = isFormulaStart(first) || (identifier && first >= 0x30 && first <= 0x39);
    return !isDoubtful || judged(stretch, from, to, ascii);
  };
}

/** `YYYY-MM-DD hh:mm:ss` on a day before the latest that every month has, from year 1 on, is right. */
function momentCheck(latest: Latest, judged: PlainCheck): PlainCheck {
  const end = Number((latest.byLength[10] ?? '').replaceAll('-', ''));
  return (stretch, from, to, ascii) => {
    const day = to - from === 19 ? dayAt(stretch.bytes, from) : -1;
    return (day >= 0 && day < end && isTimeAt(stretch.bytes, from + 10)) || judged(stretch, from, to, ascii);
  };
}

/** The day that `YYYY-MM-DD` writes, as a number in the order of time; -1 where these are not surely a day. */
function dayAt(bytes: Uint8Array, at: number): number {
  if (bytes[at + 4] !== HYPHEN || bytes[at + 7] !== HYPHEN) return -1;
  const century = pairAt(bytes, at);
  const year = pairAt(bytes, at + 2);
  const month = pairAt(bytes, at + 5);
  const day = pairAt(bytes, at + 8);
  const surely = century >= 1 && year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= 28;
  return surely ? ((century * 100 + year) * 100 + month) * 100 + day : -1;
}

/** Whether ` hh:mm:ss` stands there, and is a time. */
function isTimeAt(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== 0x20 || bytes[at + 3] !== COLON || bytes[at + 6] !== COLON) return false;
  const hour = pairAt(bytes, at + 1);
  const minute = pairAt(bytes, at + 4);
  const second = pairAt(bytes, at + 7);
  return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
}

/** The number that two digits write, -1 where they are none. */
function pairAt(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - 0x30;
  const ones = (bytes[at + 1] ?? 0) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

function remembering(judged: PlainCheck): PlainCheck {
  const known = new RememberedValues();
  return (stretch, from, to, ascii) => {
    if (known.has(stretch.bytes, from, to)) return true;
    if (!judged(stretch, from, to, ascii)) return false;
    known.add(stretch.bytes, from, to);
    return true;
  };
}

/** One of `=+-@`. */
function isFormulaStart(byte: number): boolean {
  return byte === 0x3d || byte === 0x2b || byte === 0x2d || byte === 0x40;
}
