/** The built program as a child process, in a temporary folder of its own. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const PROJECT_ROOT = resolve(__dirname, '../..');
const MAIN = join(PROJECT_ROOT, 'dist/main.js');
/** Shortly before jest gives a test up, so that what the daemon said until then is told. */
const START_DEADLINE_MS = 50_000;

export interface Home {
  readonly dir: string;
  readonly dataDir: string;
  readonly storePath: string;
  readonly configPath: string;
  remove(): void;
}

export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface BuiltDaemon {
  readonly port: number;
  /** Of health and metrics; null when it has none open. */
  readonly httpPort: number | null;
  readonly pid: number;
  stdout(): string;
  /** Sends the signal and waits for the end; the exit status, or null when the signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** A data folder, an accounts folder and a configuration on port 0; `extra` is YAML added to it. */
export function makeHome(extra = ''): Home {
  const dir = mkdtempSync(join(tmpdir(), 'labdrop-test-'));
  const configPath = join(dir, 'labdrop.yaml');
  mkdirSync(join(dir, 'senders'));
  const lines = [
    'dataDir: data',
    'sftp: { host: 127.0.0.1, port: 0 }',
    'http: { port: 0 }',
    'senders: { dir: senders }',
    `schemas: { dir: ${join(PROJECT_ROOT, 'schemas')} }`,
    extra,
  ];
  writeFileSync(configPath, lines.join('\n'));
  return {
    dir,
    dataDir: join(dir, 'data'),
    storePath: join(dir, 'data', 'labdrop.db'),
    configPath,
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Runs a command of the built program to its end. */
export function labdrop(home: Home, args: readonly string[], options: { cwd?: string } = {}): CommandResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: options.cwd ?? home.dir,
    env: { ...process.env, LABDROP_CONFIG: home.configPath },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** @param env variables for it besides those of this process */
export async function startDaemon(home: Home, env: NodeJS.ProcessEnv = {}): Promise<BuiltDaemon> {
  const child = spawn(process.execPath, [MAIN, 'serve', '--config', home.configPath], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const port = await readyPort(child, () => output);
  const [, httpPort] = / http=\S+:(\d+)$/m.exec(output) ?? [];
  return {
    port,
    httpPort: httpPort === undefined ? null : Number(httpPort),
    pid: child.pid ?? 0,
    stdout: () => output,
    stop: (signal = 'SIGTERM') => ended(child, signal),
  };
}

function readyPort(child: ChildProcess, output: () => string): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const fail = (why: string): void => {
      stopWaiting();
      child.kill('SIGKILL');
      reject(new Error(`${why}\n${output()}`));
    };
    const poll = setInterval(() => {
      const [, port] = /^ready sftp=\S+:(\d+)(?: |$)/m.exec(output()) ?? [];
      if (port === undefined) return;
      stopWaiting();
      resolvePort(Number(port));
    }, 10);
    const deadline = setTimeout(() => fail('the daemon was not ready in time'), START_DEADLINE_MS);
    const onExit = (): void => fail('the daemon ended before it was ready');
    const stopWaiting = (): void => {
      clearInterval(poll);
      clearTimeout(deadline);
      child.off('exit', onExit);
    };
    child.on('exit', onExit);
  });
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolveCode) => {
    child.once('exit', (code) => resolveCode(code));
    child.kill(signal);
  });
}

/** A key pair made by ssh-keygen; the path of the private one. */
export function makeKey(home: Home, name: string, type = 'ed25519'): string {
  const path = join(home.dir, name);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', `${name}@example.org`, '-f', path]);
  return path;
}

export interface SftpLogin {
  readonly port: number;
  readonly user: string;
  readonly key: string;
}

/** Runs OpenSSH's `sftp` with a batch of commands, in `cwd`. */
export function sftp(login: SftpLogin, commands: readonly string[], cwd: string): CommandResult {
  const { status, stdout, stderr } = spawnSync(
    'sftp',
    ['-b', '-', '-P', String(login.port), ...sshOptions(login), `${login.user}@127.0.0.1`],
    { cwd, encoding: 'utf8', input: `${commands.join('\n')}\n` },
  );
  return { status, stdout, stderr };
}

export function sshOptions(login: SftpLogin): readonly string[] {
  const settings = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes', 'LogLevel=ERROR'];
  return ['-i', login.key, ...settings.flatMap((setting) => ['-o', setting])];
}

/** Names in a folder, sorted; none when it is not there. */
export function listNames(path: string): readonly string[] {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
