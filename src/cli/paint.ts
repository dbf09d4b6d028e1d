/** Colours for people at a terminal; the same text without them anywhere else. Pure. */
import type { CommandIo } from './command-context';

export interface Paint {
  readonly bad: (text: string) => string;
  readonly doubtful: (text: string) => string;
  readonly good: (text: string) => string;
  readonly head: (text: string) => string;
}

const ESCAPE = '\u001b[';

/** Colours on a terminal, unless NO_COLOR is set (https://no-color.org) or it can show none. */
export function createPaint({ terminal = false, env }: Pick<CommandIo, 'terminal' | 'env'>): Paint {
  const colour = terminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  const sgr =
    (code: number) =>
    (text: string): string =>
      colour && text !== '' ? `${ESCAPE}${code}m${text}${ESCAPE}0m` : text;
  return { bad: sgr(31), doubtful: sgr(33), good: sgr(32), head: sgr(1) };
}

/** Paints outcomes that stand as a word of their own, as in tables: it keeps every column where it is. */
export function paintOutcomes(text: string, paint: Paint): string {
  return text.replace(/(?<= {2})(?:ACCEPTED|PARTIAL|REJECTED|DUPLICATE)(?= )/g, (outcome) =>
    outcome === 'REJECTED' ? paint.bad(outcome) : outcome === 'PARTIAL' ? paint.doubtful(outcome) : paint.good(outcome),
  );
}
