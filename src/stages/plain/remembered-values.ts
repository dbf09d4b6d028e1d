/**
 * Short values that a field's judge found right, as bytes: what a file says again and again is judged once. Each value
 * has one place, given by its hash, and gives way to the next one there. Bounded memory; it never fails.
 */

const PLACES = 64;
/** Longer values are not remembered. */
const LONGEST = 24;

export class RememberedValues {
  private readonly lengths = new Uint8Array(PLACES);
  private readonly bytes = new Uint8Array(PLACES * LONGEST);

  has(bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from > LONGEST) return false;
    const place = placeOf(bytes, from, to);
    if (this.lengths[place] !== to - from) return false;
    const offset = place * LONGEST - from;
    for (let at = from; at < to; at++) if (this.bytes[offset + at] !== bytes[at]) return false;
    return true;
  }

  add(bytes: Uint8Array, from: number, to: number): void {
    if (to - from > LONGEST) return;
    const place = placeOf(bytes, from, to);
    this.lengths[place] = to - from;
    for (let at = from; at < to; at++) this.bytes[place * LONGEST + at - from] = bytes[at] ?? 0;
  }
}

function placeOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return (hash ^ (hash >>> 15)) & (PLACES - 1);
}
