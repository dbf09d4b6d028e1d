/** Workers that die, run out of memory, hang or fail: what it costs their batch, and nobody else. */
import { cpSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import os from 'node:os';
import { promisify } from 'node:util';
import type * as LoadConfig from '../../src/config/load-config';
import type * as Compose from '../../src/daemon/compose';
import type { DaemonStatus } from '../../src/daemon/status-file';
import type { Logger } from '../../src/ports/logger';
import { writeAccount } from '../support/add-account';
import { type Home, labdrop, listNames, makeHome, makeKey, PROJECT_ROOT, sshOptions } from '../support/built-daemon';
import { dropFolder, isAnswered, placeBatch } from '../support/drop-folder';
import { queryStore } from '../support/query-store';
import { LABORATORY_EXAMPLE, readExample, SENDER } from '../support/shipped-examples';
import { until } from '../support/until';

// The built program, because only that has a worker to start.
const built = createRequire(join(PROJECT_ROOT, 'dist/main.js'));
const { startDaemon } = built('./daemon/compose') as typeof Compose;
const { loadConfig } = built('./config/load-config') as typeof LoadConfig;

const TYPE = 'LaboratoryTestResult';
const EXAMPLE = readExample(LABORATORY_EXAMPLE);
/** Long enough for a worker to load on a machine that is busy with other things. */
const STUCK_MS = 4_000;
/** For what comes after two of them, and two workers that load. */
const PATIENCE_MS = 60_000;

interface Failure {
  readonly how: 'exit' | 'heap' | 'hang' | 'throw';
  readonly when: 'start' | 'claimed' | 'committed' | 'tidied';
  readonly times: number;
}

let home: Home;
let daemon: Compose.StartedDaemon;
let events: { event: string; fields: Record<string, unknown> }[];

beforeEach(() => {
  home = makeHome('ingest: { rescanSeconds: 1 }');
  events = [];
});
afterEach(async () => {
  jest.restoreAllMocks();
  await daemon.stop(0);
  home.remove();
});

async function start(failures: Readonly<Record<string, Failure>>): Promise<void> {
  writeFileSync(join(home.dir, 'sabotage.json'), JSON.stringify(failures));
  const note = (event: string, fields: Record<string, unknown> = {}): void => void events.push({ event, fields });
  const log: Logger = { debug: () => undefined, info: note, warn: note, error: note };
  const script = join(PROJECT_ROOT, 'test/support/sabotaged-worker.cjs');
  daemon = await startDaemon(
    loadConfig({ explicitPath: home.configPath, env: {}, cwd: home.dir, packageRoot: PROJECT_ROOT }),
    log,
    {
      lane: { script, stuckMs: STUCK_MS, heapMb: 64 },
    },
  );
}

const nameOf = (number: number): string => `${SENDER}_${TYPE}_21060100000${number}`;
const folderOf = (account: string): string => dropFolder(home, account);

function addAccount(name: string): string {
  const key = makeKey(home, name);
  writeAccount(home, name, { authorizedKeys: [readFileSync(`${key}.pub`, 'utf8').trim()] });
  return key;
}

/** One record of a key of its own, with its marker. */
function place(account: string, number: number): void {
  const text = EXAMPLE.replaceAll(/;(T[^;]*\d)(?=;)/g, `;$1-${account}-${number}`);
  placeBatch(
    home,
    folderOf(account),
    nameOf(number),
    `${text.trimEnd()}
`,
  );
}

/** With OpenSSH's client, beside this process: the daemon lives in it. */
async function listReports(key: string): Promise<string> {
  const commands = join(home.dir, 'commands');
  writeFileSync(commands, 'ls -1 reports\n');
  const login = { port: daemon.sftp.port, user: 'lab', key };
  const args = ['-b', commands, '-P', String(login.port), ...sshOptions(login), 'lab@127.0.0.1'];
  return (await promisify(execFile)('sftp', args)).stdout;
}

const isDone = (account: string, number: number): boolean => isAnswered(folderOf(account), nameOf(number));

const failures = (): number =>
  existsSync(join(home.dir, 'failures'))
    ? readFileSync(join(home.dir, 'failures'), 'utf8').trim().split('\n').length
    : 0;

interface Row {
  readonly id: string;
  readonly file_name: string;
  readonly state: string;
  readonly quarantined_at: string | null;
  readonly quarantine_reason: string | null;
}

const batches = (): Row[] => queryStore(home.storePath, 'SELECT * FROM batches ORDER BY file_name');

const status = (): DaemonStatus => JSON.parse(readFileSync(join(home.dataDir, 'status.json'), 'utf8')) as DaemonStatus;

const hows = [
  ['exit', 'start'],
  ['exit', 'claimed'],
  ['heap', 'claimed'],
  ['hang', 'claimed'],
  ['throw', 'claimed'],
  ['exit', 'committed'],
] as const;

test.each(hows)(
  'one failure (%s, %s) costs one retry of one batch',
  async (how, when) => {
    addAccount('lab');
    await start({ [nameOf(1)]: { how, when, times: 1 } });
    place('lab', 1);
    await until(() => isDone('lab', 1), 'an answer');
    await until(() => batches()[0]?.state === 'archived', 'the end of the journey');
    expect(failures()).toBe(1);
    expect(events.filter(({ event }) => event === 'batch.retry')).toHaveLength(1);
    expect(listNames(folderOf('lab'))).toEqual(['reports']);
    expect(listNames(join(home.dataDir, 'quarantine'))).toEqual([]);
    await until(() => status().faults.length === 0, 'no standing fault');
  },
  60_000,
);

test('what fails behind an answer is told, and stops nothing', async () => {
  addAccount('lab');
  await start({ tidy: { how: 'throw', when: 'tidied', times: 1 } });
  for (const number of [1, 2]) {
    place('lab', number);
    await until(() => isDone('lab', number), 'an answer');
  }
  expect(failures()).toBe(1);
  const operation = 'tidy the store behind a batch';
  expect(events.filter(({ event }) => event === 'fault')).toEqual([
    { event: 'fault', fields: { code: 'S903', operation, message: 'cannot read what is not there' } },
  ]);
  expect(status().faults).toEqual([]);
});

test('the next worker goes by the schemas in force, whatever lies in their folder by now', async () => {
  const schemas = join(home.dir, 'schemas');
  cpSync(join(PROJECT_ROOT, 'schemas/covid19'), join(schemas, 'covid19'), { recursive: true });
  const config = readFileSync(home.configPath, 'utf8').replace(/schemas: .*/, 'schemas: { dir: schemas }');
  writeFileSync(home.configPath, config);
  addAccount('lab');
  await start({ [nameOf(1)]: { how: 'exit', when: 'claimed', times: 1 } });
  writeFileSync(join(schemas, `covid19/${TYPE}.json`), 'being edited');
  place('lab', 1);
  await until(() => isDone('lab', 1), 'an answer', PATIENCE_MS);
  expect(failures()).toBe(1);
}, 60_000);

test.each(hows.filter(([how]) => how !== 'heap' && how !== 'throw'))(
  'two failures (%s, %s) set the batch aside; its line and the server go on',
  async (how, when) => {
    const key = addAccount('lab');
    addAccount('other');
    await start({ [nameOf(1)]: { how, when, times: 99 } });
    place('lab', 1);
    await until(() => failures() === 1, 'the first failure');
    place('lab', 2);
    place('other', 3);
    await until(() => isDone('other', 3), 'the answer to another account');
    await until(() => isDone('lab', 2), 'the answer to the batch behind it', PATIENCE_MS);
    const [first] = batches();
    expect(first).toMatchObject({
      file_name: nameOf(1),
      state: { start: 'ready', claimed: 'claimed', committed: 'committed' }[when],
      quarantined_at: expect.stringMatching(/^20.*Z$/) as string,
      quarantine_reason: expect.stringMatching(/./) as string,
    });
    expect(failures()).toBe(2);
    const id = first?.id ?? '';
    const kept = listNames(join(home.dataDir, 'quarantine', id));
    expect(kept).toEqual(expect.arrayContaining(['data', `${nameOf(1)}.ok`]));
    await until(() => listNames(folderOf('lab')).length === 1, 'an empty drop folder');
    expect(listNames(join(home.dataDir, 'work'))).toEqual(['staging']);
    const told = events.filter(({ event }) => event === 'batch.quarantine');
    expect(told).toMatchObject([{ fields: { batch: id, account: 'lab', file: nameOf(1), code: 'S903' } }]);
    await until(
      () => status().faults.some(({ batch, retryAt }) => batch === id && retryAt === null),
      'a standing fault',
    );
    expect(await listReports(key)).toContain('.report.ok');
  },
  2 * PATIENCE_MS,
);

test(
  'of small batches that went together only that one is set aside which kills its worker alone',
  async () => {
    // With one core they are not shared between the lanes. The first one goes alone: meanwhile the others gather.
    jest.spyOn(os, 'availableParallelism').mockReturnValue(1);
    const accounts = ['first', 'poison', 'stumbles', 'with-them'];
    accounts.forEach(addAccount);
    accounts.forEach(place);
    await start({
      [nameOf(1)]: { how: 'exit', when: 'committed', times: 99 },
      [nameOf(2)]: { how: 'exit', when: 'claimed', times: 2 },
    });
    await until(() => batches()[1]?.quarantined_at != null, 'the quarantine', PATIENCE_MS);
    await until(() => [0, 2, 3].every((index) => isDone(accounts[index] ?? '', index)), 'the answers', PATIENCE_MS);
    expect(batches().map(({ quarantined_at }) => quarantined_at !== null)).toEqual([false, true, false, false]);
    const retries = events.filter(({ event }) => event === 'batch.retry').map(({ fields }) => fields['account']);
    expect(accounts.map((account) => retries.filter((retried) => retried === account).length)).toEqual([0, 3, 2, 1]);
  },
  2 * PATIENCE_MS,
);

test('what is set aside stays so after a restart, is shown, and its sender may send again', async () => {
  addAccount('lab');
  const plan: Readonly<Record<string, Failure>> = { [nameOf(1)]: { how: 'exit', when: 'claimed', times: 2 } };
  await start(plan);
  place('lab', 1);
  await until(() => batches()[0]?.quarantined_at != null, 'the quarantine');
  await until(() => existsSync(join(home.dataDir, 'quarantine', batches()[0]?.id ?? '', 'data')), 'its files there');
  await daemon.stop(0);
  await start(plan);
  const id = batches()[0]?.id ?? '';
  await until(() => status().faults.some(({ batch }) => batch === id), 'the standing fault');
  place('lab', 2);
  await until(() => isDone('lab', 2), 'an answer to the next batch');
  expect(failures()).toBe(2);
  expect(batches()[0]).toMatchObject({ id, state: 'claimed' });
  const shown = labdrop(home, ['status']).stdout;
  expect(shown).toMatch(/Set aside \(1\)/);
  expect(shown).toContain(id);
  expect(shown).not.toMatch(/In work/);
  expect(labdrop(home, ['check']).stdout).toContain(`labdrop release ${id}`);
  place('lab', 1);
  await until(
    () => listNames(join(folderOf('lab'), 'reports')).includes(`${nameOf(1)}.r2.report.ok`),
    'the second try',
  );
}, 60_000);

test('a quarantine that a crash cut short is finished at the next start', async () => {
  addAccount('lab');
  const plan: Readonly<Record<string, Failure>> = { [nameOf(1)]: { how: 'exit', when: 'claimed', times: 2 } };
  await start(plan);
  place('lab', 1);
  await until(() => existsSync(join(home.dataDir, 'quarantine', batches()[0]?.id ?? '', 'data')), 'the quarantine');
  await daemon.stop(0);
  const id = batches()[0]?.id ?? '';
  renameSync(join(home.dataDir, 'quarantine', id), join(home.dataDir, 'work', id));
  await start(plan);
  expect(listNames(join(home.dataDir, 'quarantine', id))).toContain('data');
  expect(listNames(join(home.dataDir, 'work'))).toEqual(['staging']);
}, 60_000);

test.each(['start', 'committed'] as const)(
  'what was set aside (%s) is released when what stopped it was mended, and processed once',
  async (when) => {
    addAccount('lab');
    await start({ [nameOf(1)]: { how: 'exit', when, times: 2 } });
    place('lab', 1);
    await until(
      () => existsSync(join(home.dataDir, 'quarantine', batches()[0]?.id ?? '', `${nameOf(1)}.ok`)),
      'it aside',
    );
    const id = batches()[0]?.id ?? '';
    await until(() => status().faults.some(({ batch }) => batch === id), 'the standing fault');
    expect(labdrop(home, ['show', id]).stdout).toMatch(/Set aside .*worker .* died/);
    expect(labdrop(home, ['batches']).stdout).toContain('(set aside)');
    const released = labdrop(home, ['release', id, '--json']);
    expect(released.status).toBe(0);
    expect(JSON.parse(released.stdout)).toEqual([{ id, account: 'lab', fileName: nameOf(1) }]);
    await until(() => batches()[0]?.state === 'archived', 'the end of its journey', 60_000);
    expect(isDone('lab', 1)).toBe(true);
    expect(batches()).toHaveLength(1);
    expect(listNames(join(home.dataDir, 'quarantine'))).toEqual([]);
    expect(listNames(join(home.dataDir, 'work'))).toEqual(['staging']);
    expect(listNames(folderOf('lab'))).toEqual(['reports']);
    await until(() => status().faults.length === 0, 'no standing fault');
    expect(labdrop(home, ['release', id])).toMatchObject({ status: 2 });
  },
  120_000,
);

test('a batch whose data is gone is released when it is put back, without a daemon too', async () => {
  addAccount('lab');
  const plan: Readonly<Record<string, Failure>> = { [nameOf(1)]: { how: 'exit', when: 'claimed', times: 2 } };
  await start(plan);
  place('lab', 1);
  await until(
    () => existsSync(join(home.dataDir, 'quarantine', batches()[0]?.id ?? '', `${nameOf(1)}.ok`)),
    'it aside',
  );
  await daemon.stop(0);
  const id = batches()[0]?.id ?? '';
  const data = join(home.dataDir, 'quarantine', id, 'data');
  renameSync(data, join(home.dir, 'lost'));
  expect(labdrop(home, ['release', id])).toMatchObject({ status: 2, stderr: expect.stringContaining(data) as string });
  expect(labdrop(home, ['check']).stdout).toContain(`put its data file back as ${data}`);
  renameSync(join(home.dir, 'lost'), data);
  expect(labdrop(home, ['release', id]).status).toBe(0);
  await start(plan);
  await until(() => isDone('lab', 1), 'the answer');
}, 60_000);
