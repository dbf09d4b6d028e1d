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

/**
 * A day of grace after now, so that no clock or time zone makes a finding.
 * @param now Belgian local, `YYYY-MM-DD hh:mm:ss`
 */
export function latestMoment(now: string): Latest {
  const later = new Date(Date.parse(`${now.replace(' ', 'T')}Z`) + 86_400_000).toISOString();
  const moment = `${later.slice(0, 10)} ${later.slice(11, 19)}`;
  const byLength = { 4: moment.slice(0, 4), 7: moment.slice(0, 7), 10: moment.slice(0, 10), 19: moment };
  return { byLength, yymmdd: moment.slice(2, 10).replace(/-/g, '') };
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
