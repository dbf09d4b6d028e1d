/** Against a datagram socket in the service manager's place. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DgramSocket } from 'node-unix-socket';
import { createServiceNotifier, type ServiceNotifier } from '../../../../src/adapters/systemd/service-notifier';

const PID = 42;

let dir: string;
let manager: DgramSocket;
let received: string[];
let notifier: ServiceNotifier | null;
let problems: string[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'labdrop-notify-'));
  manager = new DgramSocket();
  manager.bind(join(dir, 'notify'));
  received = [];
  problems = [];
  notifier = null;
  manager.on('data', (message: Buffer) => received.push(message.toString()));
});

afterEach(() => {
  notifier?.close();
  manager.close();
  rmSync(dir, { recursive: true });
});

function make(env: Record<string, string>): ServiceNotifier {
  notifier = createServiceNotifier({ env, pid: PID, onProblem: (message) => problems.push(message) });
  return notifier;
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited in vain; received ${JSON.stringify(received)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

it('tells the life of a service, each status once', async () => {
  const service = make({ NOTIFY_SOCKET: join(dir, 'notify') });
  service.ready('listening');
  service.status('listening');
  service.status('two\nlines');
  service.reloading();
  service.ready('again');
  service.stopping('draining');
  await until(() => received.length === 5);
  expect(received.map((message) => message.replace(/=\d{2,}/, '=N'))).toEqual([
    'READY=1\nSTATUS=listening',
    'STATUS=two lines',
    'RELOADING=1\nMONOTONIC_USEC=N',
    'READY=1\nSTATUS=again',
    'STOPPING=1\nSTATUS=draining',
  ]);
  expect(problems).toEqual([]);
});

it('feeds the watchdog from the moment it is ready, until it is closed', async () => {
  const service = make({ NOTIFY_SOCKET: join(dir, 'notify'), WATCHDOG_USEC: '20000', WATCHDOG_PID: '42' });
  service.status('starting');
  await until(() => received.length === 1);
  expect(received).toEqual(['STATUS=starting']);
  service.ready('listening');
  await until(() => received.filter((message) => message === 'WATCHDOG=1').length > 3);
});

it.each([
  ['no watchdog is set', {}],
  ['it is set for another process', { WATCHDOG_USEC: '2000', WATCHDOG_PID: '41' }],
  ['it is no number', { WATCHDOG_USEC: 'soon' }],
])('feeds none when %s', async (_what, env) => {
  const service = make({ NOTIFY_SOCKET: join(dir, 'notify'), ...env });
  service.ready('listening');
  await new Promise((resolve) => setTimeout(resolve, 30));
  service.status('end');
  await until(() => received.includes('STATUS=end'));
  expect(received).not.toContain('WATCHDOG=1');
});

it('says once when the manager is not there, and goes on', async () => {
  const service = make({ NOTIFY_SOCKET: join(dir, 'nobody'), WATCHDOG_USEC: '4000' });
  service.ready('listening');
  await until(() => problems.length > 0);
  service.status('more');
  service.stopping('end');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(problems).toHaveLength(1);
});

it('does nothing without a service manager', () => {
  const service = make({});
  service.ready('listening');
  service.stopping('end');
  expect(problems).toEqual([]);
});
