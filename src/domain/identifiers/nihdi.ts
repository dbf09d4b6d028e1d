/** The NIHDI (RIZIV, INAMI) number without its qualification code: eight digits, the last two a check. Pure. */

/**
 * Whether the eight digits carry a right check: the first six under modulo 97, or under modulo 89 as for numbers
 * issued later to nurses, midwives and physicians. False for anything that is not eight digits.
 */
export function isNihdi(value: string): boolean {
  if (!/^\d{8}$/.test(value)) return false;
  const body = Number(value.slice(0, 6));
  const check = Number(value.slice(6));
  return check === 97 - (body % 97) || check === 89 - (body % 89);
}
