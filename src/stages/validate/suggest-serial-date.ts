/**
 * Rewrites the number that a spreadsheet keeps a date as, where its cell was not formatted as one: days since the end of
 * 1899, the time of day as a fraction. Nothing is offered where another reading is possible: days since 1904, as some
 * workbooks count, or a short date that lost its first zero; nor a time of which digits were cut off. Pure.
 * @see ECMA-376 part 1, 18.17.4 (the two date systems)
 */
import { type Moment, writeMoment } from './suggest-date';
import type { DateFormat } from './judge-date';
import type { Latest } from './verdict';

/** Five decimals and more tell the second. */
const SERIAL = /^(\d{5})(?:[.,](\d{5,15}))?$/;
/** The day 0 of all days after February 1900, which the spreadsheets take for a month of 29 days. */
const EPOCH_MS = Date.UTC(1899, 11, 30);
const DAY_MS = 86_400_000;
/** From the days since 1904 to those since 1900. */
const OTHER_SYSTEM_DAYS = 1462;
/** Above it the second and third digit are neither a day nor a month. */
const DAY_MAX = 31;

/** @param latest no moment after it is meant: of the two date systems only one may be possible */
export function suggestSerialDate(value: string, format: DateFormat, latest: Latest): string | null {
  const [, days = '', fraction] = SERIAL.exec(value) ?? [];
  if (days === '' || Number(days.slice(1, 3)) <= DAY_MAX) return null;
  const seconds = fraction === undefined ? 0 : Math.round(Number(`0.${fraction}`) * 86_400);
  const ms = EPOCH_MS + Number(days) * DAY_MS + seconds * 1000;
  const otherDay = isoOf(ms + OTHER_SYSTEM_DAYS * DAY_MS).slice(0, 10);
  if (otherDay <= (latest.byLength[10] ?? '')) return null;
  const iso = isoOf(ms);
  const moment: Moment = { day: iso.slice(0, 10), time: fraction === undefined ? null : iso.slice(11, 19) };
  return writeMoment(moment, format);
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
