/** The Belgian enterprise number (KBO, BCE, CBE): ten digits, the first 0 or 1, the last two a check. Pure. */
import { isDigits, readDigits } from './digits';

/** Whether the value is a ten-digit number that begins with 0 or 1 and whose check (modulo 97) is right. */
export function isEnterpriseNumber(value: string): boolean {
  if (!isDigits(value, 10) || value > '2') return false;
  return readDigits(value, 8, 10) === 97 - (readDigits(value, 0, 8) % 97);
}
