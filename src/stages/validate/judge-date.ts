/**
 * Judges dates and times by their form, then by the calendar and the clock, then by now. An hour that the change to
 * summer time skips is accepted. Pure; it never throws.
 */
import { isDigits, readDigits } from '../../domain/identifiers/digits';
import { isScientific } from './number-shapes';
import { RIGHT, type Judge, type Latest, type Verdict } from './verdict';

const SPREADSHEET: Verdict = ['V203'];
const NOT_THE_FORM: Verdict = ['V204'];
const UNREAL: Verdict = ['V205'];
const FUTURE: Verdict = ['V206'];

export type DateFormat = 'partial-date' | 'date' | 'datetime' | 'datetime-or-date' | 'yymmdd';

/** Lengths of the forms that each format allows: `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, `YYYY-MM-DD hh:mm:ss`. */
const LENGTHS: Readonly<Record<Exclude<DateFormat, 'yymmdd'>, readonly number[]>> = {
  'partial-date': [4, 7, 10],
  date: [10],
  datetime: [19],
  'datetime-or-date': [10, 19],
};

/** Separators of the longest form by position; 0 where a digit stands. */
const SEPARATORS = Array.from('0000-00-00 00:00:00', (sign) => (sign === '0' ? 0 : sign.charCodeAt(0)));

export function createDateJudge(format: DateFormat, notInFuture: boolean): Judge {
  const judge = format === 'yymmdd' ? judgeYymmdd : judgeIso(LENGTHS[format]);
  return {
    judge(value, latest) {
      const verdict = judge(value, latest);
      if (verdict === NOT_THE_FORM) return isScientific(value) ? SPREADSHEET : verdict;
      return verdict === FUTURE && !notInFuture ? RIGHT : verdict;
    },
    normalise: null,
  };
}

function judgeIso(lengths: readonly number[]): (value: string, latest: Latest) => Verdict {
  return (value, latest) => {
    if (!lengths.includes(value.length) || !hasForm(value)) return NOT_THE_FORM;
    if (!isReal(value)) return UNREAL;
    return value > (latest.byLength[value.length] ?? '') ? FUTURE : RIGHT;
  };
}

function judgeYymmdd(value: string, latest: Latest): Verdict {
  if (!isDigits(value, 6)) return NOT_THE_FORM;
  if (!isReal(yymmddToIso(value))) return UNREAL;
  return value > latest.yymmdd ? FUTURE : RIGHT;
}

/** `YYMMDD` of this century as `YYYY-MM-DD`. */
export function yymmddToIso(value: string): string {
  return `20${value.slice(0, 2)}-${value.slice(2, 4)}-${value.slice(4, 6)}`;
}

/** Digits and separators stand where the form has them. */
function hasForm(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const separator = SEPARATORS[i];
    const unit = value.charCodeAt(i);
    if (separator === 0 ? unit < 0x30 || unit > 0x39 : unit !== separator) return false;
  }
  return true;
}

/** Such a day exists in the calendar and such a time on the clock; the form is given. */
function isReal(value: string): boolean {
  const year = readDigits(value, 0, 4);
  if (year === 0) return false;
  if (value.length === 4) return true;
  const month = readDigits(value, 5, 7);
  if (month < 1 || month > 12) return false;
  if (value.length === 7) return true;
  const day = readDigits(value, 8, 10);
  if (day < 1 || day > daysIn(year, month)) return false;
  return (
    value.length === 10 ||
    (readDigits(value, 11, 13) < 24 && readDigits(value, 14, 16) < 60 && readDigits(value, 17, 19) < 60)
  );
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
