/** From the first byte to the login: what old, slow and particular clients need, against real ones where there are. */
import { execFileSync } from 'node:child_process';
import { createECDH, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlgorithmPolicy } from '../../../src/adapters/sftp/algorithm-policy';
import { parseUserCertificate, refuseCertificate } from '../../../src/adapters/sftp/login/user-certificate';
import { DEFAULT_BAN_RULES } from '../../../src/adapters/sftp/sftp-limits';
import { makeKey, openFixture, type SftpFixture } from '../../support/sftp-fixture';
import { counted, uint32 } from '../../support/sftp-requests';
import { until } from '../../support/until';

const KEXINIT = 20;
const KEX_REPLY = 31;
const SERVED = {
  kex: 'curve25519-sha256@libssh.org',
  hostKey: 'ssh-ed25519',
  cipher: 'aes128-ctr',
  mac: 'hmac-sha2-256-etm@openssh.com',
};

let fixture: SftpFixture;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await fixture.close();
});

function open(): { socket: Socket; received: () => Buffer } {
  const socket = connect(fixture.port, '127.0.0.1');
  let received = Buffer.alloc(0);
  socket.on('data', (chunk) => (received = Buffer.concat([received, chunk])));
  socket.on('error', () => socket.destroy());
  sockets.push(socket);
  return { socket, received: () => received };
}

function packet(payload: Buffer): Buffer {
  const padding = 8 - ((payload.length + 5) % 8) + 8;
  return Buffer.concat([uint32(payload.length + padding + 1), Buffer.of(padding), payload, Buffer.alloc(padding)]);
}

function kexInit(offer: typeof SERVED, guessFollows = false): Buffer {
  const { kex, hostKey, cipher, mac } = offer;
  const lists = [kex, hostKey, cipher, cipher, mac, mac, 'none', 'none', '', ''].map((list) => counted(list));
  const end = [Buffer.of(guessFollows ? 1 : 0), uint32(0)];
  return packet(Buffer.concat([Buffer.of(KEXINIT), Buffer.alloc(16), ...lists, ...end]));
}

/** Types of the unencrypted packets behind the identification line. */
function packetTypes(bytes: Buffer): number[] {
  const types: number[] = [];
  let at = bytes.indexOf(10) + 1;
  while (at > 0 && at + 6 <= bytes.length && at + 4 + bytes.readUInt32BE(at) <= bytes.length) {
    types.push(bytes.readUInt8(at + 5));
    at += 4 + bytes.readUInt32BE(at);
  }
  return types;
}

function x25519Point(): Buffer {
  const { publicKey } = generateKeyPairSync('x25519');
  return publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
}

describe('the first bytes', () => {
  beforeEach(async () => {
    fixture = await openFixture();
  });

  test('may come one by one', async () => {
    const { socket, received } = open();
    for (const byte of Buffer.concat([Buffer.from('SSH-2.0-slow box\r\n'), kexInit(SERVED)])) {
      await new Promise<void>((written) => socket.write(Buffer.of(byte), () => written()));
      await new Promise((later) => setImmediate(later));
    }
    await until(() => packetTypes(received()).includes(KEXINIT), 'the server’s offer');
    socket.write(packet(Buffer.concat([Buffer.of(30), counted(x25519Point())])));
    await until(() => packetTypes(received()).includes(KEX_REPLY), 'the key exchange');
  });

  test('may come all at once, with a first key exchange that was guessed rightly', async () => {
    const { socket, received } = open();
    const guess = packet(Buffer.concat([Buffer.of(30), counted(x25519Point())]));
    socket.write(Buffer.concat([Buffer.from('SSH-2.0-dropbear\r\n'), kexInit(SERVED, true), guess]));
    await until(() => packetTypes(received()).includes(KEX_REPLY), 'the key exchange');
  });

  test('a wrong guess is passed over', async () => {
    const { socket, received } = open();
    const nist = createECDH('prime256v1').generateKeys();
    const guess = packet(Buffer.concat([Buffer.of(30), counted(nist)]));
    const offer = { ...SERVED, kex: `ecdh-sha2-nistp256,${SERVED.kex}` };
    socket.write(Buffer.concat([Buffer.from('SSH-2.0-dropbear\r\n'), kexInit(offer, true), guess]));
    socket.write(packet(Buffer.concat([Buffer.of(30), counted(x25519Point())])));
    await until(() => packetTypes(received()).includes(KEX_REPLY), 'the key exchange');
  });

  test.each([
    ['too long', 'S'.repeat(300)],
    ['too long, with an end', `SSH-2.0-${'x'.repeat(300)}\r\n`],
  ])('an identification line that is %s: cut', async (_, line) => {
    const { socket } = open();
    socket.write(line);
    await until(() => socket.closed, 'the cut');
    await until(() => fixture.audit.some(({ event }) => event === 'disconnect'), 'the server to tell of it');
    expect(fixture.audit).toContainEqual(
      expect.objectContaining({ event: 'disconnect', reason: 'the identification line is too long' }),
    );
  });

  test.each([
    [{ ...SERVED, kex: 'diffie-hellman-group1-sha1' }, 'client offered only key exchange diffie-hellman-group1-sha1'],
    [{ ...SERVED, hostKey: 'ssh-rsa,ssh-dss' }, 'client offered only host key ssh-rsa, ssh-dss'],
    [{ ...SERVED, cipher: '3des-cbc' }, 'client offered only cipher 3des-cbc'],
    [{ ...SERVED, mac: 'hmac-md5\u001b[2J' }, 'client offered only MAC hmac-md5\\x1b[2J'],
  ])('a client that can do nothing of what is served is told apart: %#', async (offer, reason) => {
    const { socket } = open();
    socket.write(Buffer.concat([Buffer.from('SSH-2.0-old box\r\n'), kexInit(offer)]));
    await until(() => socket.closed, 'the cut');
    expect(fixture.audit).toContainEqual(
      expect.objectContaining({ event: 'refusal', operation: 'handshake', address: '127.0.0.1', reason }),
    );
  });
});

test('signatures that are taken are told rightly, and no SHA-1 among them', async () => {
  fixture = await openFixture();
  const { stderr } = await fixture.sftp('pwd', ['-v', '-o', 'LogLevel=DEBUG1']);
  const told = /server-sig-algs=<([^>]*)>/.exec(stderr)?.[1];
  expect(told?.split(',')).toEqual([
    ...['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
    ...['rsa-sha2-512', 'rsa-sha2-256'],
  ]);
});

describe('host keys', () => {
  const TYPES = { ed25519: [], ecdsa: ['-b', '256'], rsa: ['-b', '3072'], next: [] } as const;
  let dir: string;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'labdrop-keys-'));
    for (const [name, args] of Object.entries(TYPES)) {
      await makeKey(dir, name, ['-t', name === 'next' ? 'ed25519' : name, ...args]);
    }
  });

  afterAll(() => {
    rmSync(dir, { recursive: true });
  });

  async function startWithKeys(policy: AlgorithmPolicy): Promise<void> {
    const read = (name: string): Buffer => readFileSync(join(dir, name));
    const hostKeys = ['ed25519', 'ecdsa', 'rsa'].map(read);
    fixture = await openFixture({ hostKeys, nextHostKeys: [read('next')], policy });
  }

  test.each(['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256'])('%s is served', async (type) => {
    await startWithKeys('compat');
    expect(await fixture.sftp('pwd', ['-o', `HostKeyAlgorithms=${type}`])).toMatchObject({ code: 0, stderr: '' });
  });

  test('SHA-1 is not offered for the RSA key', async () => {
    await startWithKeys('compat');
    const result = await fixture.sftp('pwd', ['-o', 'LogLevel=INFO', '-o', 'HostKeyAlgorithms=ssh-rsa']);
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain('rsa-sha2-256');
    expect(result.stderr).not.toMatch(/Their offer:.*ssh-rsa/);
  });

  test.each(['ssh-ed25519', 'rsa-sha2-256'])('OpenSSH learns all of them, the next one too, over %s', async (type) => {
    await startWithKeys('modern');
    const known = join(fixture.dir, 'known_hosts');
    writeFileSync(known, '');
    const strict = ['-o', `UserKnownHostsFile=${known}`, '-o', 'UpdateHostKeys=yes', '-o', 'HashKnownHosts=no'];
    const algorithm = ['-o', `HostKeyAlgorithms=^${type}`];
    expect(await fixture.sftp('pwd', [...strict, ...algorithm])).toMatchObject({ code: 0 });
    expect(await fixture.sftp('pwd', [...strict, ...algorithm, '-o', 'StrictHostKeyChecking=yes'])).toMatchObject({
      code: 0,
    });
    const learned = readFileSync(known, 'utf8');
    for (const name of Object.keys(TYPES)) {
      const [, base64 = ''] = readFileSync(join(dir, `${name}.pub`), 'utf8').split(' ');
      expect([name, learned.includes(base64)]).toEqual([name, true]);
    }
  });
});

describe('user certificates', () => {
  beforeEach(async () => {
    fixture = await openFixture();
  });

  /** Trusts the authority whose public key line it is, and no other. */
  function trust(line: string | null): void {
    const authorityKeys = line === null ? [] : [Buffer.from(line.split(' ')[1]!, 'base64')];
    fixture.server.configure({ trust: { authorityKeys, revokedKeys: [] }, bans: DEFAULT_BAN_RULES });
  }

  /** A new user key with a certificate; the options for OpenSSH's client. */
  async function certify(keyArgs: readonly string[], signArgs: readonly string[], by = 'ed25519'): Promise<string[]> {
    const ca = await makeKey(fixture.dir, `ca_${by}`, ['-t', by]);
    trust(readFileSync(`${ca}.pub`, 'utf8'));
    const key = await makeKey(fixture.dir, 'user', keyArgs);
    execFileSync('ssh-keygen', ['-q', '-s', ca, '-I', 'lab one', '-z', '42', ...signArgs, `${key}.pub`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return ['-o', `IdentityFile=${key}`, '-o', `CertificateFile=${key}-cert.pub`];
  }

  const refusedBecause = async (options: readonly string[]): Promise<string[]> => {
    fixture.accounts.set('lab1', { ...fixture.accounts.get('lab1')!, authorizedKeys: [] });
    const before = fixture.audit.length;
    expect((await fixture.sftp('pwd', options)).code).not.toBe(0);
    await until(() => fixture.server.connections() === 0, 'the end');
    return fixture.audit
      .slice(before)
      .flatMap((event) => (event.event === 'login' && event.reason !== null ? [event.reason] : []));
  };

  test.each([
    ['ed25519', 'ed25519'],
    ['ecdsa', 'rsa'],
    ['rsa', 'ecdsa'],
  ])('an %s key certified by an %s authority opens the account it names', async (type, by) => {
    const options = await certify(['-t', type], ['-n', 'lab1,other'], by);
    fixture.accounts.set('lab1', { ...fixture.accounts.get('lab1')!, authorizedKeys: [] });
    expect(await fixture.sftp('pwd', options)).toMatchObject({ code: 0, stderr: '' });
    expect(fixture.audit).toContainEqual(
      expect.objectContaining({ event: 'login', outcome: 'ok', key: 'certificate lab one serial 42' }),
    );
  });

  test.each<[string, string[]]>([
    ['for other accounts', ['-n', 'lab2']],
    ['for other accounts', []],
    ['has expired', ['-n', 'lab1', '-V', '20200101:20200102']],
    ['not valid yet', ['-n', 'lab1', '-V', '+1d:+2d']],
    ['not for this address', ['-n', 'lab1', '-O', 'source-address=192.0.2.0/24']],
    ['"force-command", which is not known', ['-n', 'lab1', '-O', 'force-command=id']],
    ['not for users', ['-h', '-n', 'lab1']],
  ])('one that is or asks %s is refused: %j', async (reason, args) => {
    const options = await certify(['-t', 'ed25519'], args);
    const reasons = await refusedBecause(options);
    if (args[0] === '-h') expect(reasons.join()).not.toBe('');
    else expect(reasons.join('; ')).toContain(reason);
  });

  test('one whose address fits is taken', async () => {
    const options = await certify(['-t', 'ed25519'], ['-n', 'lab1', '-O', 'source-address=127.0.0.0/8,192.0.2.1']);
    fixture.accounts.set('lab1', { ...fixture.accounts.get('lab1')!, authorizedKeys: [] });
    expect(await fixture.sftp('pwd', options)).toMatchObject({ code: 0 });
  });

  test('one of an unknown authority is refused', async () => {
    const options = await certify(['-t', 'ed25519'], ['-n', 'lab1']);
    trust(null);
    expect((await refusedBecause(options)).join()).toContain('unknown authority');
  });

  test('one whose content was changed is refused, whatever was changed', async () => {
    const options = await certify(['-t', 'ed25519'], ['-n', 'lab1']);
    const path = options[3]!.replace('CertificateFile=', '');
    const blob = Buffer.from(readFileSync(path, 'utf8').split(' ')[1]!, 'base64');
    const { authorityKey } = parseUserCertificate(blob)!;
    const attempt = { account: 'lab1', address: '127.0.0.1', nowSeconds: Math.floor(Date.now() / 1000) };
    const refusal = (bytes: Buffer): string | null => {
      const certificate = parseUserCertificate(bytes);
      return certificate && refuseCertificate(certificate, attempt, { authorityKeys: [authorityKey] });
    };
    expect(refusal(blob)).toBeNull();
    for (let at = 0; at < blob.length; at += 1) {
      const changed = Buffer.from(blob);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect([at, parseUserCertificate(changed) === null || refusal(changed) !== null]).toEqual([at, true]);
      expect(parseUserCertificate(blob.subarray(0, at))).toBeNull();
    }
  });
});

test('a key that has expired opens nothing, and the comment of one that has not is told', async () => {
  fixture = await openFixture();
  const account = fixture.accounts.get('lab1')!;
  const [line] = account.authorizedKeys as [string];
  const end = (year: number): string[] => [`expiry-time="${year}0101" ${line.replace(/test$/, 'the night job')}`];
  fixture.accounts.set('lab1', { ...account, authorizedKeys: end(2020) });
  expect((await fixture.sftp('pwd')).code).not.toBe(0);
  fixture.accounts.set('lab1', { ...account, authorizedKeys: end(2100) });
  expect(await fixture.sftp('pwd')).toMatchObject({ code: 0 });
  expect(fixture.audit).toContainEqual(expect.objectContaining({ event: 'login', key: 'the night job', reason: null }));
});
