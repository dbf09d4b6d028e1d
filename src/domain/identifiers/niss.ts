/**
 * The Belgian national number (NISS, INSZ, including BIS numbers): `YYMMDDXXXCC`. Its check decides whether it is
 * right; its date part never does, because unknown parts are zero and BIS numbers add 20 or 40 to the month.
 * Pure; it never throws.
 */
import { isDigits, readDigits } from './digits';

/** What a right number tells; a part is null where the number does not tell it. */
export interface NissReading {
  readonly year: number | null;
  readonly month: number | null;
  readonly day: number | null;
  readonly sex: 'male' | 'female' | null;
}

/** 1900 or 2000: the century whose check fits the eleven digits; null when neither does. */
function century(digits: string): 1900 | 2000 | null {
  const body = readDigits(digits, 0, 9);
  const check = readDigits(digits, 9, 11);
  if (check === 97 - (body % 97)) return 1900;
  return check === 97 - ((2_000_000_000 + body) % 97) ? 2000 : null;
}

/** Whether the value is eleven digits with a right check, for a birth before or from 2000. */
export function isNiss(value: string): boolean {
  return isDigits(value, 11) && century(value) !== null;
}

/** Reads a right number; null for any other value. */
export function readNiss(value: string): NissReading | null {
  const base = isDigits(value, 11) ? century(value) : null;
  if (base === null) return null;
  const written = readDigits(value, 2, 4);
  const bis = Math.floor(written / 20) * 20;
  const month = written % 20;
  const day = readDigits(value, 4, 6);
  const yearInCentury = readDigits(value, 0, 2);
  const monthKnown = month >= 1 && month <= 12 && bis <= 40;
  const yearKnown = yearInCentury !== 0 || month !== 0 || day !== 0;
  return {
    year: yearKnown ? base + yearInCentury : null,
    month: monthKnown ? month : null,
    day: monthKnown && day >= 1 && day <= 31 ? day : null,
    sex: bis === 0 || bis === 40 ? sexOf(value) : null,
  };
}

function sexOf(value: string): 'male' | 'female' {
  return readDigits(value, 6, 9) % 2 === 1 ? 'male' : 'female';
}
