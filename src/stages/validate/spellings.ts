/**
 * The codes of a value set in one way of spelling, as a tree by their letters, for finding those a few typing errors
 * away from a word: branches that went astray are left, so that a question looks at a small part of a large set. The
 * tree is grown when there are many questions; the first ones look at every code, which takes less. Pure; it never
 * throws.
 */
import { editDistance } from '../../domain/nearest';

/** A leaf that holds more becomes a branch. */
const LEAF_MAX = 8;
/** Questions answered without the tree. */
const WITHOUT_TREE = 4;
/** Beyond every limit. */
const FAR = 1_000;

interface Leaf {
  /** Positions of codes. */
  readonly at: number[];
}

interface Branch {
  /** By the next letter; '' leads to the leaf of those that end here. */
  readonly children: Map<string, Branch | Leaf>;
}

/** How the letters walked down differ from the beginnings of the word, and how they did a letter before. */
interface Walk {
  readonly depth: number;
  readonly letter: string;
  /** Edit distances to the beginnings of `depth - limit` letters to `depth + limit`. */
  readonly row: readonly number[];
  readonly before: readonly number[];
}

export class Spellings {
  private root: Branch | null = null;
  private asked = 0;

  /** @param spellings that of each code, in their order */
  constructor(
    private readonly codes: readonly string[],
    private readonly spellings: readonly string[],
  ) {}

  /** The codes at the least edit distance from `word`; none when that is more than `limit`. */
  nearest(word: string, limit: number): readonly string[] {
    const found = this.search(word, limit);
    const least = found.reduce((sofar, { distance }) => Math.min(sofar, distance), limit);
    return found.filter(({ distance }) => distance === least).map(({ code }) => code);
  }

  /** The codes at an edit distance of at most `limit` from `word`. */
  within(word: string, limit: number): readonly string[] {
    return this.search(word, limit).map(({ code }) => code);
  }

  private grow(): Branch {
    const root: Branch = { children: new Map() };
    for (const at of this.codes.keys()) this.insert(root, at);
    return root;
  }

  private insert(root: Branch, at: number): void {
    let branch = root;
    for (let depth = 0; ; depth++) {
      const letter = this.letterAt(at, depth);
      const child = branch.children.get(letter);
      if (child === undefined) {
        branch.children.set(letter, { at: [at] });
        return;
      }
      if ('at' in child) {
        child.at.push(at);
        if (letter !== '' && child.at.length > LEAF_MAX) branch.children.set(letter, this.split(child, depth + 1));
        return;
      }
      branch = child;
    }
  }

  private split({ at: all }: Leaf, depth: number): Branch {
    const children = new Map<string, Leaf>();
    for (const at of all) {
      const letter = this.letterAt(at, depth);
      const leaf = children.get(letter);
      if (leaf === undefined) children.set(letter, { at: [at] });
      else leaf.at.push(at);
    }
    return { children };
  }

  private letterAt(at: number, depth: number): string {
    return this.spellings[at]?.charAt(depth) ?? '';
  }

  private search(word: string, limit: number): readonly { readonly code: string; readonly distance: number }[] {
    const found: { code: string; distance: number }[] = [];
    const compare = (at: number): void => {
      const distance = editDistance(word, this.spellings[at] ?? '', limit);
      if (distance <= limit) found.push({ code: this.codes[at] ?? '', distance });
    };
    if (this.asked++ < WITHOUT_TREE) {
      for (const at of this.codes.keys()) compare(at);
      return found;
    }
    const visit = (node: Branch | Leaf, walk: Walk): void => {
      if ('children' in node) {
        for (const [letter, child] of node.children) {
          const next = letter === '' ? walk : step(walk, letter, word, limit);
          if (next === walk || next.row.some((distance) => distance <= limit)) visit(child, next);
        }
        return;
      }
      for (const at of node.at) compare(at);
    };
    const row = Array.from({ length: 2 * limit + 1 }, (_, at) => (at < limit ? FAR : at - limit));
    this.root ??= this.grow();
    visit(this.root, { depth: 0, letter: '', row, before: [] });
    return found;
  }
}

/** One letter further down: the next row of the table of edit distances, as far as it can stay within the limit. */
function step({ depth, letter: last, row, before }: Walk, letter: string, word: string, limit: number): Walk {
  const next: number[] = [];
  for (let at = 0; at <= 2 * limit; at++) {
    const length = depth + 1 - limit + at;
    let distance = FAR;
    if (length >= 0 && length <= word.length) {
      const other = word[length - 1] === letter ? 0 : 1;
      distance = Math.min((row[at + 1] ?? FAR) + 1, (next[at - 1] ?? FAR) + 1, (row[at] ?? FAR) + other);
      const swapped = length > 1 && word[length - 1] === last && word[length - 2] === letter;
      if (swapped) distance = Math.min(distance, (before[at] ?? FAR) + 1);
    }
    next.push(distance);
  }
  return { depth: depth + 1, letter, row: next, before: row };
}
