/** Everything `labdrop status` tells, gathered from outside the daemon: it works whether one runs or not. */
import { readdirSync, readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { createAccountDirectory } from '../adapters/accounts/create-account-directory';
import { listFolder } from '../adapters/inbox/list-folder';
import { dataFolders, dropFolder } from '../adapters/spool/data-folders';
import { type FoundFolder, listFoundFolders } from '../adapters/spool/found-folders';
import { findInstanceHolder, type LockHolder } from '../adapters/sqlite/instance-lock';
import type { StoreSummary, TableCount } from '../adapters/sqlite/open-store-reader';
import type { Config } from '../config/config';
import type { BatchRecord, QuarantinedBatch } from '../domain/batch-record';
import { JOURNEY } from '../domain/journey';
import { pairFiles } from '../stages/settle/pair-files';
import { openReader } from './commands-store';
import type { DiskSpace } from './disk-reserve';
import { type ReadOnlyDisk, readOnlyDisk } from './read-only-disk';
import type { DaemonStatus } from './status-file';

/** A file that lies in a drop folder. */
export interface LyingFile {
  readonly account: string;
  readonly folder: 'root' | 'test';
  readonly fileName: string;
  readonly bytes: number;
  /** ISO 8601 UTC. */
  readonly since: string;
}

export interface StatusView {
  readonly dataDir: string;
  /** Where the data folder lies; null when it cannot be measured. */
  readonly disk: DiskSpace | null;
  /** Why nothing can be written there, and what mends it; null when it can. */
  readonly readOnly: ReadOnlyDisk | null;
  /** Null when no daemon runs on the data folder. */
  readonly running: LockHolder | null;
  /** What the running daemon last told of itself. */
  readonly daemon: DaemonStatus | null;
  /** Whether that is older than it should be: it cannot write it, or does nothing at all. */
  readonly isStale: boolean;
  /** Why folders of accounts could not be read, by whoever asks. */
  readonly unreadable: readonly string[];
  /** Data without a marker. */
  readonly unmarked: readonly LyingFile[];
  /** Markers without data. */
  readonly orphanMarkers: readonly LyingFile[];
  /** Data with its marker, not taken up yet. */
  readonly ready: readonly LyingFile[];
  /** On their way, oldest first. */
  readonly unfinished: readonly BatchRecord[];
  /** Set aside for the operator, oldest first. */
  readonly quarantined: readonly QuarantinedBatch[];
  /** Leftovers that starts set aside, oldest first. */
  readonly found: readonly FoundFolder[];
  /** Newest first. */
  readonly last: readonly BatchRecord[];
  readonly summary: StoreSummary | null;
  readonly tables: readonly TableCount[];
  readonly accounts: number;
  readonly accountProblems: readonly string[];
}

const LAST_BATCHES = 10;
const UNFINISHED_MAX = 1_000;
const STALE_PERIODS = 3;
const STALE_MIN_MS = 15_000;

/** @throws Fault S902 when the store cannot be read; errors of the file system */
export async function readStatus(config: Config, now: Date): Promise<StatusView> {
  const folders = dataFolders(config.dataDir);
  const running = findInstanceHolder(config.dataDir);
  const listing = createAccountDirectory(config.senders.dir).list();
  const lying = { unmarked: [] as LyingFile[], orphanMarkers: [] as LyingFile[], ready: [] as LyingFile[] };
  const unreadable: string[] = [];
  const unlessUnreadable = (error: unknown): [] => {
    unreadable.push((error as Error).message);
    return [];
  };
  for (const account of accountFolders(folders.accountsDir, unlessUnreadable)) {
    for (const folder of ['root', 'test'] as const) {
      const files = await listFolder(dropFolder(folders, account, folder)).catch(unlessUnreadable);
      const context = { nowMs: now.getTime(), markerGraceMs: 0, busy: new Set<string>(), cameWhole: () => true };
      const { waiting, orphanMarkers, ready } = pairFiles(files, context);
      const view = ({ name, bytes, cameAtMs }: (typeof files)[number]): LyingFile => ({
        account,
        folder,
        fileName: name,
        bytes,
        since: new Date(cameAtMs).toISOString(),
      });
      lying.unmarked.push(...waiting.map(({ data }) => view(data)));
      lying.orphanMarkers.push(...orphanMarkers.map(({ marker }) => view(marker)));
      lying.ready.push(...ready.map(({ data }) => view(data)));
    }
  }
  const common = {
    unreadable,
    dataDir: config.dataDir,
    found: listFoundFolders(folders),
    disk: readDisk(config),
    readOnly: readOnlyDisk(config.dataDir),
    running,
    ...readTold(config, running !== null, now),
  };
  const accounts = { accounts: listing.accounts.length, accountProblems: listing.problems };
  const store = readStore(config);
  const orphanMarkers = lying.orphanMarkers.filter(
    (marker) => !store.unfinished.some((batch) => isMarkerOf(batch, marker)),
  );
  return { ...common, ...lying, orphanMarkers, ...accounts, ...store };
}

/** The data went into work; the marker stays to the end. */
function isMarkerOf(batch: BatchRecord, { account, folder, fileName }: LyingFile): boolean {
  return batch.account === account && batch.folder === folder && batch.markerName === fileName;
}

function readStore(config: Config): Pick<StatusView, 'unfinished' | 'quarantined' | 'last' | 'summary' | 'tables'> {
  const reader = openReader(config);
  if (reader === null) return { unfinished: [], quarantined: [], last: [], summary: null, tables: [] };
  try {
    const states = JOURNEY.filter((state) => state !== 'archived');
    const quarantined = reader.quarantined();
    const aside = new Set(quarantined.map(({ batch }) => batch.id));
    const unfinished = states
      .flatMap((state) => reader.batches({ state, limit: UNFINISHED_MAX }))
      .filter(({ id }) => !aside.has(id));
    unfinished.sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1));
    const last = reader.batches({ state: 'archived', limit: LAST_BATCHES });
    return { unfinished, quarantined, last, summary: reader.summary(), tables: reader.tables() };
  } finally {
    reader.close();
  }
}

function readDisk({ dataDir, ingest }: Config): DiskSpace | null {
  try {
    const { bavail, bsize } = statfsSync(dataDir);
    return { freeBytes: bavail * bsize, reserveBytes: ingest.diskReserveBytes };
  } catch {
    return null;
  }
}

/** Names of the accounts' folders; none before the first login. */
function accountFolders(accountsDir: string, unlessUnreadable: (error: unknown) => []): string[] {
  try {
    return readdirSync(accountsDir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? [] : unlessUnreadable(error);
  }
}

/** The daemon writes it at each rescan. */
function readTold(config: Config, isRunning: boolean, now: Date): Pick<StatusView, 'daemon' | 'isStale'> {
  if (!isRunning) return { daemon: null, isStale: false };
  const daemon = readDaemonStatus(config.dataDir);
  const oldestMs = Math.max(STALE_MIN_MS, STALE_PERIODS * config.ingest.rescanSeconds * 1000);
  const isStale = daemon !== null && now.getTime() - Date.parse(daemon.writtenAt) > oldestMs;
  return { daemon, isStale };
}

/** The port that senders connect to: the running daemon's own where it was free to choose one. */
export function listeningPort(config: Config): number {
  return config.sftp.port === 0 ? (readDaemonStatus(config.dataDir)?.sftp?.port ?? 0) : config.sftp.port;
}

/** Null when the daemon has written none yet, or one that cannot be read: the snapshot is a courtesy. */
export function readDaemonStatus(dataDir: string): DaemonStatus | null {
  try {
    return JSON.parse(readFileSync(join(dataDir, 'status.json'), 'utf8')) as DaemonStatus;
  } catch {
    return null;
  }
}
