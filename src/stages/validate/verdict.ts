/** What a field's judge says of one value, and what it needs to know besides the value. */
import type { FindingCode } from '../../domain/codes';

/** A code; with `:check` where the value has the form of the number and only its check digits are wrong. */
export type Problem = FindingCode | `${FindingCode}:check`;

/** All that is wrong with a value by itself; empty when it is right. Shared: never changed. */
export type Verdict = readonly Problem[];

export const RIGHT: Verdict = Object.freeze([]);

/** The last moment that is not in the future, as dates of each form write it. */
export interface Latest {
  /** `YYYY-MM-DD hh:mm:ss` and its beginnings, by the length of the form: 4, 7, 10, 19. */
  readonly byLength: Readonly<Record<number, string>>;
  readonly yymmdd: string;
}

export interface Judge {
  /** Judges a value that is not empty. */
  readonly judge: (value: string, latest: Latest) => Verdict;
  /** A right value as it is stored; null where it is stored as it came. */
  readonly normalise: ((value: string) => string) | null;
}

/** The code of a problem. */
export function codeOf(problem: Problem): FindingCode {
  return (problem.endsWith(':check') ? problem.slice(0, -':check'.length) : problem) as FindingCode;
}
