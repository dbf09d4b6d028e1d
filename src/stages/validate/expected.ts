/** What would be right in a field, in signs that read alike in every language. Pure. */
import type { FindingParams } from '../../domain/finding';
import type { FieldSpec, Format } from '../../domain/message-type';
import type { CodeSet } from './code-set';

/** Value sets up to this size are listed in full. */
const LISTED_CODES_MAX = 15;
const EXAMPLES_MAX = 3;

const FORMS: Readonly<Record<Exclude<Format, 'text' | 'code' | 'enum' | 'constant'>, string>> = {
  'partial-date': 'YYYY-MM-DD | YYYY-MM | YYYY',
  date: 'YYYY-MM-DD',
  datetime: 'YYYY-MM-DD hh:mm:ss',
  'datetime-or-date': 'YYYY-MM-DD hh:mm:ss | YYYY-MM-DD',
  'mobile-app-test-id': '17 × 0-9',
  yymmdd: 'YYMMDD',
  niss: '11 × 0-9',
  nihdi8: '8 × 0-9',
  kbo10: '10 × 0-9',
  'nihdi8-or-niss': '8 × 0-9 | 11 × 0-9',
  'nihdi8-or-kbo10': '8 × 0-9 | 10 × 0-9',
  ctpc16: '16 × A-Z 0-9',
  boolean01: '1 | 0',
  gisaid: 'EPI_ISL_123456',
  pangolin: 'A | B.1.1.7 | XBB.1.5',
  orpha: '355 | ORPHA:355',
};

/**
 * The codes of a short value set, the name of a long one, else the form; null for free text. What an open set has are
 * examples: a list of them ends in an ellipsis.
 * @param day where codes have dates: those valid then (YYYY-MM-DD); null: all
 */
export function expectedOf(field: FieldSpec, set: CodeSet | null, day: string | null = null): string | null {
  switch (field.format) {
    case 'text':
      return null;
    case 'code': {
      if (set === null) return null;
      if (!isListed(set)) return set.name;
      const codes = codesOn(day, set);
      return codes.length === 0 ? null : [...codes, ...(set.closed ? [] : ['…'])].join(' | ');
    }
    case 'enum':
    case 'constant':
      return field.values.join(' | ');
    default:
      return FORMS[field.format];
  }
}

/** Where `expectedOf` lists the codes of an open set: how the texts name these as examples. */
export function examplesOf(set: CodeSet | null, day: string | null): FindingParams {
  if (set === null || set.closed || !isListed(set)) return {};
  const codes = codesOn(day, set);
  return codes.length === 0 ? {} : { codelist: set.name, examples: codes.slice(0, EXAMPLES_MAX).join(', ') };
}

/** Whether the codes are few enough to be told one by one. */
export function isListed({ codes }: CodeSet): boolean {
  return codes.length <= LISTED_CODES_MAX;
}

function codesOn(day: string | null, set: CodeSet): readonly string[] {
  return day === null ? set.codes : set.codes.filter((code) => set.isValidOn([code], day));
}
