/** `--since`: a length of time back from now, or a moment. Pure. */
import { InvalidArgumentError } from 'commander';

/** What `--since` takes, for the help of a command. */
export const SINCE_FORMS = '30m, 24h, 7d, 2026-01-31, "2026-01-31 09:15", or a time as any command shows it';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?: ?(Z|[+-]\d{2}:?\d{2}))?)?$/;

/**
 * `30m`, `24h`, `7d`, `2w`; or a day or moment: `2026-01-31`, `2026-01-31 09:15`, `2026-01-31T09:15:00Z`,
 * `2026-01-31 09:15:00 +01:00`; local time where no zone is written. Returns ISO 8601 UTC.
 * @throws InvalidArgumentError when it is neither
 */
export function parseSince(text: string, now: Date): string {
  const length = /^(\d{1,6})([smhdw])$/.exec(text);
  if (length !== null)
    return new Date(now.getTime() - Number(length[1]) * (UNIT_MS[length[2] ?? ''] ?? 0)).toISOString();
  const [, day, time = '00:00', zone = ''] = MOMENT.exec(text) ?? [];
  if (day !== undefined && dayExists(day)) {
    const at = new Date(`${day}T${time}${zone.replace(/(\d{2})(\d{2})$/, '$1:$2')}`);
    if (!Number.isNaN(at.getTime())) return at.toISOString();
  }
  throw new InvalidArgumentError(
    'write 30m, 24h, 7d or a moment such as 2026-01-31, "2026-01-31 09:15" or "2026-01-31 09:15:00 +01:00".',
  );
}

function dayExists(day: string): boolean {
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
}
