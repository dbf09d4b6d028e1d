/**
 * All of the product between the drop folder and the reports, in this process: the daemon's own intake, real folders, a
 * real store, a clock that stands still until it is moved. What the SFTP server and the worker threads add is missing.
 */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  unlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listFolder } from '../../src/adapters/inbox/list-folder';
import { loadCatalogue } from '../../src/adapters/schemas/load-catalogue';
import { createSpool } from '../../src/adapters/spool/create-spool';
import { type DataFolders, dataFolders, dropFolder, reportsFolder } from '../../src/adapters/spool/data-folders';
import { openBatchStore } from '../../src/adapters/sqlite/open-batch-store';
import { STAGED_IN_MEMORY_MAX_BYTES } from '../../src/adapters/sqlite/staging-database';
import { createIntake } from '../../src/daemon/intake';
import { prepareDataFolders } from '../../src/daemon/prepare-data-folders';
import type { Account } from '../../src/domain/account';
import { createBatchId } from '../../src/domain/batch-id';
import type { BatchOrigin, BatchRecord } from '../../src/domain/batch-record';
import type { Catalogue } from '../../src/domain/message-type';
import type { StoredFinding } from '../../src/domain/report-source';
import type { BatchPorts, IntakeRules } from '../../src/pipeline/batch-ports';
import { processBatch } from '../../src/pipeline/process-batch';
import type { SecondReader } from '../../src/pipeline/second-reader';
import { makeAccount } from './make-account';
import { queryStore } from './query-store';
import { SCHEMAS } from './shipped-examples';

/** Noon in Belgium on the first of June 2021: later than every date in the examples. */
export const START = Date.parse('2021-06-01T10:00:00Z');
const MEMORY = '/dev/shm';
const MARKER_GRACE_SECONDS = 3_600;
const REMINDER_HOURS = 4;

const RULES: IntakeRules = {
  mode: 'record',
  maxRejected: null,
  maxRejectedRatio: null,
  maxFileBytes: 1024 ** 3,
  unmarkedReminderHours: REMINDER_HOURS,
  markerGraceSeconds: MARKER_GRACE_SECONDS,
};

export interface PipelineOptions {
  readonly account?: Partial<Account>;
  readonly rules?: Partial<IntakeRules>;
  readonly schemasDir?: string;
  /** Instead of what is in `schemasDir`. */
  readonly catalogue?: Catalogue;
  /** Files that may not fit into memory go to the disk; small ones are quicker where no disk waits for them. */
  readonly onDisk?: boolean;
  /** Reads the second part of files that are not staged in memory. */
  readonly secondReader?: SecondReader;
  readonly stagedInMemoryMaxBytes?: number;
}

export interface Processed {
  readonly batch: BatchRecord;
  /** All findings, in report order. */
  readonly findings: readonly StoredFinding[];
}

export interface PipelineHome {
  readonly folders: DataFolders;
  readonly catalogue: Catalogue;
  readonly ports: BatchPorts;
  readonly account: Account;
  /** Puts files into the drop folder or its `test/`, as a finished upload would, without taking them up. */
  put(name: string, content: string | Uint8Array, folder?: 'root' | 'test'): void;
  /** Drops a data file with its marker and takes both up. */
  drop(name: string, content: string | Uint8Array, options?: DropOptions): Promise<Processed>;
  /** What a scan would offer, in the order of the names, without processing it. */
  offered(): Promise<readonly BatchOrigin[]>;
  /** Takes up what lies in the drop folders, as a scan would, in the order of their names. */
  scan(): Promise<readonly Processed[]>;
  /** Processes the archived original again. */
  replay(batch: BatchRecord): Processed;
  wait(minutes: number): void;
  reports(folder?: 'root' | 'test'): ReadonlyMap<string, Buffer>;
  /** One report of the drop folder's; undefined when it is not there. */
  report(name: string): Buffer | undefined;
  dropped(folder?: 'root' | 'test'): readonly string[];
  /** Rows of a query on the store, read by a connection of its own. */
  query(sql: string, ...values: readonly unknown[]): readonly Record<string, unknown>[];
  remove(): void;
}

export interface DropOptions {
  readonly folder?: 'root' | 'test';
  /** Content of the marker. */
  readonly marker?: string;
}

export function makePipelineHome(options: PipelineOptions = {}): PipelineHome {
  const dir = mkdtempSync(join(options.onDisk !== true && existsSync(MEMORY) ? MEMORY : tmpdir(), 'labdrop-pipeline-'));
  const folders = dataFolders(join(dir, 'data'));
  prepareDataFolders(folders);
  const account = makeAccount(options.account);
  const catalogue = options.catalogue ?? loadCatalogue(options.schemasDir ?? SCHEMAS);
  const { stagedInMemoryMaxBytes = STAGED_IN_MEMORY_MAX_BYTES } = options;
  const { stagingDir } = folders;
  const store = openBatchStore({ path: folders.storePath, catalogue, stagingDir, stagedInMemoryMaxBytes });
  let nowMs = START;
  const now = (): Date => new Date(nowMs);
  const ports: BatchPorts = {
    store,
    spool: createSpool(folders),
    catalogue,
    rules: { ...RULES, ...options.rules },
    now,
    secondReader: options.secondReader ?? null,
  };
  for (const folder of ['root', 'test'] as const) {
    mkdirSync(reportsFolder(folders, account.account, folder), { recursive: true });
  }
  let replays = 0;
  /** By path: the files themselves know only the time of the machine. */
  const cameAt = new Map<string, number>();

  function process(origin: BatchOrigin): Processed | null {
    nowMs += 1000;
    const result = processBatch(ports, origin, account);
    // As the worker does when a batch has its answer.
    store.tidy();
    if (result.kind === 'withdrawn') return null;
    return { batch: result.batch, findings: [...store.reportSource(result.batch.id).findings()] };
  }

  async function offered(): Promise<readonly BatchOrigin[]> {
    const offered: BatchOrigin[] = [];
    const intake = createIntake({
      findAccount: (name) => (name === account.account ? account : null),
      messageTypes: () => [...catalogue.types.keys()],
      openWriters: () => new Set(),
      writtenBeside: () => null,
      removeMarker: ({ folder }, { name }) => unlinkSync(join(dropFolder(folders, account.account, folder), name)),
      dispatcher: {
        offer: (origin) => void offered.push(origin),
        giveBack: () => undefined,
        expect: () => undefined,
        isKnown: () => false,
        heldFiles: () => [],
      },
      markerGraceMs: MARKER_GRACE_SECONDS * 1000,
      reminderMs: REMINDER_HOURS * 3_600_000,
      now,
    });
    for (const folder of ['root', 'test'] as const) {
      const path = dropFolder(folders, account.account, folder);
      const listed = await listFolder(path);
      const files = listed.map((file) => ({ ...file, cameAtMs: cameAt.get(join(path, file.name)) ?? nowMs }));
      files.sort((a, b) => (a.name < b.name ? -1 : 1));
      intake({ account: account.account, folder, files, complete: true, cameWhole: () => true });
    }
    return offered;
  }

  async function scan(): Promise<readonly Processed[]> {
    const done: Processed[] = [];
    for (const origin of await offered()) {
      const processed = process(origin);
      if (processed !== null) done.push(processed);
    }
    return done;
  }

  function put(name: string, content: string | Uint8Array, folder: 'root' | 'test' = 'root'): void {
    const path = join(dropFolder(folders, account.account, folder), name);
    writeFileSync(path, content);
    cameAt.set(path, nowMs);
  }

  async function drop(name: string, content: string | Uint8Array, { folder, marker }: DropOptions = {}) {
    put(name, content, folder);
    put(`${name}.ok`, marker ?? '', folder);
    const [processed, ...more] = await scan();
    if (processed === undefined || more.length > 0) throw new Error(`${name} gave ${more.length + 1} batches`);
    return processed;
  }

  function replay(batch: BatchRecord): Processed {
    const original = folders.archiveDir;
    const path = readdirSync(original, { recursive: true, encoding: 'utf8' }).find((name) =>
      name.endsWith(`${batch.id}_${batch.fileName}`),
    );
    if (path === undefined) throw new Error(`no original of ${batch.id}`);
    const origin = {
      ...batch,
      id: createBatchId(nowMs, randomBytes(10)),
      cause: 'replay' as const,
      dataIdentity: path,
      markerName: null,
      markerIdentity: null,
      run: 1 + ++replays,
      replayOf: batch.id,
      receivedAt: now().toISOString(),
    };
    const processed = process(origin);
    if (processed === null) throw new Error('a replay is never withdrawn');
    return processed;
  }

  return {
    folders,
    catalogue,
    ports,
    account,
    put,
    drop,
    offered,
    scan,
    replay,
    wait: (minutes) => void (nowMs += minutes * 60_000),
    reports: (folder = 'root') => readFiles(reportsFolder(folders, account.account, folder)),
    report: (name) => {
      const path = join(reportsFolder(folders, account.account, 'root'), name);
      return existsSync(path) ? readFileSync(path) : undefined;
    },
    dropped: (folder = 'root') => fileNames(dropFolder(folders, account.account, folder)),
    query: (sql, ...values) => queryStore(folders.storePath, sql, ...values),
    remove: () => {
      store.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Names of the files in a folder, sorted; folders in it are left out. */
export function fileNames(path: string): readonly string[] {
  return readdirSync(path)
    .filter((name) => statSync(join(path, name)).isFile())
    .sort();
}

function readFiles(path: string): ReadonlyMap<string, Buffer> {
  return new Map(fileNames(path).map((name) => [name, readFileSync(join(path, name))]));
}
