/** Who comes in and who no longer does, seen from outside: bans, closed accounts, the log of it. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { addAccount } from '../../support/add-account';
import {
  type BuiltDaemon,
  type Home,
  labdrop,
  makeHome,
  makeKey,
  sftp,
  sshOptions,
  startDaemon,
} from '../../support/built-daemon';
import { connectSsh } from '../../support/sftp-raw-client';
import { until } from '../../support/until';

const ACCOUNT = 'lab';

jest.setTimeout(60_000);

let home: Home;
let daemon: BuiltDaemon;
let key: string;

beforeAll(async () => {
  home = makeHome('ingest: { rescanSeconds: 1 }');
  const bans = 'bans: { threshold: 5, exempt: [] }';
  writeFileSync(home.configPath, readFileSync(home.configPath, 'utf8').replace('port: 0', `port: 0, ${bans}`));
  key = makeKey(home, 'id_lab');
  daemon = await startDaemon(home);
  addAccount(home, { key, account: ACCOUNT });
});

afterAll(async () => {
  const status = await daemon.stop();
  home.remove();
  expect(status).toBe(0);
});

const login = (user: string): number | null => sftp({ port: daemon.port, user, key }, ['pwd'], home.dir).status;

/** Log lines of one event. */
const logged = (event: string): Record<string, unknown>[] =>
  daemon
    .stdout()
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []))
    .filter((entry) => entry['event'] === event);

test('an address that tries accounts is banned, shown, and let in again by a command', async () => {
  expect(login(ACCOUNT)).toBe(0);
  expect(JSON.parse(labdrop(home, ['ban', 'list', '--json']).stdout)).toEqual([]);
  expect(login('root')).not.toBe(0);
  expect(login('admin')).not.toBe(0);
  expect(login('test')).not.toBe(0);
  await until(() => logged('sftp.ban').length === 1, 'the ban in the log');
  expect(logged('sftp.login-refused')[0]).toMatchObject({ account: 'root', address: '127.0.0.1' });
  expect(login(ACCOUNT)).not.toBe(0);
  await until(() => labdrop(home, ['status']).stdout.includes('Banned addresses (1)'), 'the ban in the status');
  const [ban] = JSON.parse(labdrop(home, ['ban', 'list', '--json']).stdout) as { address: string; count: number }[];
  expect(ban).toMatchObject({ address: '127.0.0.1', count: 1 });
  const lifted = labdrop(home, ['ban', 'lift', '127.0.0.1']);
  expect(lifted).toMatchObject({ status: 0, stdout: '127.0.0.1 may connect again.\n' });
  expect(login(ACCOUNT)).toBe(0);
  await until(() => logged('sftp.ban-lifted').length === 1, 'the end of the ban in the log');
});

test('what is no address is refused, and what is not banned is said', () => {
  expect(labdrop(home, ['ban', 'lift', 'example.org'])).toMatchObject({ status: 2 });
  const unknown = labdrop(home, ['ban', 'lift', '192.0.2.9']);
  expect(unknown.status).toBe(0);
  expect(unknown.stdout).toContain('is not in the list of bans');
});

test('an account that is disabled is cut off within seconds', async () => {
  const args = ['-P', String(daemon.port), ...sshOptions({ port: daemon.port, user: ACCOUNT, key })];
  const client = spawn('sftp', [...args, `${ACCOUNT}@127.0.0.1`], { stdio: ['pipe', 'pipe', 'ignore'] });
  let output = '';
  client.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise((resolve) => client.once('close', resolve));
  client.stdin.on('error', () => undefined); // the client may be gone before all is said
  client.stdin.write('pwd\n');
  await until(() => output.includes('Remote working directory'), 'the session');
  expect(labdrop(home, ['sender', 'disable', ACCOUNT]).status).toBe(0);
  const reason = 'the login holds no more: the account is disabled';
  await until(() => logged('sftp.disconnect').some((entry) => entry['reason'] === reason), 'the cut');
  client.stdin.end('pwd\n');
  await ended;
  expect(login(ACCOUNT)).not.toBe(0);
  await until(
    () => logged('sftp.login-refused').some((entry) => entry['reason'] === 'the account is disabled'),
    'the reason in the log',
  );
});

test('a key opens the account until its end, which is shown', async () => {
  const file = join(home.dir, 'senders', 'lab2.yaml');
  const dated = join(home.dir, 'dated');
  writeFileSync(`${dated}.pub`, `expiry-time="20991231Z" ${readFileSync(`${key}.pub`, 'utf8')}`);
  addAccount(home, { key: dated, account: 'lab2', sender: '71099911' });
  expect(labdrop(home, ['sender', 'show', 'lab2']).stdout).toMatch(/^Key .* id_lab@example\.org, expires 2099-12-3/m);
  expect(login('lab2')).toBe(0);
  writeFileSync(file, readFileSync(file, 'utf8').replace('20991231Z', '20200131Z'));
  expect(labdrop(home, ['sender', 'show', 'lab2']).stdout).toMatch(/^Key .* id_lab@example\.org, EXPIRED 2020-01-31/m);
  expect(login('lab2')).not.toBe(0);
  const reason = 'the key has expired on 2020-01-31T00:00:00.000Z';
  await until(() => logged('sftp.login-refused').some((entry) => entry['reason'] === reason), 'the reason in the log');
});

test('a client that is too old is told apart in the log', async () => {
  const result = spawn('ssh', [
    ...['-F', 'none', '-p', String(daemon.port), '-o', 'KexAlgorithms=diffie-hellman-group14-sha1'],
    ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', 'x@127.0.0.1'],
  ]);
  await new Promise((resolve) => result.once('close', resolve));
  await until(
    () => logged('sftp.refuse').some(({ reason }) => String(reason).includes('client offered only key exchange')),
    'the reason in the log',
  );
  expect(logged('sftp.refuse').find(({ operation }) => operation === 'handshake')).toMatchObject({
    address: '127.0.0.1',
    reason: expect.stringContaining('diffie-hellman-group14-sha1') as string,
  });
});

test('names of strangers cannot write into the log', async () => {
  const attempt = connectSsh(daemon.port, readFileSync(key), 'a\u001b[2J\nb');
  await expect(attempt).rejects.toThrow('authentication');
  await until(() => logged('sftp.login-refused').some(({ account }) => String(account).includes('x1b')), 'the line');
  expect(daemon.stdout()).not.toContain('\u001b');
});

test('an address that only knocks is banned too', async () => {
  expect(labdrop(home, ['ban', 'lift', '127.0.0.1']).status).toBe(0);
  await until(() => logged('sftp.ban-lifted').length === logged('sftp.ban').length, 'the lift');
  const before = logged('sftp.ban').length;
  for (let knock = 0; knock < 12 && logged('sftp.ban').length === before; knock += 1) {
    await new Promise<void>((resolve) => {
      const socket = connect(daemon.port, '127.0.0.1', () => socket.destroy());
      socket.on('error', () => resolve());
      socket.on('close', () => resolve());
    });
    await new Promise((later) => setTimeout(later, 50));
  }
  await until(() => logged('sftp.ban').length > before, 'the ban in the log');
  expect(logged('sftp.ban').length).toBe(before + 1);
});
