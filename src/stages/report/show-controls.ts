/**
 * Makes what cannot be seen visible, so that a value stays on its line and means what it shows: control characters
 * become their pictures (U+2400 and on), other invisible or direction-changing ones U+FFFD. Pure; it never fails.
 */
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

export function showControls(text: string): string {
  return text.replace(HIDDEN, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : '\ufffd';
  });
}
