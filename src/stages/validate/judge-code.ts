/** Judges codes of a value set, one or several in a cell. Validity dates are a rule of their own (R302). Pure. */
import type { FieldSpec } from '../../domain/message-type';
import type { CodeSet } from './code-set';
import { isLonger, isScientific } from './number-shapes';
import { RIGHT, type Judge, type Verdict } from './verdict';

const SPREADSHEET: Verdict = ['V203'];
const UNKNOWN: Verdict = ['R301'];
const LONG: Verdict = ['V212'];

export function createCodeJudge(field: Pick<FieldSpec, 'maxLength' | 'multiple'>, set: CodeSet): Judge {
  const { multiple, maxLength } = field;
  return {
    judge(value) {
      if (set.find(value) !== null) return RIGHT;
      const unknown = unknownCodes(value, multiple, set);
      if (unknown.length === 0) return RIGHT;
      if (unknown.some(isScientific)) return SPREADSHEET;
      if (set.closed || unknown.some((code) => set.stranger(code).near)) return UNKNOWN;
      return isLonger(value, maxLength) ? LONG : RIGHT;
    },
    normalise(value) {
      if (multiple === null) return set.find(value) ?? value;
      return splitCodes(value, multiple)
        .map((code) => set.find(code) ?? code)
        .join(multiple);
    },
  };
}

/** The codes of a cell: blanks around them and empty ones do not count. */
export function splitCodes(value: string, multiple: string | null): readonly string[] {
  if (multiple === null || !value.includes(multiple)) return [value];
  return value
    .split(multiple)
    .map((code) => code.trim())
    .filter((code) => code !== '');
}

/** Those of the cell that are not in the set, as written. */
export function unknownCodes(value: string, multiple: string | null, set: CodeSet): readonly string[] {
  return splitCodes(value, multiple).filter((code) => set.find(code) === null);
}
