/** Makes text harmless for terminals and line readers: what is invisible or moves the cursor is written as an escape. */
import { isUtf8 } from 'node:buffer';

// C0 and C1 controls, DEL, line and paragraph separators, marks that turn the direction of writing, lone surrogates.
const UNSAFE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu;

/** `\uXXXX` for each character that is not shown as itself; the JSON notation, so that JSON stays JSON. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A name as the file system has it: one that is no UTF-8 with `\xNN` for each byte but plain ASCII, as `$'...'` takes it. */
export function escapeName(name: Buffer): string {
  if (isUtf8(name)) return escapeControls(name.toString('utf8'));
  return name
    .toString('latin1')
    .replace(/[^\x20-\x7e]|[\\']/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
