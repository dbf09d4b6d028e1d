/**
 * Which drop folders are watched: those that exist and are of usual size. A folder with very many files is left to the
 * rescan until it has few again; so is one that the watcher let go, and one that the SFTP server puts many files into:
 * the watcher reads a folder whole for each of them. Names that the server told itself are no news when the watcher
 * tells them too. The parent of all is watched for accounts whose folder is made meanwhile.
 */
import type { FolderWatcher, FolderWatcherEvents } from '../chokidar/create-folder-watcher';
import { fileKind } from '../../stages/name/split-file-name';
import type { DropFolder } from './look-queue';

export interface WatchList {
  /** The folder was listed and holds so many files. */
  listed(folder: DropFolder, files: number): void;
  /** The folder is not there. */
  gone(folder: DropFolder): void;
  /** These are all accounts that have a folder. */
  accounts(names: ReadonlySet<string>): void;
  /** The SFTP server told this name. */
  told(folder: DropFolder, fileName: string): void;
  /** Whether it has told this name lately. */
  wasTold(folder: DropFolder, fileName: string): boolean;
  /** Other names of the same base that it has told lately. */
  toldBeside(folder: DropFolder, fileName: string): readonly string[];
  close(): Promise<void>;
}

export interface WatchListOptions {
  readonly createWatcher: (events: FolderWatcherEvents) => FolderWatcher;
  /** Where accounts have their folders. */
  readonly accountsDir: string;
  readonly pathOf: (folder: DropFolder) => string;
  /** Files have appeared in the folder. */
  readonly changed: (folder: DropFolder) => void;
  readonly failed: (error: Error) => void;
}

/** A watched folder holds at most so many files, and one that was let go at most half as many when it is taken back. */
const WATCHED_MAX = 1_000;
/** At most so many names told by the server are remembered. */
const TOLD_MAX = 4_000;
/** A folder for which the server tells more names than this between two listings is busy, until nothing comes or goes there. */
const TOLD_BUSY = 10;

export function createWatchList(options: WatchListOptions): WatchList {
  const { createWatcher, accountsDir, pathOf, changed, failed } = options;
  const watched = new Map<string, DropFolder>();
  let isParentWatched = false;
  /** By folder and base name. */
  const told = new Map<string, Set<string>>();
  let toldCount = 0;
  /** Names told since the last listing, by folder. */
  const counts = new Map<string, number>();
  /** Busy folders, with how many files each held when it was listed last. */
  const busy = new Map<string, number | null>();
  const watcher = createWatcher({
    seen(path, names) {
      const folder = watched.get(path);
      if (folder !== undefined && names.some((name) => !wasTold(path, name))) changed(folder);
    },
    made(_parent, account) {
      for (const folder of ['root', 'test'] as const) {
        changed({ account, folder });
        changed({ account, folder }); // once more after its rest: what comes while the watcher takes it up is not told
      }
    },
    lost(path) {
      if (path !== null) {
        watched.delete(path);
        return;
      }
      watched.clear();
      isParentWatched = false;
    },
    failed,
  });

  function wasTold(path: string, fileName: string): boolean {
    return told.get(baseKey(path, fileName))?.has(fileName) === true;
  }

  function remember(path: string, fileName: string): void {
    const key = baseKey(path, fileName);
    const others = told.get(key);
    if (others?.has(fileName) === true) return;
    toldCount += 1;
    if (others === undefined) told.set(key, new Set([fileName]));
    else others.add(fileName);
    if (toldCount > TOLD_MAX) forgetHalf();
  }

  /** The oldest, many at a time: what was deleted one by one at its beginning makes a map slow. */
  function forgetHalf(): void {
    for (const [key, names] of told) {
      if (toldCount <= TOLD_MAX / 2) return;
      told.delete(key);
      toldCount -= names.size;
    }
  }

  function letGo(folder: DropFolder): void {
    const path = pathOf(folder);
    if (watched.delete(path)) watcher.unwatch(path);
  }

  return {
    listed(folder, files) {
      const path = pathOf(folder);
      if (!counts.delete(path) && busy.get(path) === files) busy.delete(path);
      if (busy.has(path)) busy.set(path, files);
      if (files > WATCHED_MAX) {
        letGo(folder);
      } else if (files <= WATCHED_MAX / 2 && !busy.has(path) && !watched.has(path)) {
        watched.set(path, folder);
        watcher.watch(path);
      }
    },
    gone(folder) {
      counts.delete(pathOf(folder));
      busy.delete(pathOf(folder));
      letGo(folder);
    },
    accounts(names) {
      if (!isParentWatched) watcher.watchParent(accountsDir);
      isParentWatched = true;
      for (const folder of [...watched.values()]) if (!names.has(folder.account)) letGo(folder);
    },
    told(folder, fileName) {
      const path = pathOf(folder);
      remember(path, fileName);
      const count = (counts.get(path) ?? 0) + 1;
      counts.set(path, count);
      if (count > TOLD_BUSY) {
        busy.set(path, null);
        letGo(folder);
      }
    },
    wasTold: (folder, fileName) => wasTold(pathOf(folder), fileName),
    toldBeside(folder, fileName) {
      const names = told.get(baseKey(pathOf(folder), fileName));
      return names === undefined ? [] : [...names].filter((name) => name !== fileName);
    },
    close: () => watcher.close(),
  };
}

function baseKey(path: string, fileName: string): string {
  return `${path}/${fileKind(fileName).base}`;
}
