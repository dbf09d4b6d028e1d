/**
 * The texts that senders read, per language, as data in `texts/`. Each code has a `title` (short, no placeholder), a
 * `problem` and a `fix`. A key may carry a condition, `fix[suggestion]`, `problem[hint=typing-error]`, `problem[lines=#]`
 * (one number): the first whose placeholders are all filled (or equal) wins, the bare key holds otherwise. In the other
 * texts `{count?kind:kinds}` is what goes with the count. No text may hold a double quote, `;`, `|` or a tab: they are
 * written into lines whose quoting is broken already.
 */
import type { Language } from '../../domain/account';
import type { Outcome } from '../../domain/batch';
import type { FindingCode } from '../../domain/codes';
import de from './texts/de.json';
import en from './texts/en.json';
import fr from './texts/fr.json';
import nl from './texts/nl.json';

/** The texts of one code: the three bare keys, and any number of conditional ones. */
export type CodeTexts = Readonly<Record<'title' | 'problem' | 'fix', string>> & Readonly<Record<string, string>>;

/** A fixed wording of the text reports. */
export type Word = keyof typeof en.words;

export interface Texts {
  readonly outcomes: Readonly<Record<Outcome, string>>;
  readonly words: Readonly<Record<Word, string>>;
  readonly codes: Readonly<Record<FindingCode, CodeTexts>>;
}

/** All texts. That every language has every code and word is checked by the compiler and, key by key, by a test. */
export const TEXTS: Readonly<Record<Language, Texts>> = { en, nl, fr, de };

/** `{name}`, or `{name?one:many}`. */
const PLACEHOLDER = /\{(\w+)(?:\?([^:}]*):([^}]*))?\}/g;

/** Whether the language says so many in the singular: French does so of 0 too. */
function isOne(language: Language, count: number): boolean {
  return count === 1 || (language === 'fr' && count === 0);
}

/** A fixed wording with its placeholders filled. */
export function word(language: Language, name: Word, values: Readonly<Record<string, string | number>> = {}): string {
  return TEXTS[language].words[name].replace(PLACEHOLDER, (_, key: string, one?: string, many?: string) => {
    const value = values[key] ?? '';
    if (one === undefined || many === undefined) return String(value);
    return isOne(language, Number(value)) ? one : many;
  });
}

/** What a code means, in a language: for listings. */
export function codeTitle(code: FindingCode, language: Language): string {
  return TEXTS[language].codes[code].title;
}
