/**
 * The real built daemon as a child, with `strace` on the thread that moves the batches where asked for. Nothing here
 * knows what is right; it starts, waits and stops. A daemon that neither ends nor finishes in time is an error.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACCOUNT, baseOf, BATCHES, PROJECT_ROOT } from './scenario.mjs';

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
 * @param options `strace`: arguments of the tracer for the thread of the journey, or null; `wrongOrder`: see
 * wrong-orders.cjs
 */
export async function startDaemon(home, { strace = null, wrongOrder = '' } = {}) {
  const gate = join(home.dir, 'gate');
  rmSync(gate, { recursive: true, force: true });
  mkdirSync(gate);
  const env = { ...process.env, CRASH_GATE: strace === null ? '' : gate, CRASH_WRONG_ORDER: wrongOrder };
  const child = track(
    spawn(process.execPath, ['--require', GATE, MAIN, 'serve', '--config', home.configPath], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  const daemon = { child, output: '', stop: (signal = 'SIGTERM') => stop(daemon, signal) };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (daemon.output += chunk));
  if (strace !== null) await attach(daemon, gate, strace);
  return daemon;
}

async function attach(daemon, gate, strace) {
  const { child } = daemon;
  const threadFile = join(gate, 'thread');
  const isThere = () => existsSync(threadFile) && readFileSync(threadFile, 'utf8') !== '';
  await until(
    () => isThere() || child.exitCode !== null,
    () => `the worker thread\n${daemon.output}`,
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
  const drop = join(dataDir, 'accounts', ACCOUNT);
  const isOurs = (name) => name === 'reports' || name === 'test' || name === 'staging';
  const folders = [drop, join(drop, 'test'), join(dataDir, 'work'), join(dataDir, 'work/staging')];
  return [...folders, join(dataDir, 'uploads'), join(dataDir, 'quarantine')].flatMap((folder) =>
    listNames(folder)
      .filter((name) => !isOurs(name))
      .map((name) => join(folder, name)),
  );
}

/** Answers without their last file, and what still lies in drop and work. */
export function unfinished(home) {
  const unanswered = BATCHES.map((batch) => reportPath(home, batch, 'report.ok')).filter((path) => !existsSync(path));
  return [...unanswered, ...leftOver(home)];
}

export function reportsFolder({ dataDir }, { folder }) {
  return join(dataDir, 'accounts', ACCOUNT, folder, 'reports');
}

export function reportPath(home, batch, ending) {
  return join(reportsFolder(home, batch), `${baseOf(batch)}.${ending}`);
}

/** Waits until all is answered and cleared and a signal would be heard, or the daemon has ended; whether all is done. */
export async function untilFinished(home, daemon, deadlineMs = DEADLINE_MS) {
  const hasEnded = () => daemon.child.exitCode !== null || daemon.child.signalCode !== null;
  const isDone = () => unfinished(home).length === 0 && /"event":"daemon.ready"/.test(daemon.output);
  const what = () => `${unfinished(home).join(', ')}\n${daemon.output}`;
  await until(() => hasEnded() || isDone(), what, deadlineMs);
  return unfinished(home).length === 0;
}

/** Waits until nothing is left to do, then stops the daemon: the exit status must be 0. */
export async function finish(home, daemon, deadlineMs) {
  if (!(await untilFinished(home, daemon, deadlineMs))) throw new Error(`the daemon ended early\n${daemon.output}`);
  const { code, signal } = await daemon.stop();
  if (code !== 0) throw new Error(`the daemon stopped with ${code ?? signal}\n${daemon.output}`);
}
