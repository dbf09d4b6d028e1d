import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { BaseAgent, Client, utils, type ParsedKey } from 'ssh2';
import type { Account } from '../../../src/domain/account';
import { makeKey, openFixture, type SftpFixture } from '../../support/sftp-fixture';
import { connectSsh, RawClient } from '../../support/sftp-raw-client';
import { until } from '../../support/until';

let fixture: SftpFixture;

afterEach(async () => {
  await fixture.close();
});

const refusals = (): unknown[] =>
  fixture.audit.filter((event) => event.event === 'login' && event.outcome === 'refused');

test('an unknown account and an unknown key get the same answer, and the operator learns which it was', async () => {
  fixture = await openFixture();
  const stranger = readFileSync(await makeKey(fixture.dir, 'stranger'));
  const fingerprint = execFileSync('ssh-keygen', ['-lf', `${fixture.dir}/stranger.pub`], { encoding: 'utf8' });
  const answers: string[] = [];
  for (const name of ['lab1', 'nobody', '../lab1', 'x'.repeat(500)]) {
    await connectSsh(fixture.port, stranger, name).catch((error: unknown) => answers.push(String(error)));
  }
  expect(answers).toHaveLength(4);
  expect(new Set(answers).size).toBe(1);
  await until(() => fixture.server.connections() === 0, 'the connections to end');
  expect(refusals()).toContainEqual(
    expect.objectContaining({
      account: 'nobody',
      address: '127.0.0.1',
      reason: 'there is no such account',
      fingerprint: fingerprint.split(' ')[1],
    }),
  );
  expect(refusals()).toContainEqual(
    expect.objectContaining({ account: 'lab1', reason: 'the key is not registered for this account' }),
  );
});

test.each([
  ['rsa', ['-t', 'rsa', '-b', '2048']],
  ['ecdsa', ['-t', 'ecdsa', '-b', '384']],
])('an %s key opens the account, RSA with SHA-2', async (name, args) => {
  fixture = await openFixture();
  const path = await makeKey(fixture.dir, name, args);
  fixture.accounts.set('lab1', {
    ...fixture.accounts.get('lab1')!,
    authorizedKeys: [readFileSync(`${path}.pub`, 'utf8')],
  });
  expect(await fixture.sftp('pwd', ['-o', `IdentityFile=${path}`])).toMatchObject({ code: 0, stderr: '' });
  const sha1 = await fixture.sftp('pwd', [
    ...['-o', `IdentityFile=${path}`, '-o', 'PubkeyAcceptedAlgorithms=ssh-rsa'],
    ...['-o', 'HostKeyAlgorithms=ssh-ed25519'],
  ]);
  expect(sha1.code).not.toBe(0);
});

test('the right key with a signature of another is refused', async () => {
  fixture = await openFixture();
  const other = utils.parseKey(readFileSync(await makeKey(fixture.dir, 'other'))) as ParsedKey;
  const registered = utils.parseKey(readFileSync(`${fixture.keyPath}.pub`)) as ParsedKey;
  class Forger extends BaseAgent<ParsedKey> {
    override getIdentities(done: (error: undefined, keys: ParsedKey[]) => void): void {
      done(undefined, [registered]);
    }
    override sign(_key: ParsedKey, content: Buffer, ...rest: unknown[]): void {
      (rest.at(-1) as (error: undefined, signature: Buffer) => void)(undefined, other.sign(content));
    }
  }
  const outcome = await new Promise((resolve) => {
    const client = new Client();
    client.on('error', (error) => {
      resolve(error.message);
    });
    client.on('ready', () => {
      resolve('ready');
    });
    client.connect({ host: '127.0.0.1', port: fixture.port, username: 'lab1', agent: new Forger() });
  });
  expect(outcome).toContain('authentication methods failed');
  await until(() => fixture.server.connections() === 0, 'the end');
  expect(refusals()).toContainEqual(expect.objectContaining({ account: 'lab1', reason: 'the signature is wrong' }));
});

test.each<[string, (account: Account) => Account]>([
  ['an account that is disabled', (account) => ({ ...account, status: 'disabled' })],
  ['an account whose key is taken out', (account) => ({ ...account, authorizedKeys: [] })],
  [
    'an account whose key has expired',
    (account) => ({
      ...account,
      authorizedKeys: account.authorizedKeys.map((line) => `expiry-time="20200131Z" ${line}`),
    }),
  ],
  ['an account that may come from elsewhere only', (account) => ({ ...account, allowFrom: ['192.0.2.0/24'] })],
])('%s opens no more, and who is in is cut', async (_, change) => {
  fixture = await openFixture({ limits: { idleMs: 6_000 } });
  const client = await RawClient.connect(fixture.port, fixture.privateKey);
  await client.stat('/');
  fixture.accounts.set('lab1', change(fixture.accounts.get('lab1')!));
  expect((await fixture.sftp('pwd')).code).not.toBe(0);
  await until(() => client.closed, 'the cut');
  const isCut = (): boolean => fixture.audit.some((event) => event.event === 'disconnect' && event.account === 'lab1');
  await until(isCut, 'the server to tell of it');
  expect(fixture.audit).toContainEqual(
    expect.objectContaining({
      event: 'disconnect',
      account: 'lab1',
      reason: expect.stringContaining('the login holds no more') as string,
    }),
  );
});

test('each of several keys opens the account until its own end', async () => {
  fixture = await openFixture();
  const old = await makeKey(fixture.dir, 'old');
  const lines = [
    `expiry-time="20200131" ${readFileSync(`${old}.pub`, 'utf8').trim()}`,
    `expiry-time="99991231Z" ${fixture.accounts.get('lab1')!.authorizedKeys[0] ?? ''}`,
  ];
  fixture.accounts.set('lab1', { ...fixture.accounts.get('lab1')!, authorizedKeys: lines });
  expect((await fixture.sftp('pwd')).code).toBe(0);
  const refused = RawClient.connect(fixture.port, readFileSync(old));
  await expect(refused).rejects.toThrow('authentication methods failed');
  await until(() => refusals().length > 0, 'the refusal to be told');
  expect(refusals()[0]).toMatchObject({
    account: 'lab1',
    reason: expect.stringMatching(/^the key has expired on 2020-01-3/) as string,
  });
});

test('six tries of whatever method, then the connection ends', async () => {
  fixture = await openFixture();
  let tries = 0;
  await new Promise<void>((resolve) => {
    const client = new Client();
    client.on('error', () => {
      resolve();
    });
    client.on('close', () => {
      resolve();
    });
    client.connect({
      host: '127.0.0.1',
      port: fixture.port,
      username: 'lab1',
      authHandler: () => {
        tries += 1;
        return { type: 'password', username: 'lab1', password: 'x' } as never;
      },
    });
  });
  await until(() => fixture.server.connections() === 0, 'the end');
  expect(tries).toBe(6);
  expect(fixture.audit).toContainEqual(
    expect.objectContaining({ event: 'disconnect', reason: 'too many login attempts' }),
  );
});

describe('peers that do not log in', () => {
  const sockets: Socket[] = [];

  function silent(bytes = ''): Socket {
    const socket = connect(fixture.port, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    socket.resume();
    socket.write(bytes);
    sockets.push(socket);
    return socket;
  }

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  test('are cut after the grace time, whatever they have said', async () => {
    fixture = await openFixture({ limits: { loginGraceMs: 300 } });
    const peers = [silent(), silent('SSH-2.0-half'), silent('SSH-2.0-x\r\n'), silent('GET / HTTP/1.0\r\n\r\n')];
    await until(() => peers.every((peer) => peer.closed), 'all to be cut');
    await until(() => fixture.server.connections() === 0, 'the count to go down');
  });

  test('take no room from those who do', async () => {
    fixture = await openFixture({ limits: { unauthenticatedMax: 3 } });
    const client = await RawClient.connect(fixture.port, fixture.privateKey);
    const peers = Array.from({ length: 6 }, () => silent());
    await until(() => peers.filter((peer) => peer.closed).length === 3, 'three to make room');
    expect(peers.map((peer) => peer.closed)).toEqual([true, true, true, false, false, false]);
    expect(await client.stat('/')).toMatchObject({ type: 105 });
    expect(fixture.server.connections()).toBe(4);
    expect(await fixture.sftp('pwd')).toMatchObject({ code: 0 });
    client.end();
  });

  test('can send what they like', async () => {
    fixture = await openFixture({ limits: { loginGraceMs: 4_000 } });
    const ident = 'SSH-2.0-x\r\n';
    const garbage = [
      '\0\0\0\0\0\0\0\0',
      '\xff\xff\xff\xff',
      '\0\0\0\x0c\x0a\x1e\0\0\0\0\0\0\0\0\0\0',
      '\0\0\0\x0c\x04\x14\0\0\0\0\0\0\0\0\0\0',
    ];
    const peers = garbage.map((bytes) => {
      const socket = silent(ident);
      socket.write(Buffer.from(bytes, 'latin1'));
      return socket;
    });
    expect(await fixture.sftp('pwd')).toMatchObject({ code: 0 });
    await until(() => peers.every((peer) => peer.closed), 'all to be cut');
    expect(await fixture.sftp('pwd')).toMatchObject({ code: 0 });
  });
});
