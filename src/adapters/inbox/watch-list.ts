/**
 * Which drop folders are watched: those that exist and are of usual size. A folder with very many files is left to the
 * rescan until it has few again; so is one that the watcher let go. Names that the SFTP server told itself are no news
 * when the watcher tells them too.
 */
import type { FolderWatcher, FolderWatcherEvents } from '../chokidar/create-folder-watcher';
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
  close(): Promise<void>;
}

export interface WatchListOptions {
  readonly createWatcher: (events: FolderWatcherEvents) => FolderWatcher;
  readonly pathOf: (folder: DropFolder) => string;
  /** Files have appeared in the folder. */
  readonly changed: (folder: DropFolder) => void;
  readonly failed: (error: Error) => void;
}

/** A watched folder holds at most so many files, and one that was let go at most half as many when it is taken back. */
const WATCHED_MAX = 1_000;
/** Names told by the server that are remembered. */
const TOLD_MAX = 2_000;

export function createWatchList({ createWatcher, pathOf, changed, failed }: WatchListOptions): WatchList {
  const watched = new Map<string, DropFolder>();
  const told = new Set<string>();
  const watcher = createWatcher({
    seen(path, names) {
      const folder = watched.get(path);
      if (folder !== undefined && names.some((name) => !told.has(`${path}/${name}`))) changed(folder);
    },
    lost(path) {
      if (path === null) watched.clear();
      else watched.delete(path);
    },
    failed,
  });

  function letGo(folder: DropFolder): void {
    const path = pathOf(folder);
    if (watched.delete(path)) watcher.unwatch(path);
  }

  return {
    listed(folder, files) {
      const path = pathOf(folder);
      if (files > WATCHED_MAX) {
        letGo(folder);
      } else if (files <= WATCHED_MAX / 2 && !watched.has(path)) {
        watched.set(path, folder);
        watcher.watch(path);
      }
    },
    gone: letGo,
    accounts(names) {
      for (const folder of [...watched.values()]) if (!names.has(folder.account)) letGo(folder);
    },
    told(folder, fileName) {
      told.add(`${pathOf(folder)}/${fileName}`);
      for (const oldest of told) {
        if (told.size <= TOLD_MAX) break;
        told.delete(oldest);
      }
    },
    close: () => watcher.close(),
  };
}
