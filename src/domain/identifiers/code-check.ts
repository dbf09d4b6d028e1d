/**
 * Check digits inside the codes of large terminologies: LOINC (`nnnnn-c`, Luhn) and SNOMED CT (Verhoeff over the whole
 * id). They word a finding and rank suggestions; they reject nothing by themselves. Pure; it never throws.
 */

/** `none`: the code is written in neither form, so it has no check digit of its own. */
export type CodeCheck = 'right' | 'wrong' | 'none';

const LOINC = /^\d{3,7}-\d$/;
/** SNOMED CT ids have 6 to 18 digits and no leading zero. */
const SNOMED = /^[1-9]\d{5,17}$/;

export function checkCode(code: string): CodeCheck {
  if (LOINC.test(code)) return luhnDigit(code.slice(0, -2)) === Number(code.slice(-1)) ? 'right' : 'wrong';
  if (SNOMED.test(code)) return hasVerhoeffCheck(code) ? 'right' : 'wrong';
  return 'none';
}

/** The Luhn check digit that belongs after `digits`. */
export function luhnDigit(digits: string): number {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return (10 - (sum % 10)) % 10;
}

/** One turn of the permutation that Verhoeff's method applies once more per position. */
const PERMUTATION = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/** Whether the last digit of `digits` is the Verhoeff check of those before it. */
export function hasVerhoeffCheck(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    let digit = Number(digits[digits.length - 1 - i]);
    for (let turn = i % 8; turn > 0; turn--) digit = PERMUTATION[digit] ?? 0;
    sum = dihedralProduct(sum, digit);
  }
  return sum === 0;
}

/** Product in the dihedral group of order ten: 0 to 4 turn, 5 to 9 mirror and turn. */
function dihedralProduct(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : ((a + b) % 5) + 5;
  return b < 5 ? ((a - b) % 5) + 5 : (a - b + 5) % 5;
}
