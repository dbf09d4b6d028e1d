/** Digits inside a string, without a regular expression: identifiers are checked millions of times. Pure. */

/** Whether `value` consists of digits and there are `length` of them. */
export function isDigits(value: string, length: number): boolean {
  if (value.length !== length) return false;
  for (let i = 0; i < length; i++) {
    const unit = value.charCodeAt(i);
    if (unit < 0x30 || unit > 0x39) return false;
  }
  return true;
}

/** The number that the digits from `start` up to `end` write; at most 15 of them. */
export function readDigits(value: string, start: number, end: number): number {
  let number = 0;
  for (let i = start; i < end; i++) number = number * 10 + value.charCodeAt(i) - 0x30;
  return number;
}
