/**
 * Where leftovers are put: `quarantine/found-<time>/`, one folder per start, in which each keeps its path. Nothing is
 * ever deleted or replaced there but by people. Fails as Node's fs does.
 */
import { lstatSync, readdirSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { escapeName } from '../../domain/escape-controls';
import type { DataFolders } from './data-folders';
import { makeDirectory, syncDirectory } from './durable-files';
import type { Leftover } from './find-leftovers';

const PREFIX = 'found-';

/** A folder of things that were set aside at one start. */
export interface FoundFolder {
  /** Below the quarantine folder. */
  readonly name: string;
  readonly path: string;
  /** ISO 8601 UTC. */
  readonly since: string;
}

/**
 * Moves a leftover aside; an empty folder just goes.
 * @param at the moment of the start
 * @returns where it is now, relative to the data folder and in words; null when it was an empty folder
 */
export function setLeftoverAside(folders: DataFolders, leftover: Leftover, at: Date): string | null {
  const { folder, name } = leftover;
  let from = pathOf(join(folders.dataDir, folder), name);
  if (removeIfEmptyFolder(from)) return null;
  if (from.equals(Buffer.from(folders.quarantineDir))) from = outOfTheWay(from);
  const found = join(
    'quarantine',
    PREFIX +
      at
        .toISOString()
        .replace(/\.\d+Z$/, 'Z')
        .replaceAll(/[-:]/g, ''),
    folder,
  );
  const target = join(folders.dataDir, found);
  makeDirectory(target);
  const free = freeName(target, name);
  renameSync(from, pathOf(target, free));
  syncDirectory(target);
  syncDirectory(join(folders.dataDir, folder));
  return join(found, escapeName(free));
}

/** What was set aside at earlier starts and lies there still, oldest first. */
export function listFoundFolders({ quarantineDir }: DataFolders): readonly FoundFolder[] {
  return names(quarantineDir)
    .filter((name) => name.startsWith(PREFIX))
    .sort()
    .map((name) => ({ name, path: join(quarantineDir, name), since: timeOf(name) }));
}

function timeOf(name: string): string {
  const text = name.slice(PREFIX.length);
  return text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6.000Z');
}

/** Something stands in the very place that leftovers are put. */
function outOfTheWay(path: Buffer): Buffer {
  const aside = Buffer.concat([path, Buffer.from('.aside')]);
  renameSync(path, aside);
  return aside;
}

function freeName(folder: string, name: Buffer): Buffer {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : Buffer.concat([name, Buffer.from(`.${number}`)]);
    if (lstatSync(pathOf(folder, candidate), { throwIfNoEntry: false }) === undefined) return candidate;
  }
}

function removeIfEmptyFolder(path: Buffer): boolean {
  if (!lstatSync(path).isDirectory() || readdirSync(path).length > 0) return false;
  rmdirSync(path);
  return true;
}

function pathOf(folder: string, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), name]);
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
