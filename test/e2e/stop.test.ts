/** The built daemon told to stop: before it is ready, twice, with an upload open, with a batch in work. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, type SFTPWrapper } from 'ssh2';
import { addAccount } from '../support/add-account';
import { type Home, listNames, makeHome, makeKey, PROJECT_ROOT } from '../support/built-daemon';
import { dropFolder, isAnswered, placeBatch } from '../support/drop-folder';
import { queryStore } from '../support/query-store';
import { LABORATORY_EXAMPLE, readExample } from '../support/shipped-examples';
import { until } from '../support/until';

const MAIN = join(PROJECT_ROOT, 'dist/main.js');
const TYPE = 'LaboratoryTestResult';
const NAME = LABORATORY_EXAMPLE;
const EXAMPLE = readExample(NAME);

let home: Home;
let key: string;
let child: ChildProcess;
let output: string;

beforeEach(() => {
  home = makeHome('ingest: { rescanSeconds: 1 }');
  key = makeKey(home, 'id_lab');
  addAccount(home, { key, account: 'lab' });
});
afterEach(async () => {
  await end('SIGKILL');
  home.remove();
});

const drop = (...names: string[]): string => join(dropFolder(home, 'lab'), ...names);
const logged = (event: string): boolean => output.includes(`"event":"${event}"`);
const port = (): number => Number(/^ready sftp=\S+:(\d+)/m.exec(output)?.[1]);

function serve(): void {
  output = '';
  const telltale = join(home.dir, 'telltale.cjs');
  writeFileSync(telltale, TELLTALE);
  const args = ['--require', telltale, MAIN, 'serve', '--config', home.configPath];
  child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
}

async function serveUntilReady(): Promise<void> {
  serve();
  await until(() => /^ready sftp=/m.test(output), 'readiness');
}

/** The exit status, or null when a signal ended it. */
async function end(signal: NodeJS.Signals | null): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, 'exit') as Promise<[number | null]>;
  if (signal !== null) child.kill(signal);
  return (await ended)[0];
}

function place(text: string): void {
  mkdirSync(drop(), { recursive: true });
  placeBatch(home, drop(), `${NAME}.csv`, text);
}

/** The example's records so many times, each with keys of its own. */
function manyRecords(times: number): string {
  const [header = '', ...records] = EXAMPLE.trimEnd().split('\n');
  const copies = Array.from({ length: times }, (_, n) => records.map((line) => line.replaceAll('S21-', `S${n}-`)));
  return [header, ...copies.flat(), ''].join('\n');
}

const query = <Row>(sql: string): Row[] => queryStore(home.storePath, sql);

/** Loaded into the program: it says when the program begins to load itself, behind its listening for signals. */
const TELLTALE = `const Module = require('node:module');
const load = Module._load;
Module._load = function (request, ...rest) {
  if (request.endsWith('/run-program')) require('node:fs').writeSync(1, 'loading\\n');
  return load.call(this, request, ...rest);
};`;

describe('before it is ready', () => {
  test.each<[string, () => boolean]>([
    ['while the program loads', () => output.startsWith('loading')],
    ['while it starts', () => logged('catalogue.load')],
  ])(
    'a reload that is asked for is done when it is: %s',
    async (_moment, isNow) => {
      serve();
      await until(isNow, 'the moment');
      child.kill('SIGHUP');
      await until(() => logged('daemon.reload'), 'the reload');
      expect(output).toMatch(/^ready sftp=/m);
      expect(await end('SIGTERM')).toBe(0);
    },
    60_000,
  );

  const moments: [string, NodeJS.Signals, () => boolean][] = [
    ['while the program loads', 'SIGTERM', () => output.startsWith('loading')],
    ['while it starts', 'SIGTERM', () => logged('daemon.start')],
    ['while its worker starts', 'SIGINT', () => logged('catalogue.load')],
    ['when its port opens', 'SIGTERM', () => logged('sftp.listen')],
  ];
  test.each(moments)(
    'it stops cleanly: %s (%s)',
    async (_moment, signal, isNow) => {
      place(EXAMPLE);
      serve();
      await until(isNow, 'the moment');
      expect(await end(signal)).toBe(0);
      expect(output).not.toMatch(/"level":"error"/);
      expect(listNames(home.dataDir)).not.toContain('status.json');
      await serveUntilReady();
      await until(() => isAnswered(drop(), NAME), 'the answer');
      expect(query('SELECT state FROM batches')).toHaveLength(1);
      expect(await end('SIGTERM')).toBe(0);
    },
    60_000,
  );
});

async function openSftp(): Promise<{ ssh: Client; sftp: SFTPWrapper }> {
  const ssh = new Client();
  ssh.on('error', () => undefined);
  ssh.connect({ host: '127.0.0.1', port: port(), username: 'lab', privateKey: readFileSync(key) });
  await once(ssh, 'ready');
  return { ssh, sftp: await promisify(ssh.sftp.bind(ssh))() };
}

interface OpenUpload {
  readonly ssh: Client;
  readonly write: (text: string, at: number) => Promise<unknown>;
  readonly close: () => Promise<unknown>;
}

async function beginUpload(name: string): Promise<OpenUpload> {
  const { ssh, sftp } = await openSftp();
  const handle = await called<Buffer>((done) => sftp.open(name, 'w', done));
  return {
    ssh,
    write: (text, at) => {
      const bytes = Buffer.from(text);
      return called<unknown>((done) =>
        sftp.write(handle, bytes, 0, bytes.length, at, (error) => done(error ?? undefined)),
      );
    },
    close: () => called<unknown>((done) => sftp.close(handle, (error) => done(error ?? undefined))),
  };
}

/** What a function with a callback answers. */
function called<T>(call: (done: (error?: Error, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => {
      if (error === undefined) resolve(value as T);
      else reject(error);
    });
  });
}

function isRefused(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port: port() });
    socket.once('error', () => resolve(true));
    socket.once('close', () => resolve(true));
    socket.once('data', () => {
      resolve(false);
      socket.destroy();
    });
  });
}

test('an open upload may end, and nobody new may come; what arrived is processed after the next start', async () => {
  await serveUntilReady();
  const upload = await beginUpload(`${NAME}.csv`);
  const half = EXAMPLE.slice(0, 400);
  await upload.write(half, 0);
  child.kill('SIGTERM');
  await until(() => logged('daemon.drain'), 'the beginning of the end');
  expect(await isRefused()).toBe(true);
  await upload.write(EXAMPLE.slice(400), 400);
  await upload.close();
  upload.ssh.end();
  expect(await end(null)).toBe(0);
  expect(readFileSync(drop(`${NAME}.csv`), 'utf8')).toBe(EXAMPLE);
  writeFileSync(drop(`${NAME}.ok`), '');
  await serveUntilReady();
  await until(() => isAnswered(drop(), NAME), 'the answer');
}, 60_000);

test('an upload that does not end is cut after the grace time, and stays a partial one', async () => {
  await serveUntilReady();
  const upload = await beginUpload(`${NAME}.csv`);
  await upload.write(EXAMPLE.slice(0, 400), 0);
  const cut = once(upload.ssh, 'close');
  expect(await end('SIGTERM')).toBe(0);
  await cut;
  expect(existsSync(drop(`${NAME}.csv`))).toBe(false);
  expect(readFileSync(join(home.dataDir, 'uploads/lab/root', `${NAME}.csv`), 'utf8')).toBe(EXAMPLE.slice(0, 400));
}, 60_000);

test('told twice it ends at once, whatever is open, and loses nothing', async () => {
  await serveUntilReady();
  const upload = await beginUpload('something.csv');
  await upload.write('x', 0);
  place(manyRecords(4_000));
  await until(() => listNames(join(home.dataDir, 'work')).length > 1, 'a batch in work');
  child.kill('SIGTERM');
  await until(() => logged('daemon.drain'), 'the beginning of the end');
  expect(await end('SIGTERM')).toBe(70);
  expect(output).not.toContain('"event":"daemon.stop"');
  await serveUntilReady();
  await until(() => isAnswered(drop(), NAME), 'the answer', 60_000);
  expect(query(`SELECT outcome, accepted FROM batches`)).toEqual([{ outcome: 'ACCEPTED', accepted: 20_000 }]);
  expect(query(`SELECT count(*) AS n FROM ${TYPE}`)).toEqual([{ n: 20_000 }]);
}, 120_000);

test('a batch in work is finished first', async () => {
  await serveUntilReady();
  place(manyRecords(1_000));
  await until(() => listNames(join(home.dataDir, 'work')).length > 1, 'a batch in work');
  expect(await end('SIGTERM')).toBe(0);
  expect(query('SELECT state, outcome FROM batches')).toEqual([{ state: 'archived', outcome: 'ACCEPTED' }]);
  expect(isAnswered(drop(), NAME)).toBe(true);
}, 120_000);
