/**
 * Tells what lies in the drop folders. A full rescan every few seconds is the authority; hints make it sooner: the
 * SFTP server's own (a name, within a millisecond) and chokidar's (files that come another way). Both may be lost
 * without harm. It decides nothing and changes nothing. A folder that cannot be read is reported and tried again.
 */
import { readdir } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { watch, type FSWatcher } from 'chokidar';
import { dropFolder, type DataFolders } from '../spool/data-folders';
import { type DroppedFile, listFolder, lookAt } from './list-folder';

export type DropFolderName = 'root' | 'test';

export interface FolderListing {
  readonly account: string;
  readonly folder: DropFolderName;
  readonly files: readonly DroppedFile[];
  /** All that lies there, or only the files that belong to one hint. */
  readonly complete: boolean;
}

export interface InboxEvents {
  listed(listing: FolderListing): void;
  /** All folders were listed; how many, and how long it took. */
  scanned(folders: number, ms: number): void;
  failed(path: string, error: Error): void;
}

export interface InboxOptions {
  readonly folders: DataFolders;
  readonly rescanMs: number;
  /** Names that belong together with a given one: a data file's markers, a marker's data files. */
  readonly relatives: (fileName: string) => readonly string[];
  readonly events: InboxEvents;
}

export interface Inbox {
  /** Scans once, then keeps watching. */
  start(): Promise<void>;
  hint(account: string, folder: DropFolderName, fileName: string): void;
  /** Scans everything now, or joins the scan that runs. */
  rescan(): Promise<void>;
  close(): Promise<void>;
}

export function createInbox({ folders, rescanMs, relatives, events }: InboxOptions): Inbox {
  let watcher: FSWatcher | null = null;
  let timer: NodeJS.Timeout | null = null;
  let scanning: Promise<void> | null = null;
  let closed = false;
  /** Hints that are being looked at: one more of the same name is looked at once more afterwards. */
  const hinted = new Map<string, { again: boolean }>();

  async function list(account: string, folder: DropFolderName): Promise<void> {
    const path = dropFolder(folders, account, folder);
    try {
      events.listed({ account, folder, files: await listFolder(path), complete: true });
    } catch (error) {
      events.failed(path, asError(error));
    }
  }

  async function scanAll(): Promise<void> {
    const started = performance.now();
    let count = 0;
    try {
      const entries = await readdir(folders.accountsDir, { withFileTypes: true });
      for (const entry of entries) {
        if (closed || !entry.isDirectory()) continue;
        await list(entry.name, 'root');
        await list(entry.name, 'test');
        count += 2;
      }
    } catch (error) {
      events.failed(folders.accountsDir, asError(error));
    }
    events.scanned(count, performance.now() - started);
  }

  function rescan(): Promise<void> {
    scanning ??= scanAll().finally(() => {
      scanning = null;
    });
    return scanning;
  }

  function scheduleRescan(): void {
    if (closed) return;
    timer = setTimeout(() => {
      void rescan().finally(scheduleRescan);
    }, rescanMs);
  }

  function hint(account: string, folder: DropFolderName, fileName: string): void {
    if (closed) return;
    const key = `${account}/${folder}/${fileName}`;
    const current = hinted.get(key);
    if (current !== undefined) {
      current.again = true;
      return;
    }
    hinted.set(key, { again: false });
    void lookAtHint(key, account, folder, fileName);
  }

  async function lookAtHint(key: string, account: string, folder: DropFolderName, fileName: string): Promise<void> {
    const path = dropFolder(folders, account, folder);
    try {
      const files = await lookAt(path, [...new Set([fileName, ...relatives(fileName)])]);
      if (!closed) events.listed({ account, folder, files, complete: false });
    } catch (error) {
      events.failed(path, asError(error));
    }
    const again = hinted.get(key)?.again === true;
    hinted.delete(key);
    if (again) hint(account, folder, fileName);
  }

  function startWatching(): void {
    watcher = watch(folders.accountsDir, {
      ignoreInitial: true,
      depth: 2,
      ignored: (path) => relative(folders.accountsDir, path).split(sep).includes('reports'),
    });
    watcher.on('add', (path) => {
      const [account, ...rest] = relative(folders.accountsDir, path).split(sep);
      if (account === undefined) return;
      if (rest.length === 1 && rest[0] !== undefined) hint(account, 'root', rest[0]);
      else if (rest.length === 2 && rest[0] === 'test' && rest[1] !== undefined) hint(account, 'test', rest[1]);
    });
    watcher.on('error', (error) => events.failed(folders.accountsDir, asError(error)));
  }

  return {
    async start() {
      startWatching();
      await rescan();
      scheduleRescan();
    },
    hint,
    rescan,
    async close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      await watcher?.close();
      await scanning;
    },
  };
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
