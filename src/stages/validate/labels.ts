/**
 * The labels of a value set, for finding the code whose name somebody wrote. Of each only a hash of its folded spelling
 * is kept: labels are the larger part of a set. Pure; it never throws.
 */
import type { CodelistEntry } from '../../domain/message-type';
import { foldSpelling } from '../../domain/nearest';

export class Labels {
  private readonly hashes: Int32Array;
  /** Position of the entry that a label belongs to. */
  private readonly owners: Int32Array;

  constructor(private readonly entries: readonly CodelistEntry[]) {
    const count = entries.reduce((sofar, { labels }) => sofar + Object.keys(labels).length, 0);
    this.hashes = new Int32Array(count);
    this.owners = new Int32Array(count);
    let at = 0;
    for (const [owner, { labels }] of entries.entries()) {
      for (const label of Object.values(labels)) {
        this.hashes[at] = hash(foldSpelling(label));
        this.owners[at++] = owner;
      }
    }
  }

  /** The one code with a label of this folded spelling; null when several have it, undefined when none has. */
  find(folded: string): string | null | undefined {
    const wanted = hash(folded);
    let found: string | undefined;
    for (let at = this.hashes.indexOf(wanted); at >= 0; at = this.hashes.indexOf(wanted, at + 1)) {
      const entry = this.entries[this.owners[at] ?? -1];
      if (entry === undefined || !Object.values(entry.labels).some((label) => foldSpelling(label) === folded)) continue;
      if (found !== undefined && found !== entry.code) return null;
      found = entry.code;
    }
    return found;
  }
}

/** FNV-1a over the UTF-16 units, as a signed number. */
function hash(text: string): number {
  let sum = 0x811c9dc5 | 0;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  return sum;
}
