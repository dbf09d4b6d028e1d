/** Nearest of a set of names or codes: what a typing error most probably meant. */

/** Edit distance in which a swap of neighbours counts as one (optimal string alignment), given up above `limit`. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let cost = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      const swapped =
        i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1);
      if (swapped) cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      current.push(cost);
      best = Math.min(best, cost);
    }
    if (best > limit) return limit + 1;
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** Lower case, without accents, blanks and separators: how spellings are compared. */
export function foldSpelling(text: string): string {
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
