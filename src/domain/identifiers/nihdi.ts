/** The NIHDI (RIZIV, INAMI) number without its qualification code: eight digits, the last two a check. Pure. */
import { isDigits, readDigits } from './digits';

/**
 * Whether the eight digits carry a right check: the first six under modulo 97, or under modulo 89 as for numbers
 * issued later to nurses, midwives and physicians. False for anything that is not eight digits.
 */
export function isNihdi(value: string): boolean {
  if (!isDigits(value, 8)) return false;
  const body = readDigits(value, 0, 6);
  const check = readDigits(value, 6, 8);
  return check === 97 - (body % 97) || check === 89 - (body % 89);
}
