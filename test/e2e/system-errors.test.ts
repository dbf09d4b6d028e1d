/**
 * System calls of the running daemon that fail for a while, with nothing else wrong: the operator reads the cause in the
 * log and in `labdrop status` as long as it lasts, and when it is over the batch ends as ever, with no restart. Needs
 * strace and the right to trace.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
import { dropFolder, isAnswered, placeBatch } from '../support/drop-folder';
import { LABORATORY_EXAMPLE, readExample } from '../support/shipped-examples';
import { until } from '../support/until';

const STEM = LABORATORY_EXAMPLE.slice(0, -2);
const EXAMPLE = readExample(LABORATORY_EXAMPLE);
const ENDS_MS = 60_000;

let home: Home;
let key: string;
let daemon: BuiltDaemon;
let lift: () => unknown = () => undefined;

beforeAll(async () => {
  home = makeHome('ingest: { rescanSeconds: 1 }');
  key = makeKey(home, 'id_lab');
  addAccount(home, { key, account: 'lab' });
  daemon = await startDaemon(home);
  mkdirSync(drop(), { recursive: true });
});
afterEach(() => lift());
afterAll(async () => {
  await daemon.stop('SIGKILL');
  home.remove();
});

const drop = (...names: string[]): string => join(dropFolder(home, 'lab'), ...names);
const faults = (): DaemonStatus['faults'] =>
  (JSON.parse(readFileSync(join(home.dataDir, 'status.json'), 'utf8')) as DaemonStatus).faults;
const standing = async (): Promise<string> => (await fetch(`http://127.0.0.1:${daemon.httpPort}/metrics`)).text();
const shown = (): string => labdrop(home, ['status']).stdout;

/** Drops a batch as another program on the machine does. */
function place(base: string, record: string): void {
  placeBatch(home, drop(), `${base}.csv`, EXAMPLE.replaceAll('S21-', record));
}

/** Lets a system call of all threads fail until `lift`. */
async function inject(call: string, errno: string): Promise<void> {
  const options = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:error=${errno}`];
  const tracer = spawn('strace', [...options, '-p', String(daemon.pid)], { stdio: 'ignore' });
  lift = () => ended(tracer);
  const isTraced = (thread: string): boolean =>
    /^TracerPid:\s*[1-9]/m.test(readFileSync(`/proc/${daemon.pid}/task/${thread}/status`, 'utf8'));
  await until(() => readdirSync(`/proc/${daemon.pid}/task`).every(isTraced), 'the tracer');
}

function ended(tracer: ChildProcess): Promise<unknown> {
  lift = () => undefined;
  const end = new Promise((resolve) => tracer.once('exit', resolve));
  tracer.kill('SIGINT');
  return end;
}

/** The process may open no file more until `lift`. */
function exhaustDescriptors(): void {
  const open = new Set(readdirSync(`/proc/${daemon.pid}/fd`).map(Number));
  let free = 0;
  while (open.has(free)) free++;
  const [, before = ''] = /^Max open files\s+(\d+)/m.exec(readFileSync(`/proc/${daemon.pid}/limits`, 'utf8')) ?? [];
  const limit = (files: string | number): void => {
    execFileSync('prlimit', ['--pid', String(daemon.pid), `--nofile=${files}:`]);
  };
  limit(free);
  lift = () => {
    limit(before);
    lift = () => undefined;
  };
}

test.each([
  ['EIO', 'fsync', '10', /S902 +lab .*disk I\/O error \(SQLITE_IOERR_FSYNC\)/],
  ['ENOSPC', 'pwrite64', '20', /S902 +lab .*disk is full \(SQLITE_FULL\)/],
  ['EACCES', 'mkdir', '30', /S901 +lab .*EACCES: permission denied, mkdir/],
])(
  '%s of %s stands as a fault while it lasts, and costs nothing when it is over',
  async (errno, call, second, told) => {
    const base = `${STEM}${second}`;
    await inject(call, errno);
    place(base, `${errno}-`);
    await until(() => faults().some(({ fileName }) => fileName === `${base}.csv`), 'the fault');
    expect(shown()).toMatch(told);
    expect(daemon.stdout()).toMatch(new RegExp(`"event":"batch.retry".*"file":"${base}.csv"`));
    await lift();
    await until(() => isAnswered(drop(), base), 'the answer', ENDS_MS);
    expect(listNames(drop('reports'))).toContain(`${base}.ACCEPTED.txt`);
    await until(() => faults().length === 0, 'no fault');
  },
  120_000,
);

test('an upload that the disk fails is told to its client, and stands as a fault until it comes again', async () => {
  const upload = (): number | null => sftp(login, [`put ${home.configPath} ${STEM}40.csv`], home.dir).status;
  const login = { port: daemon.port, user: 'lab', key };
  await inject('fsync', 'EIO');
  expect(upload()).not.toBe(0);
  await until(() => faults().some(({ message }) => message.startsWith('SFTP, close')), 'the fault');
  expect(shown()).toMatch(/S901 +lab .*SFTP, close: Error: EIO: i\/o error, fsync/);
  expect(await standing()).toContain('labdrop_faults_standing{code="S901"} 1');
  await lift();
  expect(upload()).toBe(0);
  await until(() => faults().length === 0, 'no fault');
  expect(await standing()).toContain('labdrop_faults_standing{code="S901"} 0');
}, 60_000);

test('EMFILE stands as a fault while it lasts, and costs nothing when it is over', async () => {
  const base = `${STEM}59`;
  const login = { port: daemon.port, user: 'lab', key };
  exhaustDescriptors();
  place(base, 'EMF-');
  await until(() => faults().some(({ message }) => message.includes('EMFILE')), 'the fault');
  expect(shown()).toMatch(/S901 .*EMFILE: too many open files/);
  expect(daemon.stdout()).toMatch(/"event":"fault".*EMFILE: too many open files/);
  expect(sftp(login, ['ls'], home.dir).status).not.toBe(0);
  await lift();
  await until(() => isAnswered(drop(), base), 'the answer', ENDS_MS);
  expect(listNames(drop('reports'))).toContain(`${base}.ACCEPTED.txt`);
  await until(() => faults().length === 0, 'no fault');
  expect(shown()).not.toContain('Faults');
  expect(sftp(login, ['ls'], home.dir).status).toBe(0);
}, 120_000);
