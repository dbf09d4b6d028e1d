/**
 * Bytes to text, chunk by chunk, in an encoding that was decided before. It must only be given bytes that the
 * inspection found readable; then it loses nothing and never throws.
 */
import { isAscii } from 'node:buffer';
import type { Dialect } from '../../domain/batch';
import { incompleteTail } from './utf8';

export type Encoding = Dialect['encoding'];

/** Characters of the bytes 0x80 to 0x9F in Windows-1252; an undefined byte stays the control character it looks like. */
const WINDOWS_1252_C1 =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';

export interface TextDecoding {
  /** The characters completed by this chunk, which is not kept. */
  decode(chunk: Uint8Array): string;
}

export function createTextDecoding(encoding: Encoding): TextDecoding {
  let carry = Buffer.alloc(0);
  return {
    decode(chunk) {
      const view = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      const bytes = carry.length === 0 ? view : Buffer.concat([carry, view]);
      const tail = tailLength(bytes, encoding);
      const whole = tail === 0 ? bytes : bytes.subarray(0, bytes.length - tail);
      carry = Buffer.from(bytes.subarray(whole.length));
      return decodeWhole(whole, encoding);
    },
  };
}

/** The text of one record's bytes, cut out of the file by offset and length. */
export function decodeRecord(bytes: Uint8Array, dialect: Pick<Dialect, 'encoding'>): string {
  return decodeWhole(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), dialect.encoding);
}

/** How many of the bytes are whole characters: a cut may have left a part of one at the end. */
export function wholeLength(bytes: Uint8Array, encoding: Encoding): number {
  const whole = bytes.length - tailLength(bytes, encoding);
  if (encoding === 'utf-8' || encoding === 'windows-1252' || whole < 2) return whole;
  const high = bytes[whole - (encoding === 'utf-16le' ? 1 : 2)] ?? 0;
  return high >= 0xd8 && high <= 0xdb ? whole - 2 : whole;
}

/** Bytes that `text` takes in the file it was read from. */
export function encodedLength(text: string, encoding: Encoding): number {
  switch (encoding) {
    case 'utf-8':
      return Buffer.byteLength(text, 'utf8');
    case 'windows-1252':
      return text.length;
    case 'utf-16le':
    case 'utf-16be':
      return text.length * 2;
  }
}

function decodeWhole(bytes: Buffer, encoding: Encoding): string {
  switch (encoding) {
    case 'utf-8':
      return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
    case 'windows-1252':
      return bytes
        .toString('latin1')
        .replace(/[\x80-\x9f]/g, (character) => WINDOWS_1252_C1.charAt(character.charCodeAt(0) - 0x80));
    case 'utf-16le':
      return bytes.toString('utf16le');
    case 'utf-16be':
      return Buffer.from(bytes.subarray(0, bytes.length & ~1))
        .swap16()
        .toString('utf16le');
  }
}

function tailLength(bytes: Uint8Array, encoding: Encoding): number {
  if (encoding === 'utf-8') return incompleteTail(bytes);
  return encoding === 'windows-1252' ? 0 : bytes.length % 2;
}
