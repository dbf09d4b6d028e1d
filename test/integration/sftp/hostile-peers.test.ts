import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync, statSync, writeFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { ClientChannel } from 'ssh2';
import { openFixture, type SftpFixture } from '../../support/sftp-fixture';
import { openHostile, type HostileChannel } from '../../support/sftp-hostile-client';
import { connectSsh, RawClient, WRITE_NEW, WRITE_ON } from '../../support/sftp-raw-client';
import { counted, encodeRequest, framed, NO_ATTRIBUTES, uint32, uint64 } from '../../support/sftp-requests';
import { until } from '../../support/until';

const MEBIBYTE = 1_048_576;
const INIT = framed(encodeRequest({ kind: 'init', version: 3 }));

let fixture: SftpFixture;
const hostile: { ssh: { destroy: () => unknown } }[] = [];

beforeEach(async () => {
  fixture = await openFixture();
});

afterEach(async () => {
  for (const { ssh } of hostile.splice(0)) ssh.destroy();
  await fixture.close();
});

async function attack(window: number, packetBytes: number, mindWindow = true): Promise<HostileChannel> {
  const attacker = await openHostile(fixture.port, fixture.privateKey, window, packetBytes, mindWindow);
  hostile.push(attacker);
  return attacker;
}

/** An upload of somebody else's, whole and in time. */
async function expectHonestClientServed(): Promise<void> {
  const content = randomBytes(2 * MEBIBYTE);
  const path = join(fixture.local, 'honest');
  writeFileSync(path, content);
  expect(await fixture.sftp(`put ${path} honest.csv`)).toMatchObject({ code: 0, stderr: '' });
  expect(readFileSync(join(fixture.root, 'honest.csv')).equals(content)).toBe(true);
}

/** What lies below a folder and is held open by this process. */
function held(dir: string, isWanted: (stats: Stats) => boolean): string[] {
  const targets = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return isWanted(statSync(`/proc/self/fd/${fd}`)) ? [readlinkSync(`/proc/self/fd/${fd}`)] : [];
    } catch {
      return []; // the descriptor of the listing itself is gone by now
    }
  });
  return targets.filter((target) => target.startsWith(dir));
}
const openFiles = (dir: string): string[] => held(dir, (stats) => stats.isFile());
const openFolders = (dir: string): string[] => held(dir, (stats) => stats.isDirectory());

const reasons = (): (string | null)[] =>
  fixture.audit.flatMap((event) => (event.event === 'disconnect' ? [event.reason] : []));

test.each([0, 1, 1023])('packets of at most %d bytes: cut, and nobody waits', async (packetBytes) => {
  const attacker = await attack(2 * MEBIBYTE, packetBytes);
  attacker.write(INIT);
  await until(attacker.closed, 'the cut');
  await expectHonestClientServed();
});

test('a peer that never reads, and asks for much, stops being heard', async () => {
  const attacker = await attack(0, 32_768);
  attacker.write(INIT);
  const stat = framed(encodeRequest({ kind: 'realpath', id: 1, path: Buffer.from('/') }));
  const flood = Buffer.concat(Array.from({ length: 1000 }, () => stat));
  for (let sent = 0; sent < 24 * MEBIBYTE; sent += flood.length) attacker.write(flood);
  await expectHonestClientServed();
  expect(attacker.taken()).toBeLessThan(12 * MEBIBYTE);
  expect(attacker.closed()).toBe(false);
});

test('a peer that asks for a great deal of data and never reads', async () => {
  await expectHonestClientServed();
  const reader = await attack(0xffff_ffff, 32_768);
  const socket = (reader.ssh as unknown as { _sock: { pause: () => void } })._sock;
  reader.write(INIT);
  const open = { kind: 'open', id: 1, path: Buffer.from('/honest.csv'), flags: 1 } as const;
  reader.write(framed(encodeRequest({ ...open, attributes: NO_ATTRIBUTES })));
  const read = { kind: 'read', id: 2, handle: uint32(1), offset: 0n, length: 261_120 } as const;
  socket.pause();
  reader.write(Buffer.concat(Array.from({ length: 3000 }, () => framed(encodeRequest(read)))));
  await expectHonestClientServed();
  await expectHonestClientServed();
  reader.ssh.destroy();
  const downloadedBytes = (): number[] =>
    fixture.audit.flatMap((event) =>
      event.event === 'transfer' && event.direction === 'download' ? [event.bytes] : [],
    );
  await until(() => downloadedBytes().length > 0, 'the end of the download');
  expect(downloadedBytes()[0]).toBeLessThan(24 * MEBIBYTE);
});

test('a write flood keeps nobody else from writing', async () => {
  const attacker = await attack(2 * MEBIBYTE, 32_768);
  attacker.write(INIT);
  attacker.channel.resume();
  const open = { kind: 'open', id: 1, path: Buffer.from('/flood'), flags: WRITE_NEW } as const;
  attacker.write(framed(encodeRequest({ ...open, attributes: NO_ATTRIBUTES })));
  const write = { kind: 'write', id: 2, handle: uint32(1), offset: 0n, content: Buffer.alloc(32_000, 7) } as const;
  const bytes = framed(encodeRequest(write));
  for (let turn = 0; turn < 4000; turn += 1) attacker.write(bytes);
  await expectHonestClientServed();
  expect(attacker.closed()).toBe(false);
});

test('bytes beyond the window: cut', async () => {
  await fixture.close();
  fixture = await openFixture({ limits: { memoryMaxBytes: 64 * MEBIBYTE } }); // not for what it holds
  const attacker = await attack(0, 32_768, false);
  attacker.write(INIT);
  const stat = framed(encodeRequest({ kind: 'realpath', id: 1, path: Buffer.from('/') }));
  const flood = Buffer.concat(Array.from({ length: 20_000 }, () => stat));
  for (let sent = 0; sent < 20 * MEBIBYTE; sent += flood.length) attacker.write(flood);
  await until(attacker.closed, 'the cut');
  await until(() => reasons().includes('more bytes were sent than the window allows'), 'the reason to be told');
  await expectHonestClientServed();
});

test.each<[string, Buffer]>([
  ['a length of 0', uint32(0)],
  ['a length of 4 GiB', uint32(0xffff_ffff)],
  ['a length beyond the signed ones', uint32(0x8000_0000)],
  ['INIT twice', INIT],
  ['INIT cut short', framed(Buffer.of(1, 0))],
  ['a string longer than its packet', framed(Buffer.concat([Buffer.of(17), uint32(1), uint32(5000)]))],
  ['a request without id', framed(Buffer.of(17, 0))],
])('%s: cut', async (_, bytes) => {
  const attacker = await attack(2 * MEBIBYTE, 32_768);
  attacker.write(INIT);
  attacker.write(bytes);
  await until(attacker.closed, 'the cut');
  expect(await fixture.sftp('pwd')).toMatchObject({ code: 0 });
});

test('a request before INIT: cut', async () => {
  const client = await RawClient.connect(fixture.port, fixture.privateKey, false);
  hostile.push(client);
  client.sendPacket(encodeRequest({ kind: 'stat', id: 1, path: Buffer.from('/') }));
  await until(() => client.closed, 'the cut');
});

test('unknown requests, handles and offsets are answered, in order, and the session goes on', async () => {
  const client = await RawClient.connect(fixture.port, fixture.privateKey);
  hostile.push(client);
  await client.put('/a.csv', 'hello');
  const handle = await client.open('/a.csv', 1);
  expect(openFiles(fixture.dir)).toHaveLength(1);
  const none = Buffer.from('none');
  const before = client.order.length;
  const replies = await Promise.all([
    client.send({ kind: 'unsupported', what: 'links' }),
    client.send({ kind: 'close', handle: none }),
    client.send({ kind: 'read', handle: Buffer.alloc(10_000), offset: 0n, length: 1 }),
    client.send({ kind: 'readdir', handle }),
    client.send({ kind: 'write', handle, offset: 0n, content: none }),
    client.send({ kind: 'read', handle, offset: 2n ** 63n, length: 5 }),
    client.send({ kind: 'read', handle, offset: 1n, length: 0xffff_ffff }),
    client.send({ kind: 'folders-fixed', operation: 'mkdir' }),
    client.stat('/a\0b'),
    client.stat('/a.csv'),
  ]);
  expect(replies.map(({ status }) => status)).toEqual([8, 4, 4, 4, 3, 1, null, 3, 4, null]);
  expect(replies[6].bytes?.toString()).toBe('ello');
  const order = client.order.slice(before);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  client.sendPacket(Buffer.concat([Buffer.of(200), uint32(9), counted('no-such@extension'), uint64(1n)]));
  client.sendPacket(Buffer.concat([Buffer.of(150), uint32(10)]));
  await until(() => client.order.includes(10), 'answers to what is unknown');
});

test('only the sftp subsystem is served, on four channels', async () => {
  const ssh = await connectSsh(fixture.port, fixture.privateKey);
  hostile.push({ ssh });
  const ask = (open: (done: (error: Error | undefined, channel: ClientChannel) => void) => void): Promise<string> =>
    new Promise((resolve) => {
      open((error) => {
        resolve(error === undefined ? 'open' : 'refused');
      });
    });
  expect(await ask((done) => ssh.exec('id', done))).toBe('refused');
  expect(await ask((done) => ssh.exec('id', { pty: true, env: { A: 'b' } }, done))).toBe('refused');
  expect(await ask((done) => ssh.shell(false, done))).toBe('refused');
  expect(await ask((done) => ssh.subsys('netconf', done))).toBe('refused');
  expect(await ask((done) => ssh.forwardOut('127.0.0.1', 1, '127.0.0.1', 22, done))).toBe('refused');
  const remote = new Promise((resolve) => ssh.forwardIn('127.0.0.1', 0, (error) => resolve(error !== undefined)));
  expect(await remote).toBe(true);
  const operations = fixture.audit.flatMap((event) =>
    event.event === 'refusal' ? [`${event.operation} ${event.path ?? '-'}`] : [],
  );
  expect(operations).toEqual([
    ...['exec id', 'pty -', 'shell -', 'subsystem netconf'],
    ...['forwarding -', 'forwarding tcpip-forward'],
  ]);
  ssh.end();
  const many = await connectSsh(fixture.port, fixture.privateKey);
  hostile.push({ ssh: many });
  const answers = [];
  for (let turn = 0; turn < 6; turn += 1) answers.push(await ask((done) => many.subsys('sftp', done)));
  expect(answers).toEqual(['open', 'open', 'open', 'open', 'refused', 'refused']);
});

test('a peer that asks nothing for long is cut', async () => {
  await fixture.close();
  fixture = await openFixture({ limits: { idleMs: 300 } });
  const client = await RawClient.connect(fixture.port, fixture.privateKey);
  await client.stat('/');
  await until(() => client.closed, 'the cut');
  await until(() => reasons().length > 0, 'the server to tell of it');
  expect(reasons()).toContain('idle');
});

test('who lets an upload lie open and asks nothing is cut, whatever keepalives it sends, and the upload can go on', async () => {
  await fixture.close();
  fixture = await openFixture({ limits: { idleMs: 4_000 } });
  const [silent, busy] = await Promise.all([1, 2].map(() => RawClient.connect(fixture.port, fixture.privateKey)));
  const half = randomBytes(100_000);
  const handle = await silent!.open('/half.csv', WRITE_NEW);
  expect((await silent!.send({ kind: 'write', handle, offset: 0n, content: half })).status).toBe(0);
  const other = await busy!.open('/other.csv', WRITE_NEW);
  const { _protocol: protocol } = silent!.ssh as unknown as { readonly _protocol: { ping(): void } };
  let length = 0;
  while (!silent!.closed) {
    protocol.ping();
    const content = Buffer.from('x');
    expect((await busy!.send({ kind: 'write', handle: other, offset: BigInt(length), content })).status).toBe(0);
    length += 1;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await until(() => reasons().length > 0, 'the server to tell of it');
  expect(reasons()).toEqual(['idle']);
  await until(() => !fixture.server.openWriters().has('lab1/root/half.csv'), 'the end of the upload');
  expect(fixture.audit).toContainEqual(
    expect.objectContaining({ event: 'transfer', path: '/half.csv', bytes: half.length, outcome: 'partial' }),
  );
  expect(fixture.arrivals).toEqual([]);
  expect(readFileSync(join(fixture.uploads, 'root', 'half.csv')).equals(half)).toBe(true);

  expect((await busy!.send({ kind: 'close', handle: other })).status).toBe(0);
  const again = await busy!.open('/half.csv', WRITE_ON);
  const rest = Buffer.from('and the rest');
  await busy!.send({ kind: 'write', handle: again, offset: BigInt(half.length), content: rest });
  expect((await busy!.send({ kind: 'close', handle: again })).status).toBe(0);
  expect(fixture.arrivals).toEqual(['lab1/root/other.csv', 'lab1/root/half.csv']);
  expect(readFileSync(join(fixture.root, 'half.csv')).equals(Buffer.concat([half, rest]))).toBe(true);
  expect(readFileSync(join(fixture.root, 'other.csv')).length).toBe(length);
  busy!.end();
});

test('connections that are torn down in the midst of everything leave no handle behind', async () => {
  for (let turn = 0; turn < 10; turn += 1) {
    const client = await RawClient.connect(fixture.port, fixture.privateKey);
    for (let file = 0; file < 5; file += 1) void client.put(`/f${String(file)}`, 'x').catch(() => undefined);
    await client.stat('/');
    client.ssh.destroy();
    await until(() => fixture.server.connections() === 0, 'the end');
  }
  expect(fixture.server.openWriters().size).toBe(0);
  expect(openFiles(fixture.dir)).toEqual([]);
  expect(openFolders(fixture.dir)).toEqual([]);
});
