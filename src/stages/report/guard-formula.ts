/**
 * Keeps a spreadsheet from running a cell: one that begins with `=`, `+`, `-`, `@`, a tab or a CR gets a leading `'`,
 * unless it is a plain number or a telephone number. Reading a corrected file takes one such `'` off again.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const RISKY = /^[=+\-@\t\r]/;
const PLAIN_NUMBER = /^[+-]?\d{1,20}(?:[.,]\d{1,20})?$/;
const TELEPHONE = /^\+\d[\d ./()-]{5,24}$/;

export function guardFormula(cell: string): string {
  if (!RISKY.test(cell) || PLAIN_NUMBER.test(cell) || TELEPHONE.test(cell)) return cell;
  return `'${cell}`;
}
