/**
 * Keeps a command that writes a file where a person says from writing over what the daemon has in the data folder: the
 * store and what lies beside it, the lock, and all that is in the daemon's own folders. A file is known by its identity
 * too, so that a link to it under another name is the same. Other files of the data folder are nobody's here.
 */
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { dataFolders } from '../adapters/spool/data-folders';
import { LOCK_PLACES, ownPlaces } from '../adapters/spool/find-leftovers';
import type { Config } from '../config/config';

const BESIDE_STORE = ['', '-wal', '-shm', '-journal'];
const BEFORE_MIGRATION = /^labdrop\.db\.before-\d+$/;

/**
 * Whether a file written there would be among the daemon's own, or replace one of them.
 * @param path absolute; it need not be there
 * @throws the error of the file system
 */
export function isDaemonsOwn({ dataDir }: Config, path: string): boolean {
  const folders = dataFolders(dataDir);
  const places = [...LOCK_PLACES, ...ownPlaces(folders)];
  const pathsOf = (wanted: string): string[] =>
    places.flatMap(({ path: own, kind }) => (kind === wanted ? [join(dataDir, own)] : []));
  const ownFolders = [...pathsOf('folder'), dirname(folders.hostKeyPath)].map(realPath);
  const ownFiles = [...pathsOf('file'), ...BESIDE_STORE.map((ending) => folders.storePath + ending)];
  const target = realPath(path);
  return (
    ownFolders.some((folder) => target === folder || target.startsWith(folder + sep)) ||
    ownFiles.some((file) => target === realPath(file) || isSameFile(file, path)) ||
    (BEFORE_MIGRATION.test(basename(target)) && dirname(target) === realPath(dataDir))
  );
}

/** Without links, as far as it is there. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return join(realPath(dirname(path)), basename(path));
  }
}

function isSameFile(one: string, other: string): boolean {
  const options = { throwIfNoEntry: false, bigint: true } as const;
  const [a, b] = [statSync(one, options), statSync(other, options)];
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}
