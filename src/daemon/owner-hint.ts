/** What to tell a start that may not use the data folder: whose it is, and as whom to run. Never throws. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { shellWord } from './check-result';

const REFUSED = /\b(?:EACCES|EPERM|SQLITE_CANTOPEN|SQLITE_READONLY|SQLITE_PERM)/;

/**
 * Null where the message is of something else, or everything is that user's own.
 * @param message of the failure
 * @param user whom the process runs as
 */
export function ownerHint(message: string, dataDir: string, user: number): string | null {
  if (!REFUSED.test(message)) return null;
  try {
    const { uid, gid } = statSync(dataDir);
    if (uid !== user) {
      const how = `as that user: systemctl start labdrop, or sudo -u '#${uid}' labdrop serve`;
      const doubt = uid === 0 ? '; where root was not meant to own it, labdrop check tells whose it was' : '';
      return `the data folder ${dataDir} belongs to user ${uid}, this runs as user ${user}: run it ${how}${doubt}`;
    }
    const path = readdirSync(dataDir)
      .map((name) => join(dataDir, name))
      .find((found) => (statSync(found, { throwIfNoEntry: false })?.uid ?? user) !== user);
    if (path === undefined) return null;
    return `${path} belongs to another user than the data folder (${user}): chown -R ${uid}:${gid} ${shellWord(dataDir)}`;
  } catch {
    return null; // what keeps it from being looked at is in the message
  }
}
