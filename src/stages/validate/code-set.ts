/**
 * A value set ready for looking up: codes compared without case, what a stranger most probably meant, and on which days
 * a code was valid. Answers on strangers are remembered, within bounds. Pure; it never throws.
 */
import { checkCode } from '../../domain/identifiers/code-check';
import type { Codelist, CodelistEntry } from '../../domain/message-type';
import { editDistance, foldSpelling } from '../../domain/nearest';

const REMEMBERED_MAX = 1_000;
/** Longer strangers are compared with nothing. */
const COMPARABLE_MAX = 64;

/** What is known of a code that is not in the set. */
export interface Stranger {
  /** A code of the set is nearly the same: worth telling even where the set is open. */
  readonly near: boolean;
  /** The one code that was most probably meant. */
  readonly suggestion: string | null;
  /** It has the form of codes that carry a check digit, and its own fails. */
  readonly typingError: boolean;
}

export class CodeSet {
  readonly name: string;
  readonly closed: boolean;
  readonly codes: readonly string[];
  /** Some code has a first or last day. */
  readonly dated: boolean;
  private readonly exact: ReadonlySet<string>;
  private readonly byFolded = new Map<string, string>();
  private readonly entriesOf = new Map<string, CodelistEntry[]>();
  private readonly hasCheckDigits: boolean;
  private readonly strangers = new Map<string, Stranger>();

  constructor(private readonly codelist: Codelist) {
    this.name = codelist.name;
    this.closed = codelist.closed;
    for (const entry of codelist.entries) {
      const folded = entry.code.toLowerCase();
      const code = this.byFolded.get(folded) ?? entry.code;
      this.byFolded.set(folded, code);
      const entries = this.entriesOf.get(code);
      if (entries === undefined) this.entriesOf.set(code, [entry]);
      else entries.push(entry);
    }
    this.codes = [...this.byFolded.values()];
    this.exact = new Set(this.codes);
    this.dated = codelist.entries.some((entry) => entry.validFrom !== null || entry.validTo !== null);
    this.hasCheckDigits = this.codes.some((code) => checkCode(code) === 'right');
  }

  /** The code as the set writes it; null when the set has none. */
  find(code: string): string | null {
    return this.exact.has(code) ? code : (this.byFolded.get(code.toLowerCase()) ?? null);
  }

  /** The period that fits `day` (YYYY-MM-DD) badly: null when `code`, as the set writes it, was valid then. */
  invalidOn(code: string, day: string): CodelistEntry | null {
    const entries = this.entriesOf.get(code) ?? [];
    const fits = entries.some(
      ({ validFrom, validTo }) => (validFrom === null || validFrom <= day) && (validTo === null || day <= validTo),
    );
    return fits ? null : (entries.at(-1) ?? null);
  }

  stranger(code: string): Stranger {
    const known = this.strangers.get(code);
    if (known !== undefined) return known;
    const found = this.lookAt(code);
    if (code.length > COMPARABLE_MAX) return found;
    if (this.strangers.size >= REMEMBERED_MAX) this.strangers.clear();
    // A copy: the code may be a slice that would keep a whole chunk of the file in memory.
    this.strangers.set(` ${code}`.slice(1), found);
    return found;
  }

  private lookAt(code: string): Stranger {
    const check = checkCode(code);
    const typingError = check === 'wrong' && this.hasCheckDigits;
    if (code.length > COMPARABLE_MAX) return { near: false, suggestion: null, typingError };
    const respelled = this.only((candidate) => foldSpelling(candidate) === foldSpelling(code));
    if (respelled !== null) return { near: true, suggestion: respelled, typingError };
    const rechecked = check === 'wrong' ? this.only((candidate) => bodyOf(candidate) === bodyOf(code)) : null;
    if (rechecked !== null) return { near: true, suggestion: rechecked, typingError };
    const close = check === 'right' ? [] : this.codes.filter((candidate) => isNearly(code, candidate));
    if (close.length > 0)
      return { near: true, suggestion: close.length === 1 ? (close[0] ?? null) : null, typingError };
    return { near: false, suggestion: this.closed ? this.suggest(code, check === 'right') : null, typingError };
  }

  /** Further from the code than "nearly the same": for closed sets, where the record is refused anyway. */
  private suggest(code: string, isRealCode: boolean): string | null {
    const folded = foldSpelling(code);
    const labelled = new Set(
      this.codelist.entries.flatMap(({ code: meant, labels }) =>
        Object.values(labels).some((label) => foldSpelling(label) === folded) ? [meant] : [],
      ),
    );
    if (labelled.size > 0) return labelled.size === 1 ? ([...labelled][0] ?? null) : null;
    const completed = this.only((candidate) => bodyOf(candidate) === code);
    if (completed !== null || isRealCode) return completed;
    const limit = folded.length < 5 ? 1 : 2;
    const distances = this.codes.map((candidate) => editDistance(folded, foldSpelling(candidate), limit));
    const least = Math.min(...distances);
    if (least > limit) return null;
    return this.only((candidate) => distances[this.codes.indexOf(candidate)] === least);
  }

  /** The one code for which `holds`; null when there are none or several. */
  private only(holds: (candidate: string) => boolean): string | null {
    const found = this.codes.filter(holds);
    return found.length === 1 ? (found[0] ?? null) : null;
  }
}

/**
 * One typing error apart, and not simply two members of one scheme (CL0001, CL0002). Codes with check digits are told
 * apart by these: a stranger whose own check is wrong is a typing error, whatever its scheme.
 */
function isNearly(stranger: string, code: string): boolean {
  if (editDistance(stranger.toLowerCase(), code.toLowerCase(), 1) > 1) return false;
  if (checkCode(code) === 'right' && checkCode(stranger) === 'wrong') return true;
  return schemeOf(stranger) !== schemeOf(code);
}

/** What stands before the check digit of a code written `nnnnn-c`. */
function bodyOf(code: string): string {
  return code.replace(/-\d$/, '');
}

function schemeOf(code: string): string {
  return code.replace(/\d/g, '9').replace(/\p{L}/gu, 'A');
}
