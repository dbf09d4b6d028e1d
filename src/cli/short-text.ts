/** Values of any length on one line for people; scripts get them whole. Pure. */

const SHOWN_MAX = 60;

/** A longer text loses its end, and says how long it is. @param quote applied to what is left of it */
export function shortText(text: string, quote: (kept: string) => string = (kept) => kept): string {
  const characters = Array.from(text);
  if (characters.length <= SHOWN_MAX) return quote(text);
  return `${quote(characters.slice(0, SHOWN_MAX).join(''))}... (${characters.length} characters)`;
}
