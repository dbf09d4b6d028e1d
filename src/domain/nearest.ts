/** Nearest of a set of names or codes: what a typing error most probably meant. */

/**
 * Edit distance in which a swap of neighbours counts as one (optimal string alignment), or `limit + 1` where it is
 * more: for small limits, since the work grows with their power and hardly with the lengths.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let endA = a.length;
  let endB = b.length;
  while (endA > 0 && endB > 0 && a.charCodeAt(endA - 1) === b.charCodeAt(endB - 1)) {
    endA--;
    endB--;
  }

  /** Of what follows these positions, within what is left of the limit. */
  function distanceFrom(i: number, j: number, left: number): number {
    while (i < endA && j < endB && a.charCodeAt(i) === b.charCodeAt(j)) {
      i++;
      j++;
    }
    if (i === endA || j === endB) return Math.min(endA - i + endB - j, left + 1);
    if (left === 0 || Math.abs(endA - i - (endB - j)) > left) return left + 1;
    let least = distanceFrom(i + 1, j + 1, left - 1);
    least = Math.min(least, distanceFrom(i + 1, j, left - 1), distanceFrom(i, j + 1, left - 1));
    const swapped = i + 1 < endA && j + 1 < endB && a[i] === b[j + 1] && a[i + 1] === b[j];
    return 1 + (swapped ? Math.min(least, distanceFrom(i + 2, j + 2, left - 1)) : least);
  }

  return distanceFrom(0, 0, limit);
}

/** Lower case, without accents, blanks and separators: how spellings are compared. */
export function foldSpelling(text: string): string {
  foldedLatin ??= Array.from({ length: LATIN }, (_, unit) => foldAny(String.fromCharCode(unit)));
  let folded = '';
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= LATIN) return foldAny(text);
    folded += foldedLatin[unit] ?? '';
  }
  return folded;
}

/** Below this, letters fold one by one: whole value sets are folded at once. */
const LATIN = 0x250;
let foldedLatin: readonly string[] | undefined;

function foldAny(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[\s_\-./]/gu, '')
    .toLowerCase();
}

/**
 * The one candidate that `word` most probably meant: equal but for spelling, else at the least edit distance, at most
 * a third of its length and 3. Null when none is near or two are equally near.
 */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  const folded = foldSpelling(word).slice(0, 128);
  if (folded === '') return null;
  let least = Math.min(3, Math.floor(folded.length / 3)) + 1;
  let found: string[] = [];
  for (const candidate of candidates) {
    const distance = editDistance(folded, foldSpelling(candidate), least);
    if (distance < least) {
      least = distance;
      found = [candidate];
    } else if (distance === least && found.length > 0) {
      found.push(candidate);
    }
  }
  return found.length === 1 ? (found[0] ?? null) : null;
}
