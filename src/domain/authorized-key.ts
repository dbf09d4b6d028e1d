/**
 * One line of an account's keys, in the form of OpenSSH's authorized_keys: type, base64, comment, and in front of them,
 * where the key has an end, `expiry-time="YYYYMMDD[HHMM[SS]][Z]"`. Pure. Whether the key itself is one is not looked at.
 * @see sshd(8), AUTHORIZED_KEYS FILE FORMAT
 */
export interface AuthorizedKey {
  readonly type: string;
  readonly base64: string;
  readonly comment: string;
  /** From then on the key opens nothing; null for a key without an end. */
  readonly expires: Date | null;
  /** `expiry-time="..."` as it stands in the line; null without one. */
  readonly option: string | null;
}

const LINE = /^(?:(expiry-time="([^"]*)")[ \t]+)?(\S+)[ \t]+(\S+)(?:[ \t]+(.*))?$/;
const EXPIRY_TIME = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z)?$/;

/** Null for a line of another form, also for one whose end is no time. */
export function parseAuthorizedKey(line: string): AuthorizedKey | null {
  const found = LINE.exec(line.trim());
  if (found === null) return null;
  const [, option, expiry, type = '', base64 = '', comment = ''] = found;
  const expires = expiry === undefined ? null : parseExpiryTime(expiry);
  if (expires === undefined) return null;
  return { type, base64, comment: comment.trim(), expires, option: option ?? null };
}

/** In the machine's own time zone, or with a `Z` in UTC; a day alone is its first moment. Undefined for what is no time. */
function parseExpiryTime(text: string): Date | undefined {
  const found = EXPIRY_TIME.exec(text);
  if (found === null) return undefined;
  const [, year = '', month = '', day = '', hours = '00', minutes = '00', seconds = '00', zone = ''] = found;
  const time = new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}${zone}`);
  const isThere = new Date(`${year}-${month}-${day}T00:00:00Z`).getUTCDate() === Number(day); // 30 February is not
  return Number.isNaN(time.getTime()) || !isThere ? undefined : time;
}
