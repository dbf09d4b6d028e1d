/** The Belgian enterprise number (KBO, BCE, CBE): ten digits, the first 0 or 1, the last two a check. Pure. */

/** Whether the value is a ten-digit number that begins with 0 or 1 and whose check (modulo 97) is right. */
export function isEnterpriseNumber(value: string): boolean {
  return /^[01]\d{9}$/.test(value) && Number(value.slice(8)) === 97 - (Number(value.slice(0, 8)) % 97);
}
