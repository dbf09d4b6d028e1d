/**
 * What lies in the data folder and is nobody's: things in the place of our own folders and files, work without its
 * batch, anything but a file where only files belong. It only reads, and meant for a start, when nothing else works on
 * the folders. Files of senders that merely wait are no leftovers. Fails as Node's fs does.
 */
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type DataFolders, SPARE_ID, WARM_UP_ID } from './data-folders';

export interface Leftover {
  /** Of the folder it lies in, relative to the data folder; '' for that itself. */
  readonly folder: string;
  /** As bytes: a name need not be text. */
  readonly name: Buffer;
  readonly why: string;
}

interface Place {
  /** Relative to the data folder. */
  readonly path: string;
  readonly kind: 'folder' | 'file';
}

const file = (path: string): Place => ({ path, kind: 'file' });
const folder = (path: string): Place => ({ path, kind: 'folder' });

/** What must be right before the lock on the data folder can be asked for; first where all others are put. */
export const LOCK_PLACES: readonly Place[] = [folder('quarantine'), file('labdrop.lock'), file('labdrop.lock.json')];

/** The store itself and the host keys are not among them: nobody but a person may put these aside. */
export function ownPlaces(folders: DataFolders): readonly Place[] {
  const { dataDir, accountsDir, uploadsDir, workDir, stagingDir, archiveDir, quarantineDir, logsDir, liftDir } =
    folders;
  const own = [quarantineDir, accountsDir, uploadsDir, workDir, stagingDir, archiveDir, logsDir, liftDir];
  return [
    ...own.map((path) => folder(relative(dataDir, path))),
    ...['labdrop.db-wal', 'labdrop.db-shm', 'status.json', 'status.json.new', 'logs/rejections.log'].map(file),
  ];
}

/** What keeps a daemon from starting, or from working, as it stands where the daemon has a folder or file of its own. */
export function* findMisplaced(
  { dataDir }: DataFolders,
  places: readonly Place[],
): Generator<Leftover, void, undefined> {
  for (const { path, kind } of places) {
    const slash = path.lastIndexOf('/');
    const place = { folder: path.slice(0, Math.max(slash, 0)), name: Buffer.from(path.slice(slash + 1)) };
    const entry = list(dataDir, place.folder).find(({ name }) => name.equals(place.name));
    if (entry === undefined) continue;
    // A link may stand for what is ours, as long as it leads to that.
    const found = statSync(join(dataDir, path), { throwIfNoEntry: false });
    const isRight = kind === 'folder' ? found?.isDirectory() : found?.isFile();
    if (isRight !== true) yield { ...place, why: `a ${kind} belongs there` };
  }
}

/**
 * Whatever nobody will ever take up.
 * @param isUnfinished whether a batch of that id is on its way
 */
export function* findStrays(
  folders: DataFolders,
  isUnfinished: (id: string) => boolean,
): Generator<Leftover, void, undefined> {
  const { dataDir } = folders;
  const path = (folder: string): string => relative(dataDir, folder);
  yield* straysIn(dataDir, path(folders.liftDir), {});
  yield* folderPerAccount(dataDir, path(folders.accountsDir), {
    reports: {},
    test: { reports: {} },
  });
  yield* folderPerAccount(dataDir, path(folders.uploadsDir), { root: {}, test: {} }, { files: false });
  yield* workStrays(dataDir, path(folders.workDir), isUnfinished);
}

/** Names of the folders that may be there, with what may be in them; files may be anywhere. */
interface Layout {
  readonly [name: string]: Layout;
}

interface Allowed {
  readonly files: boolean;
}

function* folderPerAccount(
  dataDir: string,
  folder: string,
  layout: Layout,
  allowed: Allowed = { files: true },
): Generator<Leftover, void, undefined> {
  for (const entry of list(dataDir, folder)) {
    if (!entry.isDirectory()) yield { folder, name: entry.name, why: 'it is no folder of an account' };
    else yield* straysIn(dataDir, join(folder, entry.name.toString()), layout, allowed);
  }
}

function* straysIn(
  dataDir: string,
  folder: string,
  layout: Layout,
  allowed: Allowed = { files: true },
): Generator<Leftover, void, undefined> {
  for (const entry of list(dataDir, folder)) {
    const name = entry.name.toString();
    const inner = Object.hasOwn(layout, name) ? layout[name] : undefined;
    if (inner !== undefined) {
      if (entry.isDirectory()) yield* straysIn(dataDir, join(folder, name), inner);
      else yield { folder, name: entry.name, why: 'a folder belongs there' };
    } else if (!entry.isFile() || !allowed.files) {
      yield { folder, name: entry.name, why: `${kindOf(entry)} does not belong there` };
    } else if (!Buffer.from(name).equals(entry.name)) {
      yield { folder, name: entry.name, why: 'its name is not UTF-8' };
    }
  }
}

function* workStrays(
  dataDir: string,
  folder: string,
  isUnfinished: (id: string) => boolean,
): Generator<Leftover, void, undefined> {
  for (const entry of list(dataDir, folder)) {
    const id = entry.name.toString();
    if (!entry.isDirectory()) yield { folder, name: entry.name, why: `${kindOf(entry)} does not belong there` };
    else if (id === 'staging') yield* stagingStrays(dataDir, join(folder, id), isUnfinished);
    else if (!isUnfinished(id)) yield { folder, name: entry.name, why: 'it belongs to no batch that is on its way' };
    // An earlier version wrote reports there.
    else yield* straysIn(dataDir, join(folder, id), { reports: {} });
  }
}

/**
 * The batch itself replaces what it left there, and the next warm-up what the last one did; spare folders are used
 * again.
 */
function* stagingStrays(
  dataDir: string,
  folder: string,
  isUnfinished: (id: string) => boolean,
): Generator<Leftover, void, undefined> {
  for (const entry of list(dataDir, folder)) {
    const name = entry.name.toString();
    const [id = ''] = name.split('.');
    const isSpare = id === SPARE_ID && entry.isDirectory() && list(dataDir, join(folder, name)).length === 0;
    const isOurs = isSpare || (entry.isFile() && (isUnfinished(id) || id === WARM_UP_ID));
    if (!isOurs) yield { folder, name: entry.name, why: 'nothing is staged in it any more' };
  }
}

function kindOf(entry: Dirent<Buffer>): string {
  if (entry.isFile()) return 'a file';
  if (entry.isDirectory()) return 'a folder';
  return entry.isSymbolicLink() ? 'a link' : 'what is neither file nor folder';
}

/** None where there is no such folder. */
function list(dataDir: string, folder: string): Dirent<Buffer>[] {
  try {
    return readdirSync(join(dataDir, folder), { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
