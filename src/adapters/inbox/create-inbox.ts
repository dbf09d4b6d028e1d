/**
 * Tells what lies in the drop folders. A full rescan every few seconds is the authority; hints make it sooner: the
 * SFTP server's own (a name, within a millisecond) and the watcher's (folders in which files appear another way). Both
 * may be lost without harm. Of a huge folder each look tells what can be taken up next, and a share of the rest: its
 * size may delay its own files, and nothing else. The inbox decides nothing and changes nothing. A folder that cannot
 * be read is reported and tried again.
 */
import { readdir } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileKind } from '../../stages/name/split-file-name';
import { createNameChoice } from '../../stages/settle/choose-names';
import type { FolderWatcher, FolderWatcherEvents } from '../chokidar/create-folder-watcher';
import { dropFolder, type DataFolders } from '../spool/data-folders';
import type { FolderListing } from './folder-listing';
import { listNames, lookAt, lookAtOnce } from './list-folder';
import { createLookQueue, type DropFolder } from './look-queue';
import { findUndecodableNames, undecodableFault } from './undecodable-names';
import { createWatchList } from './watch-list';

export interface InboxEvents {
  listed(listing: FolderListing): void;
  /** All folders were listed; how many, and how long it took. */
  scanned(folders: number, ms: number): void;
  /** A folder cannot be read, or a file that lies there cannot be taken up. */
  failed(path: string, error: Error): void;
}

export interface InboxOptions {
  readonly folders: DataFolders;
  readonly rescanMs: number;
  /** Names that belong together with a given one: a marker's data files. */
  readonly relatives: (fileName: string) => readonly string[];
  /** Base names of one message type that can be waiting at once. */
  readonly perType: number;
  /** Data that arrive with more bytes are told of before their marker is there. */
  readonly lookedAtBytes: number;
  readonly createWatcher: (events: FolderWatcherEvents) => FolderWatcher;
  readonly events: InboxEvents;
}

export interface ArrivedFile {
  readonly name: string;
  readonly bytes: number;
}

export interface Inbox {
  /** Scans once, then keeps watching. */
  start(): Promise<void>;
  /** A file arrived for sure. Data alone, unless there is much of them, are looked at with their marker. */
  hint(where: DropFolder, file: ArrivedFile): void;
  /** Scans everything now, or joins the scan that runs. */
  rescan(): Promise<void>;
  close(): Promise<void>;
}

/** A folder that may have changed is not listed more often than this. */
const REST_MS = 250;
/** A rescan may take its time, but not all of it. */
const IDLE_SHARE = 0.25;
const STEP_NAMES = 2_000;

export function createInbox(options: InboxOptions): Inbox {
  const { folders, rescanMs, relatives, perType, lookedAtBytes, createWatcher, events } = options;
  let timer: NodeJS.Timeout | null = null;
  let scanning: Promise<void> | null = null;
  let closed = false;
  let turn = 0;
  const looks = createLookQueue({ look, restMs: REST_MS });
  const watched = createWatchList({
    createWatcher,
    accountsDir: folders.accountsDir,
    pathOf: ({ account, folder }) => dropFolder(folders, account, folder),
    changed: (folder) => looks.folder(folder),
    failed: (error) => events.failed(folders.accountsDir, error),
  });

  async function look(where: DropFolder, names: readonly string[] | null): Promise<void> {
    const path = dropFolder(folders, where.account, where.folder);
    try {
      if (names === null) {
        await list(where, path);
        return;
      }
      const all = new Set(names.flatMap((name) => [name, ...awaited(where, name)]));
      const files = lookAtOnce(path, [...all]);
      tell(where, files, false);
    } catch (error) {
      events.failed(path, asError(error));
    }
  }

  /**
   * What may lie there beside a name that was told. Of data only those that were told before: nearly always the marker
   * comes later, and a marker that came another way and first waits for the rescan. Of a marker those as well, where
   * data of its extension is among them; otherwise whatever it may mean.
   */
  function awaited(where: DropFolder, name: string): readonly string[] {
    const told = watched.toldBeside(where, name);
    if (isData(name)) return told;
    const { extension } = fileKind(name);
    const isMeant = (other: string): boolean => isData(other) && isOfExtension(other, extension);
    return told.some(isMeant) ? told : [...relatives(name), ...told];
  }

  function tell(where: DropFolder, files: FolderListing['files'], complete: boolean): void {
    const cameWhole = (fileName: string): boolean => watched.wasTold(where, fileName);
    if (!closed) events.listed({ ...where, files, complete, cameWhole });
  }

  async function list(where: DropFolder, path: string): Promise<void> {
    const names = await listNames(path);
    if (names === null) {
      watched.gone(where);
      return;
    }
    watched.listed(where, names.length);
    const files = await lookAt(path, await choose(names));
    tell(where, files, true);
    for (const found of await findUndecodableNames(path, names)) events.failed(found.path, undecodableFault(found));
  }

  /** In steps: others wait for the event loop. */
  async function choose(names: readonly string[]): Promise<readonly string[]> {
    const choice = createNameChoice();
    for (let start = 0; start < names.length; start += STEP_NAMES) {
      if (start > 0) await nextTurn();
      choice.add(names.slice(start, start + STEP_NAMES));
    }
    return choice.choose(perType, turn);
  }

  async function scanAll(): Promise<void> {
    const started = performance.now();
    let count = 0;
    turn++;
    try {
      const entries = await readdir(folders.accountsDir, { withFileTypes: true });
      watched.accounts(new Set(entries.map(({ name }) => name)));
      for (const entry of entries) {
        if (closed || !entry.isDirectory()) continue;
        await look({ account: entry.name, folder: 'root' }, null);
        await look({ account: entry.name, folder: 'test' }, null);
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

  /** The period counts from start to start. */
  async function keepScanning(): Promise<void> {
    const started = performance.now();
    await rescan();
    if (closed) return;
    const pause = Math.max(rescanMs - (performance.now() - started), rescanMs * IDLE_SHARE);
    timer = setTimeout(() => void keepScanning(), pause);
  }

  return {
    start: keepScanning,
    hint(where, { name, bytes }) {
      if (closed) return;
      watched.told(where, name);
      if (bytes <= lookedAtBytes && isData(name) && watched.toldBeside(where, name).length === 0) return;
      setImmediate(() => looks.name(where, name)); // the client gets its answer first
    },
    rescan,
    async close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      await watched.close();
      await looks.close();
      await scanning;
    },
  };
}

function isData(fileName: string): boolean {
  return fileKind(fileName).kind === 'data';
}

/** A plain marker may mean any. */
function isOfExtension(fileName: string, extension: string): boolean {
  return extension === '' || fileKind(fileName).extension.toLowerCase() === extension.toLowerCase();
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
