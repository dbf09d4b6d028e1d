/** Shapes of numbers that spreadsheets and programs leave in a cell. Pure. */

/** One digit, optional decimals after point or comma, an exponent with its sign and two digits or more. */
const SCIENTIFIC = /^\d(?:[.,]\d*)?[eE][+-]\d{2,}$/;

/** Whether a spreadsheet wrote the number in scientific notation, so that its digits are lost. */
export function isScientific(value: string): boolean {
  return SCIENTIFIC.test(value);
}

const FORMULA_STARTS = '=+-@';
const PLAIN_NUMBER = /^[+-]?\d+(?:[.,]\d+)?$/;
const TELEPHONE = /^\+[\d\s()./-]*\d[\d\s()./-]*$/;
/** Signs alone, as people write for "none" or a doubtful result. */
const SIGNS_ALONE = /^(?:-+|\+|\+\/-)$/;

/** Whether a spreadsheet may take the value for a formula; plain numbers, telephones and signs alone are none. */
export function looksLikeFormula(value: string): boolean {
  if (!FORMULA_STARTS.includes(value.charAt(0))) return false;
  return !PLAIN_NUMBER.test(value) && !TELEPHONE.test(value) && !SIGNS_ALONE.test(value);
}

/** Whether `value` has more than `max` code points. */
export function isLonger(value: string, max: number): boolean {
  return value.length > max && countCodePoints(value) > max;
}

export function countCodePoints(value: string): number {
  let count = 0;
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00 && (value.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++;
    count++;
  }
  return count;
}
