/**
 * The built daemon started on a data folder in which things lie that should not: each is adopted, finished, or set aside
 * with a fault that stays until somebody has looked; none is deleted, and the daemon works as ever.
 */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { dataFolders, stagedReportPath } from '../../src/adapters/spool/data-folders';
import type { DaemonStatus } from '../../src/daemon/status-file';
import { addAccount } from '../support/add-account';
import {
  type BuiltDaemon,
  type Home,
  labdrop,
  listNames,
  makeHome,
  makeKey,
  sftp,
  startDaemon,
} from '../support/built-daemon';
import { isAnswered, placeBatch } from '../support/drop-folder';
import { queryStore } from '../support/query-store';
import { LABORATORY_EXAMPLE, RAPID_EXAMPLE, readExample, SENDER } from '../support/shipped-examples';
import { until } from '../support/until';

const NAME = LABORATORY_EXAMPLE;
const EARLIER = RAPID_EXAMPLE;
const UNKNOWN_ID = '01900000-0000-7000-8000-000000000001';

let home: Home;
let key: string;
let daemon: BuiltDaemon | null = null;

beforeAll(async () => {
  home = makeHome('ingest: { rescanSeconds: 1 }');
  key = makeKey(home, 'id_lab');
  addAccount(home, { key, account: 'lab' });
  daemon = await startDaemon(home);
  put(EARLIER);
  await until(() => isAnswered(drop(), EARLIER), 'the first answer');
  await until(() => states()[0] === 'archived', 'the end of the first journey');
  expect(await daemon.stop()).toBe(0);
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

const at = (...path: string[]): string => join(home.dataDir, ...path);
const staged = (id: string): string => stagedReportPath(dataFolders(home.dataDir), id, `${NAME}.report.json`);
const drop = (...names: string[]): string => at('accounts/lab', ...names);

function put(name: string): void {
  mkdirSync(drop(), { recursive: true });
  placeBatch(home, drop(), `${name}.csv`, readExample(name));
}

const query = <Row>(sql: string): Row[] => queryStore(home.storePath, sql);
const states = (): string[] => query<{ state: string }>('SELECT state FROM batches').map(({ state }) => state);
const status = (): DaemonStatus => JSON.parse(readFileSync(at('status.json'), 'utf8')) as DaemonStatus;

/** Paths below the folders of what was set aside. */
function setAside(): string[] {
  return listNames(at('quarantine'))
    .filter((name) => name.startsWith('found-'))
    .flatMap((name) => readdirSync(at('quarantine', name), { recursive: true }) as string[]);
}

function file(path: string, content = 'a leftover'): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** A folder that holds something. */
function folder(path: string): void {
  file(join(path, 'inside'));
}

/** The daemon works: it answers a batch that comes over SFTP. */
async function works(): Promise<void> {
  for (const [end, content] of [
    ['csv', readExample(NAME)],
    ['ok', ''],
  ] as const) {
    writeFileSync(join(home.dir, `${NAME}.${end}`), content);
  }
  const done = sftp({ port: daemon!.port, user: 'lab', key }, [`put ${NAME}.csv`, `put ${NAME}.ok`], home.dir);
  expect(done).toMatchObject({ status: 0, stderr: '' });
  await until(() => isAnswered(drop(), NAME), 'the answer');
}

const link = (path: string, to: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(to, path);
};
const replaced = (path: string, plant: (path: string) => void): void => {
  rmSync(path, { recursive: true, force: true });
  plant(path);
};

describe('set aside, told, and out of the way', () => {
  const cases: [string, string, (path: string) => void][] = [
    ['a folder where the lock belongs', 'labdrop.lock', (path) => replaced(path, folder)],
    ['a folder where the lock tells its holder', 'labdrop.lock.json', (path) => replaced(path, folder)],
    ['a folder where the status belongs', 'status.json', folder],
    ['a folder where the log of rejections belongs', 'logs/rejections.log', (path) => replaced(path, folder)],
    ['a file where the work folder belongs', 'work', (path) => replaced(path, file)],
    ['a link to nowhere where the work folder belongs', 'work', (path) => replaced(path, (at_) => link(at_, 'gone'))],
    ['a file where the staging folder belongs', 'work/staging', (path) => replaced(path, file)],
    ['a file where the archive belongs', 'archive', (path) => replaced(path, file)],
    ['a file where the quarantine belongs', 'quarantine', (path) => replaced(path, file)],
    ['a file where the uploads belong', 'uploads', (path) => replaced(path, file)],
    ['a file among the accounts', 'accounts/stranger', file],
    ['a link among the accounts', 'accounts/stranger', (path) => link(path, '/etc')],
    ['a file where the reports of an account belong', 'accounts/lab/reports', (path) => replaced(path, file)],
    ['a file where the rehearsals of an account belong', 'accounts/lab/test', (path) => replaced(path, file)],
    ['a folder where data belongs', `accounts/lab/${NAME}.csv`, folder],
    ['a link where data belongs', `accounts/lab/${NAME}.csv`, (path) => link(path, '/etc/passwd')],
    ['a folder where a report belongs', `accounts/lab/reports/${NAME}.report.json`, folder],
    ['a folder among rehearsals', 'accounts/lab/test/something', folder],
    ['a file among the partial uploads', 'uploads/stranger', file],
    ['a folder where a partial upload belongs', `uploads/lab/root/${NAME}.csv`, folder],
    ['a pipe in a drop folder', 'accounts/lab/pipe', (path) => execFileSync('mkfifo', [path])],
    ['work of an unknown batch', `work/${UNKNOWN_ID}`, (path) => file(join(path, 'data'))],
    ['a file among the batches in work', 'work/something', file],
    ['a link among the batches in work', 'work/something', (path) => link(path, '/etc')],
    ['what a batch was staged in', `work/staging/${UNKNOWN_ID}.staging`, file],
    ['a spare work folder that holds something', `work/staging/spare.${UNKNOWN_ID}`, folder],
    ['a file named as a spare work folder', 'work/staging/spare.file', file],
    ['a folder among requests to lift a ban', 'lift/something', folder],
    ['a file in the archive', 'archive/something', file],
    ['an original that the store does not know', `archive/${SENDER}/2021/05/${UNKNOWN_ID}_${NAME}.csv`, file],
    ['a link in the archive', `archive/${SENDER}/2021`, (path) => link(path, '/etc')],
  ];

  /** What can be planted at once, as none of it lies at or below the place of another. */
  const rounds: (typeof cases)[] = [];
  for (const one of cases) {
    const isApart = ([, path]: (typeof cases)[number]): boolean =>
      !`${path}/`.startsWith(`${one[1]}/`) && !`${one[1]}/`.startsWith(`${path}/`);
    const round = rounds.find((others) => others.every(isApart));
    if (round === undefined) rounds.push([one]);
    else round.push(one);
  }

  test.each(rounds.map((round) => [round.map(([what]) => what).join('; '), round] as const))(
    '%s',
    async (_what, round) => {
      for (const [, path, plant] of round) plant(at(path));
      const inodes = round.map(([, path]) => lstatSync(at(path)).ino);
      daemon = await startDaemon(home);
      await works();
      await until(() => round.every(([, path]) => setAside().includes(path)), 'all of it set aside');
      const [found = '', ...more] = listNames(at('quarantine')).filter((name) => name.startsWith('found-'));
      expect(more).toEqual([]);
      expect(round.map(([, path]) => lstatSync(at('quarantine', found, path)).ino)).toEqual(inodes);
      // Told once it is done.
      for (const [, path] of round) {
        const told = new RegExp(`"event":"fault".*"path":"${path}"`);
        await until(() => told.test(daemon?.stdout() ?? ''), `a fault at ${path}`);
      }
      await until(() => status().faults.some(({ message }) => message.includes(found)), 'the standing fault');
      expect(labdrop(home, ['status']).stdout).toContain(found);
      expect(labdrop(home, ['check']).stdout).toContain(found);
      rmSync(at('quarantine', found), { recursive: true });
      await until(() => status().faults.length === 0, 'no fault');
      expect(await daemon.stop()).toBe(0);
    },
    60_000,
  );
});

it('sets aside a name that is no text', async () => {
  const name = Buffer.concat([Buffer.from(drop('caf')), Buffer.from([0xe9]), Buffer.from('.csv')]);
  mkdirSync(drop(), { recursive: true });
  closeSync(openSync(name, 'w'));
  daemon = await startDaemon(home);
  await works();
  expect(setAside()).toContain('accounts/lab/caf\ufffd.csv');
  expect(daemon.stdout()).toContain(JSON.stringify('accounts/lab/caf\\xe9.csv'));
}, 60_000);

it('tells once of a name that is no text and comes while it runs, until it is mended', async () => {
  daemon = await startDaemon(home);
  const name = Buffer.from(drop('caf\xe9.csv'), 'latin1');
  writeFileSync(name, 'data');
  const lines = (): number => daemon!.stdout().split('the name of a file is not UTF-8').length - 1;
  await until(() => lines() > 0, 'a line in the log');
  expect(daemon.stdout()).toContain(`"path":${JSON.stringify(drop('caf\\xe9.csv'))}`);
  await works();
  await until(() => status().faults.length === 1, 'a fault that stands');
  expect(status().faults[0]).toMatchObject({ code: 'S901', retryable: false });
  renameSync(name, drop(`${NAME}x`));
  await until(() => status().faults.length === 0, 'no fault');
  expect(lines()).toBe(1);
}, 60_000);

it('removes an empty folder of no batch, and keeps what is set aside apart from what was before', async () => {
  mkdirSync(at('work', UNKNOWN_ID), { recursive: true });
  daemon = await startDaemon(home);
  await works();
  await until(() => listNames(at('work')).join() === 'staging', 'an empty work folder');
  expect(setAside()).toEqual([]);
}, 60_000);

describe('adopted', () => {
  test('partial uploads, half-written reports and spare work folders', async () => {
    mkdirSync(at(`work/staging/spare.${UNKNOWN_ID}`), { recursive: true });
    file(at('uploads/lab/root/something.csv'));
    file(at(`accounts/lab/reports/${NAME}.report.json`), '{"half":');
    file(at('accounts/lab/something.filepart'));
    daemon = await startDaemon(home);
    await works();
    expect(setAside()).toEqual([]);
    expect(readFileSync(at('uploads/lab/root/something.csv'), 'utf8')).toBe('a leftover');
    expect(existsSync(drop('something.filepart'))).toBe(true);
    expect(JSON.parse(readFileSync(drop('reports', `${NAME}.report.json`), 'utf8'))).toHaveProperty('outcome');
    expect(await daemon.stop()).toBe(0);
  }, 60_000);

  test('files of an account that is not there wait for it', async () => {
    file(at('accounts/other', `${NAME}.csv`));
    file(at('accounts/other', `${NAME}.ok`), '');
    daemon = await startDaemon(home);
    await works();
    expect(listNames(at('accounts/other'))).toContain(`${NAME}.csv`);
    expect(setAside()).toEqual([]);
  }, 60_000);

  test.each([
    ['at its longest', 'x'.repeat(251)],
    ['with a line break', 'a\nb'],
    ['that looks like an option', '--config=x'],
    ['of signs', '$(rm -rf ~);`x`"\'\\'],
  ])(
    'a batch with a name %s is answered',
    async (_what, base) => {
      file(drop(`${base}.csv`.slice(0, 255)));
      file(drop(`${base}.ok`), '');
      daemon = await startDaemon(home);
      await until(() => listNames(drop('reports')).some((name) => name.endsWith('.REJECTED.txt')), 'the answer');
      await until(() => states().every((state) => state === 'archived'), 'the end');
      expect(listNames(drop()).filter((name) => name !== 'reports' && name !== 'test')).toEqual([]);
      expect(status().faults).toEqual([]);
      expect(await daemon.stop()).toBe(0);
    },
    60_000,
  );
});

describe('a batch that was in work', () => {
  /** As a crash leaves it: claimed, its file in the work folder. */
  async function claimed(): Promise<string> {
    daemon = await startDaemon(home);
    put(NAME);
    await until(() => listNames(at('work')).length > 1 || isAnswered(drop(), NAME), 'the claim');
    await until(() => isAnswered(drop(), NAME), 'the answer');
    await until(() => states().every((state) => state === 'archived'), 'the end');
    expect(await daemon.stop()).toBe(0);
    const db = new Database(home.storePath);
    const { id, received_at: receivedAt } = db
      .prepare<[string], { id: string; received_at: string }>('SELECT id, received_at FROM batches WHERE file_name = ?')
      .get(`${NAME}.csv`)!;
    db.exec(`DELETE FROM LaboratoryTestResult WHERE _batch_id = '${id}'; DELETE FROM findings WHERE batch_id = '${id}';
      UPDATE batches SET state = 'claimed', outcome = NULL, sha256 = NULL, commit_seq = NULL, committed_at = NULL,
        reported_at = NULL, archived_at = NULL, records = 0, accepted = 0, accepted_with_warning = 0, corrected = 0,
        rejected = 0, duplicate = 0 WHERE id = '${id}'`);
    db.close();
    rmSync(drop('reports'), { recursive: true });
    const [year = '', month = ''] = receivedAt.split('-');
    mkdirSync(at('work', id), { recursive: true });
    renameSync(at('archive', SENDER, year, month, `${id}_${NAME}.csv`), at('work', id, 'data'));
    return id;
  }

  test.each([
    ['nothing else', () => undefined],
    ['a half-written report', (id: string) => file(staged(id), '{"half":')],
    [
      'a half-written report of an earlier version',
      (id: string) => file(at('work', id, 'reports', `${NAME}.report.json`), '{"half":'),
    ],
    ['a half-made copy', (id: string) => file(at('work', id, 'data.copy'))],
  ])(
    'is finished: %s beside its data',
    async (_what, plant) => {
      const id = await claimed();
      plant(id);
      daemon = await startDaemon(home);
      await until(() => isAnswered(drop(), NAME), 'the answer');
      await until(() => states().every((state) => state === 'archived'), 'the end');
      expect(setAside()).toEqual([]);
      expect(listNames(at('work'))).toEqual(['staging']);
    },
    60_000,
  );

  test.each([
    ['a folder where its report is written', (id: string) => folder(staged(id))],
    ['a file where an earlier version had its reports', (id: string) => file(at('work', id, 'reports'))],
  ])(
    'is finished when that is out of the way: %s',
    async (_what, plant) => {
      const id = await claimed();
      plant(id);
      daemon = await startDaemon(home);
      await until(() => isAnswered(drop(), NAME), 'the answer');
      expect(setAside().length).toBeGreaterThan(0);
    },
    60_000,
  );

  test.each([
    ['is gone', (id: string) => rmSync(at('work', id), { recursive: true })],
    ['is a folder', (id: string) => replaced(at('work', id, 'data'), folder)],
    ['is a pipe', (id: string) => replaced(at('work', id, 'data'), (path) => execFileSync('mkfifo', [path]))],
  ])(
    'is set aside when its data %s, and the next one goes on',
    async (_what, plant) => {
      const id = await claimed();
      plant(id);
      daemon = await startDaemon(home);
      await until(() => query('SELECT 1 FROM batches WHERE quarantined_at IS NOT NULL').length === 1, 'the quarantine');
      await until(() => status().faults.some(({ batch }) => batch === id), 'the standing fault');
      expect(labdrop(home, ['status']).stdout).toContain('is gone from the work folder');
      expect(states()).toContain('claimed');
      put(EARLIER);
      await until(() => isAnswered(drop(), `${EARLIER}.r2`), 'the next answer');
      expect(await daemon.stop()).toBe(0);
    },
    60_000,
  );
});
