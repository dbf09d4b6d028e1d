/** One thing that `labdrop check` looked at. */
export interface CheckResult {
  readonly area: string;
  readonly ok: boolean;
  readonly what: string;
  /** The command, or the words, that mend it; null where nothing is wrong. */
  readonly fix: string | null;
}

export function fine(area: string, what: string): CheckResult {
  return { area, ok: true, what, fix: null };
}

export function wrong(area: string, what: string, fix: string): CheckResult {
  return { area, ok: false, what, fix };
}

/** `results`, or one fine result where nothing is wrong. */
export function orFine(results: readonly CheckResult[], area: string, what: string): readonly CheckResult[] {
  return results.length === 0 ? [fine(area, what)] : results;
}

/** A path as a shell takes it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
