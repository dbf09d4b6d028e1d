/** Variable-length integers as SQLite's file format writes them (section 1.6): seven bits a byte, the highest first. */

/** Bytes of the longest one that `writeVarint` writes. */
export const VARINT_MAX_BYTES = 8;

/** @param value an integer from 0 to 2^53 - 1 */
export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}

/**
 * @param value an integer from 0 to 2^53 - 1
 * @returns the position behind it
 */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  const length = varintLength(value);
  let rest = value;
  for (let i = length - 1; i >= 0; i--) {
    bytes[at + i] = (rest % 0x80) | (i === length - 1 ? 0 : 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return at + length;
}
