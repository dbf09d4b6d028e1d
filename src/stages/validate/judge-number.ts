/**
 * Judges identification numbers: NISS, NIHDI, enterprise numbers, their combinations, prescription codes and Coronalert
 * test ids. Pure; it never throws.
 */
import { isDigits } from '../../domain/identifiers/digits';
import { isEnterpriseNumber } from '../../domain/identifiers/enterprise-number';
import { isNihdi } from '../../domain/identifiers/nihdi';
import { isNiss } from '../../domain/identifiers/niss';
import { isScientific } from './number-shapes';
import { RIGHT, type Judge, type Problem, type Verdict } from './verdict';

export type NumberFormat =
  'niss' | 'nihdi8' | 'kbo10' | 'nihdi8-or-niss' | 'nihdi8-or-kbo10' | 'ctpc16' | 'mobile-app-test-id';

const SPREADSHEET: Verdict = ['V203'];
/** Four blocks of four, with or without blanks or hyphens between them. */
const PRESCRIPTION = /^[A-Za-z0-9]{4}(?:[\s-]*[A-Za-z0-9]{4}){3}$/;

export function createNumberJudge(format: NumberFormat): Judge {
  if (format === 'ctpc16') return withSeparators((value) => PRESCRIPTION.test(value), 'V210', compactPrescription);
  if (format === 'mobile-app-test-id') {
    return withSeparators(
      (value) => /^\d{17}$/.test(value.replace(/-/g, '')),
      'V213',
      (value) => value.replace(/-/g, ''),
    );
  }
  const cases = CASES[format];
  return {
    judge(value) {
      const verdict = isDigits(value, value.length) ? cases.byLength[value.length] : undefined;
      if (verdict !== undefined) return typeof verdict === 'function' ? verdict(value) : verdict;
      return isScientific(value) ? SPREADSHEET : cases.otherwise;
    },
    normalise: null,
  };
}

type Step = Verdict | ((value: string) => Verdict);

interface Cases {
  /** By how many digits the value has. */
  readonly byLength: Readonly<Record<number, Step>>;
  readonly otherwise: Verdict;
}

function checked(isRight: (value: string) => boolean, problem: Problem): (value: string) => Verdict {
  const wrong: Verdict = [problem];
  return (value) => (isRight(value) ? RIGHT : wrong);
}

const niss = checked(isNiss, 'V202');
const nihdi = checked(isNihdi, 'V208');
const enterprise = checked(isEnterpriseNumber, 'V209:check');

/** Which code a value gets by its length: where two numbers are allowed, the nearer one decides. */
const CASES: Readonly<Record<Exclude<NumberFormat, 'ctpc16' | 'mobile-app-test-id'>, Cases>> = {
  niss: { byLength: { 11: niss }, otherwise: ['V201'] },
  nihdi8: { byLength: { 8: nihdi }, otherwise: ['V207'] },
  kbo10: { byLength: { 10: enterprise }, otherwise: ['V209'] },
  'nihdi8-or-niss': { byLength: { 8: nihdi, 9: ['V201'], 10: ['V201'], 11: niss }, otherwise: ['V207'] },
  'nihdi8-or-kbo10': { byLength: { 8: nihdi, 9: ['V209'], 10: enterprise }, otherwise: ['V207'] },
};

function withSeparators(
  isRight: (value: string) => boolean,
  problem: Problem,
  normalise: (value: string) => string,
): Judge {
  const wrong: Verdict = [problem];
  return {
    judge(value) {
      if (isRight(value)) return RIGHT;
      return isScientific(value) ? SPREADSHEET : wrong;
    },
    normalise,
  };
}

/** The sixteen characters alone, in capitals. */
function compactPrescription(value: string): string {
  return value.replace(/[\s-]/g, '').toUpperCase();
}
