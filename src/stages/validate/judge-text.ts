/** Judges free text and the short fixed forms: constants, enumerations, GISAID, Pango, ORPHA. Pure; it never throws. */
import type { FieldSpec } from '../../domain/message-type';
import { isLonger, isScientific, looksLikeFormula } from './number-shapes';
import { RIGHT, type Judge, type Problem, type Verdict } from './verdict';

const SPREADSHEET: Verdict = ['V203'];
const LONG: Verdict = ['V212'];
const FORMULA: Verdict = ['V217'];
const LONG_FORMULA: Verdict = ['V212', 'V217'];

const GISAID = /^EPI_ISL_\d+$/;
/** Letters of the Pango alphabet (no I and O), then up to three numbers; only A, B and recombinants stand alone. */
const PANGO = /^(?:(?:A|B|X[A-HJ-NP-WYZ]{1,2})(?:\.[0-9]+){0,3}|[A-HJ-NP-WYZ]{1,2}(?:\.[0-9]+){1,3})$/;
const ORPHA = /^(?:ORPHA:)?\d+$/i;

export function createTextJudge(field: Pick<FieldSpec, 'maxLength' | 'identifier'>): Judge {
  return {
    judge(value) {
      const long = isLonger(value, field.maxLength);
      if (looksLikeFormula(value)) return long ? LONG_FORMULA : FORMULA;
      if (long) return LONG;
      return field.identifier && isScientific(value) ? SPREADSHEET : RIGHT;
    },
    normalise: null,
  };
}

export function createChoiceJudge(values: readonly string[], problem: 'V211' | 'V216'): Judge {
  return matching((value) => values.includes(value), problem);
}

export function createGisaidJudge(): Judge {
  return matching((value) => GISAID.test(value), 'V215');
}

export function createPangoJudge(): Judge {
  return matching((value) => PANGO.test(value), 'V214');
}

/** ORPHAcodes have no code of their own for a wrong form: they are codes of a set that is not at hand. */
export function createOrphaJudge(): Judge {
  const { judge } = matching((value) => ORPHA.test(value), 'R301');
  return { judge, normalise: (value) => value.replace(/^ORPHA:/i, '') };
}

function matching(isRight: (value: string) => boolean, problem: Problem): Judge {
  const wrong: Verdict = [problem];
  return {
    judge(value) {
      if (isRight(value)) return RIGHT;
      return isScientific(value) ? SPREADSHEET : wrong;
    },
    normalise: null,
  };
}
