/**
 * The files around the daemon: who may read and write them, where they lie, how much room is left. It only looks; each
 * problem comes with the command that mends it.
 */
import { existsSync, readdirSync, statfsSync, type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadOrCreateHostKey } from '../adapters/sftp/host-key';
import type { DataFolders } from '../adapters/spool/data-folders';
import { type CheckResult, fine, orFine, shellWord, wrong } from './check-result';
import { readOnlyDisk } from './read-only-disk';
import { readPublishedHostKey } from './host-keys';

/** Bits of a mode. */
const OTHERS_ANY = 0o007;
const OTHERS_WRITE = 0o002;
const NOT_OWNER_ANY = 0o077;

const GIB = 1024 ** 3;
const FREE_FILES_MIN = 10_000;

/** The user that the daemon runs as: it owns the data folder. Null as long as there is none. */
export function daemonUser({ dataDir }: DataFolders): { readonly uid: number; readonly gid: number } | null {
  return statSync(dataDir, { throwIfNoEntry: false }) ?? null;
}

export function checkDataFolder(folders: DataFolders): readonly CheckResult[] {
  const area = 'data folder';
  const { dataDir } = folders;
  const found = statSync(dataDir, { throwIfNoEntry: false });
  if (found === undefined) return [fine(area, `${dataDir} is not there yet: the daemon makes it at its first start`)];
  if (!found.isDirectory()) return [wrong(area, `${dataDir} is no folder`, `mv ${shellWord(dataDir)} elsewhere`)];
  const problems: CheckResult[] = [];
  if ((found.mode & OTHERS_ANY) !== 0) {
    const what = `${dataDir} is open to every user of this machine (mode ${octal(found)})`;
    problems.push(wrong(area, what, `chmod o-rwx ${shellWord(dataDir)}`));
  }
  const files = ownFiles(folders);
  const foreign = files.filter(({ stat }) => stat.uid !== found.uid);
  const [first] = foreign;
  if (found.uid === 0 && first !== undefined && isOneOwner(files)) {
    // Not the files were given to another user, the folder was given to root.
    const { uid, gid } = first.stat;
    const what = `${dataDir} belongs to user ${found.uid}, all that lies in it to user ${uid}`;
    return [...problems, wrong(area, what, `chown ${uid}:${gid} ${shellWord(dataDir)}`)];
  }
  for (const { path, stat } of foreign) {
    const what = `${path} belongs to user ${stat.uid}, the data folder to user ${found.uid}`;
    problems.push(wrong(area, what, `chown -R ${found.uid}:${found.gid} ${shellWord(path)}`));
  }
  return orFine(problems, area, `${dataDir}, owned by user ${found.uid}`);
}

/** It can be written to, and every move between these folders must be a rename. */
export function checkFileSystem(folders: DataFolders): readonly CheckResult[] {
  const area = 'file system';
  const readOnly = readOnlyDisk(nearestExisting(folders.dataDir));
  const unwritable = readOnly === null ? [] : [wrong(area, readOnly.what, readOnly.fix)];
  const root = statSync(folders.dataDir, { throwIfNoEntry: false });
  if (root === undefined) return unwritable;
  const { accountsDir, uploadsDir, workDir, archiveDir, quarantineDir, logsDir } = folders;
  const elsewhere = [accountsDir, uploadsDir, workDir, archiveDir, quarantineDir, logsDir].filter((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    return found !== undefined && found.dev !== root.dev;
  });
  const problems = elsewhere.map((path) =>
    wrong(
      area,
      `${path} lies on another file system than ${folders.dataDir}`,
      `stop the daemon, umount ${shellWord(path)}, and mount that file system as ${shellWord(folders.dataDir)} itself`,
    ),
  );
  return orFine([...unwritable, ...problems], area, `all of ${folders.dataDir} is on one`);
}

/** Room for the largest file that the server takes, and never less than 1 GiB. */
export function checkSpace({ dataDir }: DataFolders, maxFileBytes: number): readonly CheckResult[] {
  const place = nearestExisting(dataDir);
  const { bavail, bsize, files, ffree } = statfsSync(place);
  return judgeSpace(dataDir, { freeBytes: bavail * bsize, files, freeFiles: ffree }, maxFileBytes);
}

export interface FreeSpace {
  readonly freeBytes: number;
  /** Inodes; 0 where the file system counts none. */
  readonly files: number;
  readonly freeFiles: number;
}

export function judgeSpace(dataDir: string, space: FreeSpace, maxFileBytes: number): readonly CheckResult[] {
  const area = 'disk space';
  const needed = Math.max(GIB, maxFileBytes);
  const fix = `free some: du -xh -d 2 ${shellWord(dataDir)} | sort -h | tail shows what takes it`;
  const problems: CheckResult[] = [];
  if (space.freeBytes < needed) {
    const limit = needed === maxFileBytes ? ' (ingest.maxFileBytes)' : '';
    problems.push(wrong(area, `${gib(space.freeBytes)} are free, less than ${gib(needed)}${limit}`, fix));
  }
  if (space.files > 0 && space.freeFiles < FREE_FILES_MIN) {
    problems.push(wrong(area, `only ${space.freeFiles} more files fit (inodes)`, fix));
  }
  return orFine(problems, area, `${gib(space.freeBytes)} free`);
}

export function checkHostKey(folders: DataFolders): readonly CheckResult[] {
  const area = 'host key';
  const { hostKeyPath } = folders;
  const published = readPublishedHostKey(hostKeyPath);
  if (published !== null) return [fine(area, `${published.fingerprint}, handed over by the service manager`)];
  const found = statSync(hostKeyPath, { throwIfNoEntry: false });
  if (found === undefined) return [fine(area, `${hostKeyPath} is not there yet: it is made at the first start`)];
  const problems: CheckResult[] = [];
  if ((found.mode & NOT_OWNER_ANY) !== 0) {
    const what = `${hostKeyPath} can be used by others than its owner (mode ${octal(found)})`;
    problems.push(wrong(area, what, `chmod 600 ${shellWord(hostKeyPath)}`));
  }
  try {
    const { fingerprint } = loadOrCreateHostKey(hostKeyPath);
    return orFine(problems, area, `${fingerprint} (ED25519)`);
  } catch (error) {
    const fix = `put it back from a backup; else mv ${shellWord(hostKeyPath)} away, start the daemon, and tell every sender the new fingerprint`;
    return [...problems, wrong(area, (error as Error).message, fix)];
  }
}

/** Files that an administrator writes and the daemon reads. */
export function checkReadable(
  area: string,
  path: string,
  user: { readonly uid: number; readonly gid: number } | null,
): readonly CheckResult[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  const problems: CheckResult[] = [];
  if ((found.mode & OTHERS_WRITE) !== 0) {
    problems.push(wrong(area, `every user may change ${path} (mode ${octal(found)})`, `chmod o-w ${shellWord(path)}`));
  }
  if (user !== null && !mayUse(found, user, found.isDirectory() ? 0o5 : 0o4)) {
    const what = `the daemon (user ${user.uid}) may not read ${path} (owner ${found.uid}, mode ${octal(found)})`;
    problems.push(wrong(area, what, `chgrp ${user.gid} ${shellWord(path)} && chmod g+rX ${shellWord(path)}`));
  }
  return problems;
}

/** @param needed bits of a mode's last digit */
export function mayUse(
  found: Stats,
  { uid, gid }: { readonly uid: number; readonly gid: number },
  needed: number,
): boolean {
  if (uid === 0) return true;
  const digit = found.uid === uid ? 6 : found.gid === gid ? 3 : 0;
  return ((found.mode >> digit) & needed) === needed;
}

function isOneOwner(files: readonly { readonly stat: Stats }[]): boolean {
  return files.length > 1 && files.every(({ stat }) => stat.uid === files[0]?.stat.uid);
}

/** What lies directly in the data folder, and the host key. */
function ownFiles({ dataDir, hostKeyPath }: DataFolders): readonly { readonly path: string; readonly stat: Stats }[] {
  const paths = [...readdirSync(dataDir).map((name) => join(dataDir, name)), hostKeyPath];
  return paths.flatMap((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat === undefined ? [] : [{ path, stat }];
  });
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}

export function octal({ mode }: Stats): string {
  return `0${(mode & 0o777).toString(8)}`;
}

function gib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}
