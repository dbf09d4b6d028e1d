/**
 * A value that can be written in place of a wrong one as it is. Candidates are made by format and offered only when the
 * field's own judge finds nothing wrong with them. Pure; it never throws.
 */
import type { FieldSpec } from '../../domain/message-type';
import type { CodeSet } from './code-set';
import { splitCodes } from './judge-code';
import type { NumberFormat } from './judge-number';
import { isScientific } from './number-shapes';
import { suggestDate } from './suggest-date';
import { suggestSerialDate } from './suggest-serial-date';
import type { Judge, Latest } from './verdict';

/** Longer values are nobody's typing error. */
const MENDABLE_MAX = 128;
/**
 * A NISS has lost two leading zeros at most: eight digits are a NIHDI number, whose check makes the padded number pass
 * as a NISS too.
 */
const NISS_DIGITS_MIN = 9;

export function suggestValue(
  field: FieldSpec,
  set: CodeSet | null,
  judge: Judge,
  latest: Latest,
  value: string,
): string | null {
  if (value.length > MENDABLE_MAX || isScientific(value)) return null;
  for (const candidate of candidates(field, set, latest, value)) {
    if (candidate !== value && candidate !== '' && judge.judge(candidate, latest).length === 0) return candidate;
  }
  return null;
}

function candidates(field: FieldSpec, set: CodeSet | null, latest: Latest, value: string): readonly string[] {
  switch (field.format) {
    case 'partial-date':
    case 'date':
    case 'datetime':
    case 'datetime-or-date':
    case 'yymmdd':
      return [
        suggestDate(value, field.format) ?? '',
        field.notInFuture ? (suggestSerialDate(value, field.format, latest) ?? '') : '',
      ];
    case 'boolean01':
      return sameMeaning(value, ['1', '0']);
    case 'enum':
      return sameMeaning(value, field.values);
    case 'constant':
      return field.values;
    case 'code':
      return set === null ? [] : [mendCodes(value, field.multiple, set)];
    case 'gisaid':
      return [value.replace(/^EPI[\s_-]*ISL[\s_-]*(\d+)$/i, 'EPI_ISL_$1')];
    case 'pangolin':
      return [value.replace(/\s/g, '').toUpperCase()];
    case 'orpha':
      return [value.replace(/^ORPHA[\s:_-]*/i, '')];
    case 'text':
      return [];
    default:
      return numberCandidates(field.format, value);
  }
}

function numberCandidates(format: NumberFormat, value: string): readonly string[] {
  const digits = digitsOf(value);
  switch (format) {
    case 'niss':
      return nissCandidates(digits);
    case 'nihdi8':
      return nihdiCandidates(digits);
    case 'kbo10':
      return enterpriseCandidates(digits);
    case 'nihdi8-or-niss':
      return [...nissCandidates(digits), ...nihdiCandidates(digits)];
    case 'nihdi8-or-kbo10':
      return [...enterpriseCandidates(digits), ...nihdiCandidates(digits)];
    case 'mobile-app-test-id':
      return [value.replace(SEPARATORS, '')];
    case 'ctpc16':
      return [value.replace(SEPARATORS, '').toUpperCase()];
  }
}

/** With the sign that makes it a text, or with decimals. */
const SPREADSHEET_NUMBER = /^'?(\d+)(?:[.,]0{1,2})?$/;
const SEPARATORS = /[\s\-./_]/g;

/**
 * The digits of a number written with separators or a country prefix, or as spreadsheets leave numbers; '' when anything
 * else stands in it.
 */
function digitsOf(value: string): string {
  const digits = value.replace(SPREADSHEET_NUMBER, '$1').replace(SEPARATORS, '').replace(/^BE/i, '');
  return /^\d+$/.test(digits) ? digits : '';
}

function nissCandidates(digits: string): readonly string[] {
  return digits.length >= NISS_DIGITS_MIN ? [digits.padStart(11, '0')] : [];
}

/** With the qualification code left on, the first eight of eleven digits are the number. */
function nihdiCandidates(digits: string): readonly string[] {
  return digits.length === 11 ? [digits.slice(0, 8)] : [digits];
}

function enterpriseCandidates(digits: string): readonly string[] {
  return digits.length === 9 ? [`0${digits}`] : [digits];
}

const YES = new Set(['1', 'y', 'yes', 'true', 't', 'ja', 'j', 'waar', 'oui', 'vrai', 'wahr']);
const NO = new Set(['0', 'n', 'no', 'false', 'f', 'nee', 'neen', 'onwaar', 'non', 'faux', 'nein', 'falsch']);

/** The allowed values that say the same: in other case, or as the same yes or no in another language. */
function sameMeaning(value: string, allowed: readonly string[]): readonly string[] {
  const folded = value.toLowerCase().replace(/[.,]0+$/, '');
  const respelled = allowed.filter((each) => each.toLowerCase() === folded);
  if (respelled.length > 0) return respelled;
  const words = YES.has(folded) ? YES : NO.has(folded) ? NO : null;
  return words === null ? [] : allowed.filter((each) => words.has(each.toLowerCase()));
}

/** The cell with each unknown code replaced; '' when one cannot be. */
function mendCodes(value: string, multiple: string | null, set: CodeSet): string {
  const mended = splitCodes(value, multiple).map((code) => set.find(code) ?? set.stranger(code).suggestion);
  return mended.includes(null) ? '' : mended.join(multiple ?? '');
}
