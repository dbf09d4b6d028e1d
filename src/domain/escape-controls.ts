/** Makes text harmless for terminals and line readers: what is invisible or moves the cursor is written as an escape. */

// C0 and C1 controls, DEL, line and paragraph separators, marks that turn the direction of writing, lone surrogates.
const UNSAFE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu;

/** `\uXXXX` for each character that is not shown as itself; the JSON notation, so that JSON stays JSON. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
