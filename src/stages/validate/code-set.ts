/**
 * A value set ready for looking up: codes compared without case, what a stranger most probably meant, and on which days
 * a code was valid. Answers on strangers are remembered, within bounds. Pure; it never throws.
 */
import { checkCode } from '../../domain/identifiers/code-check';
import type { Codelist, CodelistEntry } from '../../domain/message-type';
import { foldSpelling } from '../../domain/nearest';
import { bodyOf, CodeIndex } from './code-index';

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
  private readonly byFolded = new Map<string, string>();
  private readonly entriesOf = new Map<string, CodelistEntry[]>();
  private readonly hasCheckDigits: boolean;
  private readonly strangers = new Map<string, Stranger>();
  private readonly index: CodeIndex;

  constructor(codelist: Codelist) {
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
    this.index = new CodeIndex(this.codes, codelist.entries);
    this.dated = codelist.entries.some((entry) => entry.validFrom !== null || entry.validTo !== null);
    this.hasCheckDigits = this.codes.some((code) => checkCode(code) === 'right');
  }

  /** The code as the set writes it; null when the set has none. */
  find(code: string): string | null {
    return this.index.has(code) ? code : (this.byFolded.get(code.toLowerCase()) ?? null);
  }

  /** The period that fits `day` (YYYY-MM-DD) badly: null when `code`, as the set writes it, was valid then. */
  invalidOn(code: string, day: string): CodelistEntry | null {
    const entries = this.entriesOf.get(code) ?? [];
    const fits = entries.some(
      ({ validFrom, validTo }) => (validFrom === null || validFrom <= day) && (validTo === null || day <= validTo),
    );
    return fits ? null : (entries.at(-1) ?? null);
  }

  /** Whether all of `codes`, in any case, were valid on `day`. A code that the set lacks has no period. */
  isValidOn(codes: readonly string[], day: string): boolean {
    for (const code of codes) if (this.invalidOn(this.find(code) ?? '', day) !== null) return false;
    return true;
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
    const folded = foldSpelling(code);
    const respelled = this.index.respelled(folded);
    if (respelled !== null) return { near: true, suggestion: respelled, typingError };
    const rechecked = check === 'wrong' ? this.index.withBody(bodyOf(code)) : null;
    if (rechecked !== null) return { near: true, suggestion: rechecked, typingError };
    const close = check === 'right' ? [] : this.index.oneErrorAway(code).filter((near) => isTypingError(code, near));
    if (close.length > 0)
      return { near: true, suggestion: close.length === 1 ? (close[0] ?? null) : null, typingError };
    const suggestion = this.closed ? this.suggest(code, folded, check === 'right') : null;
    return { near: false, suggestion, typingError };
  }

  /** Further from the code than "nearly the same": for closed sets, where the record is refused anyway. */
  private suggest(code: string, folded: string, isRealCode: boolean): string | null {
    const labelled = this.index.labelled(folded);
    if (labelled !== undefined) return labelled;
    const completed = this.index.withBody(code);
    if (completed !== null || isRealCode) return completed;
    const nearest = this.index.nearest(folded, folded.length < 5 ? 1 : 2);
    return nearest.length === 1 ? (nearest[0] ?? null) : null;
  }
}

/**
 * Whether what is one error apart is not simply another member of one scheme (CL0001, CL0002). Codes with check digits
 * are told apart by these: a stranger whose own check is wrong is a typing error, whatever its scheme.
 */
function isTypingError(stranger: string, code: string): boolean {
  if (checkCode(code) === 'right' && checkCode(stranger) === 'wrong') return true;
  return schemeOf(stranger) !== schemeOf(code);
}

function schemeOf(code: string): string {
  return code.replace(/\d/g, '9').replace(/\p{L}/gu, 'A');
}
