/** What no value of any format may be: P103 and P110. Also how such a value is shown. Pure; never fails. */
import { createFinding, cutCodePoints, type FindingDetails } from '../../domain/create-finding';
import { FINDING_VALUE_MAX, type Finding } from '../../domain/finding';
import { trimBlanks } from './blanks';
import { VALUE_MAX } from './parse-result';

/** The value without blanks at its ends. */
export function cleanValue(text: string): string {
  if (text === '') return text;
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(text.length - 1);
  return first > 0x20 && first < 0x7f && last > 0x20 && last < 0x7f ? text : trimBlanks(text);
}

/** P103 or P110 on a clean value, or null. */
export function checkValue(value: string, place: FindingDetails): Finding | null {
  if (value.includes('\0')) return createFinding('P103', { ...place, value: showControls(value) });
  if (value.length <= VALUE_MAX) return null;
  const length = countCodePoints(value);
  if (length <= VALUE_MAX) return null;
  return createFinding('P110', { ...place, value, params: { length, maxLength: VALUE_MAX } });
}

/** NUL as the sign U+2400, so that reports stay text. */
export function showControls(value: string): string {
  return value.replaceAll('\0', '\u2400');
}

/** A sender's name for a column as findings hold it: cut, and a copy that keeps no stretch of the file in memory. */
export function showName(name: string): string {
  return Array.from(cutCodePoints(showControls(name), FINDING_VALUE_MAX)).join('');
}

function countCodePoints(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const next = text.charCodeAt(at + 1);
    if (unit >= 0xd800 && unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) at++;
    count++;
  }
  return count;
}
