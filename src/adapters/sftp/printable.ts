const PRINTABLE_MAX_CHARACTERS = 300;

/** Text of a stranger for logs: cut, and everything but printable ASCII as `\xNN`, so that no terminal obeys it. */
export function printable(text: Buffer | string): string {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  return bytes
    .subarray(0, PRINTABLE_MAX_CHARACTERS)
    .toString('latin1')
    .replace(/[^\x20-\x5b\x5d-\x7e]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
