/**
 * The line that `ls -l` would write for an entry. FileZilla and others take type, size and date from it, so the columns
 * are those of OpenSSH's server. Owner and modes are what the account is told, not what the disk holds.
 */
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** A date further away than half a year is written with its year. */
const RECENT_SECONDS = (365 * 24 * 3600) / 2;

export const FILE_MODE = 0o100640;
export const FOLDER_MODE = 0o040750;
const GROUP = 'labdrop';

export interface LongNameEntry {
  readonly name: string;
  readonly folder: boolean;
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
}

/**
 * @param owner the account's name
 * @param nowSeconds decides between time and year, as in `ls`
 */
export function renderLongName(entry: LongNameEntry, owner: string, nowSeconds: number): string {
  const mode = entry.folder ? 'drwxr-x---' : '-rw-r-----';
  const links = entry.folder ? '2' : '1';
  const size = String(entry.size).padStart(8);
  const when = renderWhen(entry.mtime, nowSeconds);
  return `${mode} ${links.padStart(4)} ${owner.padEnd(8)} ${GROUP.padEnd(8)} ${size} ${when} ${entry.name}`;
}

function renderWhen(mtime: number, nowSeconds: number): string {
  const date = new Date(mtime * 1000);
  const month = MONTHS[date.getMonth()] ?? 'Jan';
  const day = String(date.getDate()).padStart(2);
  const recent = mtime <= nowSeconds && nowSeconds - mtime < RECENT_SECONDS;
  const last = recent
    ? `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`
    : String(date.getFullYear()).padStart(5);
  return `${month} ${day} ${last}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
