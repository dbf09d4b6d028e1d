/**
 * Rewrites a date that people or spreadsheets wrote in another form. Nothing is offered when day and month cannot be
 * told apart, when the year has two digits, or when a part would have to be invented. Pure; it never throws.
 */
import type { DateFormat } from './judge-date';

export interface Moment {
  /** `YYYY-MM-DD` or, for a month alone, `YYYY-MM`. */
  readonly day: string;
  /** `hh:mm:ss`, or null where only a day was written. */
  readonly time: string | null;
}

const YEAR_FIRST = /^(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})$/;
const YEAR_LAST = /^(\d{1,2})([-/. ])(\d{1,2})\2(\d{4})$/;
const MONTH_YEAR = /^(\d{1,2})[-/. ](\d{4})$/;
const YEAR_MONTH = /^(\d{4})[-/. ](\d{1,2})$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const COMPACT_MOMENT = /^(\d{8})(\d{2})(\d{2})(\d{2})?$/;
const TIME = /^(\d{1,2})[:hHuU.](\d{2})(?:[:.](\d{2}))?(?:[.,]\d+)?$/;
/** A day, then blanks or a T, then a time. */
const DAY_AND_TIME = /^(.+?)(?:\s+|\s*T\s*)(\d{1,2}[:hHuU.]\d{2}\S*)$/;

/** The value in the form of `format`, or null; it may still be a day that does not exist. */
export function suggestDate(value: string, format: DateFormat): string | null {
  const moment = value.length <= 40 ? readMoment(value) : null;
  return moment === null ? null : writeMoment(moment, format);
}

/** Null where the format wants a part that the moment has not. */
export function writeMoment(moment: Moment, format: DateFormat): string | null {
  const isMonth = moment.day.length === 7;
  switch (format) {
    case 'partial-date':
      return moment.day;
    case 'date':
      return isMonth ? null : moment.day;
    case 'yymmdd':
      return isMonth || !moment.day.startsWith('20') ? null : moment.day.slice(2).replace(/-/g, '');
    case 'datetime':
      return isMonth || moment.time === null ? null : `${moment.day} ${moment.time}`;
    case 'datetime-or-date':
      if (isMonth) return null;
      return moment.time === null ? moment.day : `${moment.day} ${moment.time}`;
  }
}

function readMoment(value: string): Moment | null {
  const compact = COMPACT_MOMENT.exec(value);
  if (compact !== null) {
    const [, day = '', hour = '', minute = '', second = '00'] = compact;
    return withTime(day, `${hour}:${minute}:${second}`);
  }
  const both = DAY_AND_TIME.exec(value);
  if (both !== null) return withTime(both[1] ?? '', both[2] ?? '');
  const day = readDay(value);
  return day === null ? null : { day, time: null };
}

function withTime(dayText: string, timeText: string): Moment | null {
  const day = readDay(dayText);
  const time = TIME.exec(timeText);
  if (day?.length !== 10 || time === null) return null;
  const [, hour = '', minute = '', second = '00'] = time;
  return { day, time: `${hour.padStart(2, '0')}:${minute}:${second}` };
}

function readDay(text: string): string | null {
  const yearFirst = YEAR_FIRST.exec(text) ?? COMPACT.exec(text);
  if (yearFirst !== null) return join(yearFirst[1], yearFirst[2], yearFirst[3]);
  const yearLast = YEAR_LAST.exec(text);
  if (yearLast !== null) {
    const [, first = '', , second = '', year] = yearLast;
    const order = orderOf(first, second);
    if (order === null) return null;
    return order === 'day-first' ? join(year, second, first) : join(year, first, second);
  }
  const yearMonth = YEAR_MONTH.exec(text);
  if (yearMonth !== null) return join(yearMonth[1], yearMonth[2]);
  const monthYear = MONTH_YEAR.exec(text);
  return monthYear === null ? null : join(monthYear[2], monthYear[1]);
}

/**
 * Which of the two comes first. A number above 12 is the day, and equal numbers need no order. Else only the Belgian
 * short form tells: `d/MM/yyyy` pads the month and not the day, which no month-first form does.
 */
function orderOf(first: string, second: string): 'day-first' | 'month-first' | null {
  if (Number(second) > 12) return 'month-first';
  if (Number(first) > 12 || Number(first) === Number(second)) return 'day-first';
  return first.length === 1 && second.length === 2 && second.startsWith('0') ? 'day-first' : null;
}

function join(...parts: readonly (string | undefined)[]): string {
  return parts.map((part = '', index) => (index === 0 ? part : part.padStart(2, '0'))).join('-');
}
