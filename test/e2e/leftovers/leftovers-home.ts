/**
 * A data folder in which a batch was processed and the daemon has stopped, the same for each test of a file, to plant
 * things in; and what the built daemon that is started on it has made of them.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DaemonStatus } from '../../../src/daemon/status-file';
import { addAccount } from '../../support/add-account';
import {
  type BuiltDaemon,
  type CommandResult,
  type Home,
  labdrop,
  listNames,
  makeHome,
  makeKey,
  sftp,
  startDaemon,
} from '../../support/built-daemon';
import { isAnswered, placeBatch } from '../../support/drop-folder';
import { queryStore } from '../../support/query-store';
import { LABORATORY_EXAMPLE, RAPID_EXAMPLE, readExample } from '../../support/shipped-examples';
import { until } from '../../support/until';

/** The batch that the tests deliver. */
export const NAME = LABORATORY_EXAMPLE;
/** The one that was there before. */
export const EARLIER = RAPID_EXAMPLE;
export const UNKNOWN_ID = '01900000-0000-7000-8000-000000000001';

export interface LeftoversHome {
  /** Below the data folder. */
  readonly at: (...path: readonly string[]) => string;
  /** Below the drop folder. */
  readonly drop: (...path: readonly string[]) => string;
  readonly storePath: () => string;
  /** Starts the daemon; it is ended with the test. */
  readonly start: () => Promise<BuiltDaemon>;
  readonly labdrop: (args: readonly string[]) => CommandResult;
  /** Places an example with its marker. */
  readonly put: (baseName: string) => void;
  readonly answered: (baseName?: string) => Promise<void>;
  /** The daemon works: it answers a batch that comes over SFTP. */
  readonly works: () => Promise<void>;
  readonly query: <Row>(sql: string) => Row[];
  /** Of each batch in the store. */
  readonly states: () => string[];
  readonly allArchived: () => Promise<void>;
  readonly status: () => DaemonStatus;
  /** Paths below the folders of what was set aside. */
  readonly setAside: () => string[];
}

/** Call it at the top level of a test file: it starts a daemon before the first test and removes all after the last. */
export function leftoversHome(): LeftoversHome {
  let home: Home;
  let key: string;
  let daemon: BuiltDaemon | null = null;

  const at = (...path: readonly string[]): string => join(home.dataDir, ...path);
  const drop = (...path: readonly string[]): string => at('accounts/lab', ...path);
  const answered = (baseName = NAME): Promise<void> => until(() => isAnswered(drop(), baseName), 'the answer');
  const query = <Row>(sql: string): Row[] => queryStore(home.storePath, sql);
  const states = (): string[] => query<{ state: string }>('SELECT state FROM batches').map(({ state }) => state);
  const allArchived = (): Promise<void> => until(() => states().every((state) => state === 'archived'), 'the end');

  async function start(): Promise<BuiltDaemon> {
    daemon = await startDaemon(home);
    return daemon;
  }

  function put(baseName: string): void {
    mkdirSync(drop(), { recursive: true });
    placeBatch(home, drop(), `${baseName}.csv`, readExample(baseName));
  }

  async function works(): Promise<void> {
    writeFileSync(join(home.dir, `${NAME}.csv`), readExample(NAME));
    writeFileSync(join(home.dir, `${NAME}.ok`), '');
    const login = { port: daemon!.port, user: 'lab', key };
    const done = sftp(login, [`put ${NAME}.csv`, `put ${NAME}.ok`], home.dir);
    expect(done).toMatchObject({ status: 0, stderr: '' });
    await answered();
  }

  beforeAll(async () => {
    home = makeHome('ingest: { rescanSeconds: 1 }');
    key = makeKey(home, 'id_lab');
    addAccount(home, { key, account: 'lab' });
    const first = await start();
    put(EARLIER);
    await answered(EARLIER);
    await allArchived();
    expect(await first.stop()).toBe(0);
    cpSync(home.dataDir, join(home.dir, 'before'), { recursive: true, preserveTimestamps: true });
  }, 60_000);
  beforeEach(() => {
    rmSync(home.dataDir, { recursive: true });
    cpSync(join(home.dir, 'before'), home.dataDir, { recursive: true, preserveTimestamps: true });
  });
  afterEach(async () => {
    await daemon?.stop('SIGKILL');
    daemon = null;
  });
  afterAll(() => home.remove());

  return {
    at,
    drop,
    storePath: () => home.storePath,
    start,
    labdrop: (args) => labdrop(home, args),
    put,
    answered,
    works,
    query,
    states,
    allArchived,
    status: () => JSON.parse(readFileSync(at('status.json'), 'utf8')) as DaemonStatus,
    setAside: () =>
      listNames(at('quarantine'))
        .filter((name) => name.startsWith('found-'))
        .flatMap((name) => readdirSync(at('quarantine', name), { recursive: true, encoding: 'utf8' })),
  };
}

/** Plants a file. */
export function file(path: string, content = 'a leftover'): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** Plants a folder that holds something. */
export function folder(path: string): void {
  file(join(path, 'inside'));
}

/** Plants a symbolic link. */
export function link(path: string, to: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(to, path);
}

/** Plants something in the place of what is there. */
export function replaced(path: string, plant: (path: string) => void): void {
  rmSync(path, { recursive: true, force: true });
  plant(path);
}
