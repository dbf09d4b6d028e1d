/**
 * The built daemon as a service manager runs it: readiness, status and watchdog on a datagram socket, ports that are
 * passed on, reload and stop by signal, no privilege at all.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { DgramSocket } from 'node-unix-socket';
import { addAccount } from '../support/add-account';
import { type Home, makeHome, makeKey, PROJECT_ROOT, sftp } from '../support/built-daemon';
import { until } from '../support/until';

const MAIN = join(PROJECT_ROOT, 'dist/main.js');

let home: Home;
let manager: DgramSocket;
let messages: string[];
let child: ChildProcess | null;
let output: string;

beforeEach(() => {
  home = makeHome();
  messages = [];
  output = '';
  child = null;
  manager = new DgramSocket();
  manager.bind(join(home.dir, 'notify'));
  manager.on('data', (message: Buffer) => messages.push(message.toString()));
});

afterEach(async () => {
  if (child !== null && child.exitCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  manager.close();
  home.remove();
});

/** Under `sh`, as only the process itself can put its number into LISTEN_PID. */
function serve(env: Record<string, string>, sockets: readonly number[] = []): ChildProcess {
  const script = 'LISTEN_PID=$$ exec "$0" "$@"';
  // No capability is left, nor can one be had again: the strictest part of the unit that needs no systemd.
  const unprivileged = ['--no-new-privs', '--bounding-set=-all', '--inh-caps=-all'];
  const command = [...unprivileged, process.execPath, MAIN, 'serve', '--config', home.configPath];
  const started = spawn('sh', ['-c', script, 'setpriv', ...command], {
    stdio: ['ignore', 'pipe', 'pipe', ...sockets],
    env: { ...process.env, NOTIFY_SOCKET: join(home.dir, 'notify'), ...env },
  });
  started.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  started.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child = started;
  return started;
}

const ready = (): Promise<void> => until(() => messages.some((message) => message.startsWith('READY=1')), 'READY=1');

async function stop(service: ChildProcess): Promise<number | null> {
  const ended = once(service, 'exit') as Promise<[number | null]>;
  service.kill('SIGTERM');
  return (await ended)[0];
}

it('tells when it is ready, that it reloads and that it stops', async () => {
  const service = serve({ WATCHDOG_USEC: '100000' });
  await ready();
  expect(output).toMatch(/^ready sftp=/m);
  expect(messages[0]).toBe('STATUS=starting: the store, and what was in work');
  expect(messages[1]).toMatch(
    /^READY=1\nSTATUS=SFTP on 127\.0\.0\.1 port \d+: 0 connected, 0 batches in work, 0 waiting$/,
  );
  await until(() => messages.filter((message) => message === 'WATCHDOG=1').length >= 3, 'the watchdog');
  service.kill('SIGHUP');
  await until(() => messages.filter((message) => message.startsWith('READY=1')).length === 2, 'the end of the reload');
  expect(messages.some((message) => /^RELOADING=1\nMONOTONIC_USEC=\d+$/.test(message))).toBe(true);
  expect(await stop(service)).toBe(0);
  await until(() => messages.some((message) => message.startsWith('STOPPING=1')), 'STOPPING=1');
});

it('ends with 78 before it is ready when the configuration is not right', async () => {
  writeFileSync(home.configPath, `${readFileSync(home.configPath, 'utf8')}\nnonsense: 1\n`);
  const service = serve({});
  const [status] = (await once(service, 'exit')) as [number | null];
  expect(status).toBe(78);
  expect(messages).toEqual([]);
});

it('serves on ports that were opened for it', async () => {
  const key = makeKey(home, 'id_lab');
  addAccount(home, { key, account: 'lab' });
  const ports = [await listen(), await listen()];
  const service = serve(
    { LISTEN_FDS: '2', LISTEN_FDNAMES: 'sftp:http' },
    ports.map(({ fd }) => fd),
  );
  await ready();
  const [sftpPort, httpPort] = ports.map(({ port }) => port) as [number, number];
  // Before the test's own end of the socket is closed the kernel might hand a connection to it.
  await Promise.all(ports.map(({ close }) => close()));
  expect(output).toContain(`ready sftp=127.0.0.1:${sftpPort} http=127.0.0.1:${httpPort}`);
  expect(sftp({ port: sftpPort, user: 'lab', key }, ['ls'], home.dir)).toMatchObject({ status: 0, stderr: '' });
  expect((await fetch(`http://127.0.0.1:${httpPort}/readyz`)).status).toBe(200);
  expect(await stop(service)).toBe(0);
});

interface OpenPort {
  readonly port: number;
  readonly fd: number;
  readonly close: () => Promise<void>;
}

async function listen(): Promise<OpenPort> {
  const server: Server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
  return { port, fd, close: () => new Promise((closed) => server.close(() => closed())) };
}
