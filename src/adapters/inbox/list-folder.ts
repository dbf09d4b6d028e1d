/** What lies in one drop folder: regular files only, with what tells one file from another. */
import { type BigIntStats, lstatSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { statIdentity } from '../spool/durable-files';

export interface DroppedFile {
  readonly name: string;
  readonly bytes: number;
  /** When it came, ms since 1970: its own time is whatever its sender's client says. */
  readonly cameAtMs: number;
  readonly identity: string;
}

/** Files looked at side by side: enough to keep the disk busy, few enough to leave the thread pool to uploads. */
const STAT_BATCH = 32;

/** All files of a folder; an absent folder holds none. @throws other errors of the file system */
export async function listFolder(path: string): Promise<DroppedFile[]> {
  return lookAt(path, (await listNames(path)) ?? []);
}

/** Names of a folder's files, null when it is not there. @throws other errors of the file system */
export async function listNames(path: string): Promise<string[] | null> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Those of the named files that are there. */
export async function lookAt(path: string, names: readonly string[]): Promise<DroppedFile[]> {
  const files: DroppedFile[] = [];
  for (let start = 0; start < names.length; start += STAT_BATCH) {
    const found = await Promise.all(names.slice(start, start + STAT_BATCH).map((name) => lookAtFile(path, name)));
    for (const file of found) if (file !== null) files.push(file);
  }
  return files;
}

/**
 * The same at once, for a few names of a folder that was changed a moment ago: all it takes is in memory then, and a
 * trip to the thread pool for each name that might be there costs many times as much.
 */
export function lookAtOnce(path: string, names: readonly string[]): DroppedFile[] {
  return names.flatMap((name) => {
    const stat = lstatSync(join(path, name), { bigint: true, throwIfNoEntry: false });
    return stat === undefined ? [] : (describeFile(name, stat) ?? []);
  });
}

async function lookAtFile(folder: string, name: string): Promise<DroppedFile | null> {
  try {
    return describeFile(name, await lstat(join(folder, name), { bigint: true }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function describeFile(name: string, stat: BigIntStats): DroppedFile | null {
  if (!stat.isFile()) return null;
  return { name, bytes: Number(stat.size), cameAtMs: Number(stat.ctimeMs), identity: statIdentity(stat) };
}
