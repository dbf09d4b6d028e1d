/**
 * What a stranger to a value set is compared with. Everything is made once, when the first stranger asks for it, so
 * that a set of a hundred thousand codes answers the next ones in less than a millisecond. Pure; it never throws.
 */
import type { CodelistEntry } from '../../domain/message-type';
import { foldSpelling } from '../../domain/nearest';
import { Labels } from './labels';
import { Spellings } from './spellings';

const CHECK_DIGITS = ['', '-0', '-1', '-2', '-3', '-4', '-5', '-6', '-7', '-8', '-9'] as const;

export class CodeIndex {
  private readonly exact: ReadonlySet<string>;
  private folded: readonly string[] | null = null;
  /** Null where several codes are spelled so. */
  private byFolded: ReadonlyMap<string, string | null> | null = null;
  private labels: Labels | null = null;
  private loweredTree: Spellings | null = null;
  private foldedTree: Spellings | null = null;

  /** @param codes each once */
  constructor(
    private readonly codes: readonly string[],
    private readonly entries: readonly CodelistEntry[],
  ) {
    this.exact = new Set(codes);
  }

  has(code: string): boolean {
    return this.exact.has(code);
  }

  /** The one code of this folded spelling; null when there are none or several. */
  respelled(folded: string): string | null {
    this.byFolded ??= this.indexFolded();
    return this.byFolded.get(folded) ?? null;
  }

  /** The one code that is this but for its check digit; null when there are none or several. */
  withBody(body: string): string | null {
    const found = CHECK_DIGITS.map((end) => body + end).filter((code) => this.has(code) && bodyOf(code) === body);
    return found.length === 1 ? (found[0] ?? null) : null;
  }

  /** The one code with a label of this folded spelling; null when several have it, undefined when none has. */
  labelled(folded: string): string | null | undefined {
    this.labels ??= new Labels(this.entries);
    return this.labels.find(folded);
  }

  /** The codes at most one typing error away, case apart. */
  oneErrorAway(code: string): readonly string[] {
    this.loweredTree ??= this.growLowered();
    return this.loweredTree.within(code.toLowerCase(), 1);
  }

  /** The codes at the least distance in folded spelling; none when that is more than `limit`. */
  nearest(folded: string, limit: number): readonly string[] {
    this.foldedTree ??= new Spellings(this.codes, this.foldedCodes());
    return this.foldedTree.nearest(folded, limit);
  }

  /** One tree serves for both spellings where no code has separators or accents. */
  private growLowered(): Spellings {
    const folded = this.foldedCodes();
    const lowered = this.codes.map((code) => code.toLowerCase());
    if (lowered.some((each, at) => each !== folded[at])) return new Spellings(this.codes, lowered);
    this.foldedTree ??= new Spellings(this.codes, folded);
    return this.foldedTree;
  }

  private foldedCodes(): readonly string[] {
    this.folded ??= this.codes.map(foldSpelling);
    return this.folded;
  }

  private indexFolded(): ReadonlyMap<string, string | null> {
    const index = new Map<string, string | null>();
    for (const [at, folded] of this.foldedCodes().entries()) {
      index.set(folded, index.has(folded) ? null : (this.codes[at] ?? ''));
    }
    return index;
  }
}

/** What stands before the check digit of a code written `nnnnn-c`. */
export function bodyOf(code: string): string {
  return code.replace(/-\d$/, '');
}
