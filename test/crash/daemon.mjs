/**
 * The real built daemon as a child, with `strace` on one of its threads where asked for. Nothing here
 * knows what is right; it starts, waits and stops. A daemon that neither ends nor finishes in time is an error.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { baseOf, PROJECT_ROOT } from './scenario.mjs';

const Database = createRequire(import.meta.url)('better-sqlite3');

const MAIN = join(PROJECT_ROOT, 'dist/main.js');
const GATE = join(PROJECT_ROOT, 'test/crash/gate.cjs');
const DEADLINE_MS = 60_000;

const children = new Set();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** @throws when `done` does not come true */
export async function until(done, what, deadlineMs = DEADLINE_MS) {
  const deadline = Date.now() + deadlineMs;
  while (!done()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what()}`);
    await sleep(10);
  }
}

function track(child) {
  children.add(child);
  child.ended = new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      children.delete(child);
      resolve({ code, signal });
    });
  });
  return child;
}

/**
 * Starts the daemon on a home.
 * @param options `strace`: arguments of the tracer, or null; `thread`: what it traces, `journey`, the worker that moves
 * the batches, from its first call on, or `main` or `pool`, the main thread or the one that waits for the disk for it,
 * from when the daemon is ready; `wrongOrder`: see wrong-orders.cjs
 */
export async function startDaemon(home, { strace = null, thread = 'journey', wrongOrder = '' } = {}) {
  const gate = join(home.dir, 'gate');
  rmSync(gate, { recursive: true, force: true });
  mkdirSync(gate);
  const env = { ...process.env, CRASH_WRONG_ORDER: wrongOrder, CRASH_ON_DISK: home.onDisk ? '1' : '' };
  if (strace !== null) Object.assign(env, { CRASH_GATE: gate, CRASH_THREAD: thread });
  // One thread in the pool: which of several makes a call is chance.
  if (strace !== null && thread !== 'journey') env.UV_THREADPOOL_SIZE = '1';
  const child = track(
    spawn(process.execPath, ['--require', GATE, MAIN, 'serve', '--config', home.configPath], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  const daemon = { child, output: '', stop: (signal = 'SIGTERM') => stop(daemon, signal) };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (daemon.output += chunk));
  if (strace === null) return daemon;
  if (thread !== 'journey') await portOf(daemon);
  await attach(daemon, gate, strace);
  return daemon;
}

/** The port on which the daemon serves SFTP, when it does. @throws when it ends before */
export async function portOf(daemon) {
  const read = () => /^ready sftp=\S+:(\d+)/m.exec(daemon.output)?.[1];
  await until(
    () => read() !== undefined || hasEnded(daemon),
    () => `a ready daemon\n${daemon.output}`,
  );
  if (read() === undefined) throw new Error(`the daemon ended before it was ready\n${daemon.output}`);
  return read();
}

export function hasEnded({ child }) {
  return child.exitCode !== null || child.signalCode !== null;
}

async function attach(daemon, gate, strace) {
  const { child } = daemon;
  const threadFile = join(gate, 'thread');
  const isThere = () => existsSync(threadFile) && readFileSync(threadFile, 'utf8') !== '';
  await until(
    () => isThere() || hasEnded(daemon),
    () => `the thread\n${daemon.output}`,
  );
  const thread = readFileSync(threadFile, 'utf8');
  const tracer = track(
    spawn('strace', ['-qq', '-y', '-p', thread, ...strace], { stdio: ['ignore', 'ignore', 'pipe'] }),
  );
  let complaint = '';
  tracer.stderr.on('data', (chunk) => (complaint += chunk));
  daemon.tracer = tracer;
  const status = `/proc/${child.pid}/task/${thread}/status`;
  await until(
    () => /^TracerPid:\s*[1-9]/m.test(readFileSync(status, 'utf8')) || tracer.exitCode !== null,
    () => 'the tracer',
  );
  if (tracer.exitCode !== null) throw new Error(`strace cannot trace here (it needs ptrace): ${complaint}`);
  writeFileSync(join(gate, 'open'), '');
}

async function stop(daemon, signal) {
  daemon.child.kill(signal);
  const timer = setTimeout(() => daemon.child.kill('SIGKILL'), DEADLINE_MS);
  const ended = await daemon.child.ended;
  clearTimeout(timer);
  await daemon.tracer?.ended;
  return ended;
}

export function listNames(path) {
  return existsSync(path) ? readdirSync(path).sort() : [];
}

/** What still lies where nothing must lie when all is done. */
export function leftOver({ dataDir }) {
  const drops = listNames(join(dataDir, 'accounts')).map((account) => join(dataDir, 'accounts', account));
  const isOurs = (name) => ['reports', 'test', 'staging'].includes(name) || name.startsWith('spare.');
  const own = [join(dataDir, 'work'), join(dataDir, 'work/staging')];
  const folders = [...drops.flatMap((drop) => [drop, join(drop, 'test')]), ...own];
  const left = [...folders, join(dataDir, 'quarantine')].flatMap((folder) =>
    listNames(folder)
      .filter((name) => !isOurs(name))
      .map((name) => join(folder, name)),
  );
  return [...left, ...filesBelow(join(dataDir, 'uploads'))];
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, path, name }) => join(parentPath ?? path, name));
}

/** Answers without their last file, and what still lies in drop and work. */
export function unfinished(home) {
  const unanswered = home.batches
    .map((batch) => reportPath(home, batch, 'report.ok'))
    .filter((path) => !existsSync(path));
  return [...unanswered, ...leftOver(home)];
}

export function reportsFolder({ dataDir }, { account, folder }) {
  return join(dataDir, 'accounts', account, folder, 'reports');
}

export function reportPath(home, batch, ending) {
  return join(reportsFolder(home, batch), `${baseOf(batch)}.${ending}`);
}

/** Whether the store of a running daemon has every batch archived: the last step of all leaves no trace in the folders. */
function isToldSo({ dataDir, batches }) {
  const db = new Database(join(dataDir, 'labdrop.db'), { readonly: true });
  try {
    return db.prepare(`SELECT count(*) FROM batches WHERE state = 'archived'`).pluck().get() >= batches.length;
  } finally {
    db.close();
  }
}

/** Waits until all is answered and cleared and a signal would be heard, or the daemon has ended; whether all is done. */
export async function untilFinished(home, daemon, deadlineMs = DEADLINE_MS) {
  const isReady = () => /"event":"daemon.ready"/.test(daemon.output);
  const isDone = () => unfinished(home).length === 0 && isReady() && isToldSo(home);
  const what = () => `${unfinished(home).join(', ')}\n${daemon.output}`;
  await until(() => hasEnded(daemon) || isDone(), what, deadlineMs);
  return unfinished(home).length === 0;
}

/** Waits until nothing is left to do, then stops the daemon: the exit status must be 0. */
export async function finish(home, daemon, deadlineMs) {
  if (!(await untilFinished(home, daemon, deadlineMs))) throw new Error(`the daemon ended early\n${daemon.output}`);
  const { code, signal } = await daemon.stop();
  if (code !== 0) throw new Error(`the daemon stopped with ${code ?? signal}\n${daemon.output}`);
}
