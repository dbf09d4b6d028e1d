/** Whether the last day of an account is over, by the calendar of the machine. */
import type { Account } from './account';

export function hasExpired({ expires }: Pick<Account, 'expires'>, now: Date): boolean {
  return expires !== null && localDay(now) > expires;
}

/** The machine's local date, YYYY-MM-DD. */
function localDay(now: Date): string {
  const month = String(now.getMonth() + 1).padStart(2, '0');
  return `${String(now.getFullYear())}-${month}-${String(now.getDate()).padStart(2, '0')}`;
}
