/** What graphical clients do that cannot be run in a test: their requests, one by one, as they send them. */
import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn, openFixture, type SftpFixture } from '../../support/sftp-fixture';
import { RawClient, type RawReply, WRITE_NEW, WRITE_ON } from '../../support/sftp-raw-client';
import { counted, NO_ATTRIBUTES, uint32 } from '../../support/sftp-requests';

const CREATE_EXCLUSIVE = 0x2a;
const READ = 1;
const CHUNK_BYTES = 32_768;
const STATUS_TYPE = 101;

let fixture: SftpFixture;
let client: RawClient;

beforeEach(async () => {
  fixture = await openFixture();
  client = await RawClient.connect(fixture.port, fixture.privateKey);
});

afterEach(async () => {
  client.end();
  await fixture.close();
});

const bytes = (text: string): Buffer => Buffer.from(text);

async function realPath(path: string): Promise<string | undefined> {
  return (await client.send({ kind: 'realpath', path: bytes(path) })).names?.[0]?.name;
}

async function list(path: string): Promise<readonly { name: string; longName: string }[]> {
  const { bytes: handle } = await client.send({ kind: 'opendir', path: bytes(path) });
  const entries: { name: string; longName: string }[] = [];
  for (;;) {
    const { names } = await client.send({ kind: 'readdir', handle: handle! });
    if (names === null) break;
    entries.push(...names);
  }
  await client.send({ kind: 'close', handle: handle! });
  return entries;
}

/** Sends all chunks at once, and waits for all answers. */
async function write(handle: Buffer, content: Buffer, from = 0): Promise<readonly RawReply[]> {
  const offsets = Array.from({ length: Math.ceil(content.length / CHUNK_BYTES) }, (_, index) => index * CHUNK_BYTES);
  return Promise.all(
    offsets.map((offset) => {
      const chunk = content.subarray(offset, offset + CHUNK_BYTES);
      return client.send({ kind: 'write', handle, offset: BigInt(from + offset), content: chunk });
    }),
  );
}

function setTime(path: string, mtime: number): Promise<RawReply> {
  const attributes = { ...NO_ATTRIBUTES, permissions: 0o100644, times: { atime: mtime, mtime } };
  return client.send({ kind: 'setstat', path: bytes(path), attributes });
}

describe('WinSCP', () => {
  test('finds its way with REALPATH, and a folder with nothing in it has its dots', async () => {
    expect(await realPath('.')).toBe('/');
    expect(await realPath('/test/..')).toBe('/');
    expect(await realPath('/test/reports/../..')).toBe('/');
    expect(await realPath('/../../etc')).toBe('/etc');
    expect((await list('/reports')).map(({ name }) => name)).toEqual(['.', '..']);
  });

  test('uploads under .filepart, renames, sets the time, and looks again when the file is gone', async () => {
    const content = randomBytes(300_001);
    expect(await client.stat('/a.csv.filepart')).toMatchObject({ status: 2 });
    const handle = await client.open('/a.csv.filepart', CREATE_EXCLUSIVE);
    const replies = await write(handle, content);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([0]));
    await client.send({ kind: 'close', handle });
    expect(await client.stat('/a.csv')).toMatchObject({ status: 2 });
    const [from, to] = [bytes('/a.csv.filepart'), bytes('/a.csv')];
    expect(await client.send({ kind: 'rename', from, to, replace: false })).toMatchObject({ status: 0 });
    expect(readFileSync(join(fixture.root, 'a.csv')).equals(content)).toBe(true);
    renameSync(join(fixture.root, 'a.csv'), join(fixture.dir, 'taken'));
    expect(await setTime('/a.csv', 1_600_000_000)).toMatchObject({ status: 0 });
    expect((await client.stat('/a.csv')).attributes).toMatchObject({ size: 300_001n, times: { mtime: 1_600_000_000 } });
    expect(fixture.arrivals).toEqual(['lab1/root/a.csv.filepart', 'lab1/root/a.csv']);
  });

  test('resumes a .filepart that a broken connection left', async () => {
    const content = randomBytes(200_000);
    const handle = await client.open('/a.csv.filepart', CREATE_EXCLUSIVE);
    await write(handle, content.subarray(0, 98_304));
    client.ssh.destroy();
    client = await RawClient.connect(fixture.port, fixture.privateKey);
    const there = Number((await client.stat('/a.csv.filepart')).attributes?.size);
    expect(there).toBe(98_304);
    const again = await client.open('/a.csv.filepart', WRITE_ON);
    await write(again, content.subarray(there), there);
    await client.send({ kind: 'close', handle: again });
    await client.send({ kind: 'rename', from: bytes('/a.csv.filepart'), to: bytes('/a.csv'), replace: false });
    expect(readFileSync(join(fixture.root, 'a.csv')).equals(content)).toBe(true);
  });

  test('is told why when it overwrites by renaming, and removes first', async () => {
    await client.put('/a.csv', 'old');
    await client.put('/a.csv.filepart', 'new');
    const rename = { kind: 'rename', from: bytes('/a.csv.filepart'), to: bytes('/a.csv'), replace: false } as const;
    expect(await client.send(rename)).toMatchObject({
      status: 4,
      message: 'a file of this name exists; choose another name',
    });
    expect(await client.send({ kind: 'remove', path: bytes('/a.csv') })).toMatchObject({ status: 0 });
    expect(await client.send(rename)).toMatchObject({ status: 0 });
    expect(readFileSync(join(fixture.root, 'a.csv'), 'utf8')).toBe('new');
  });
});

describe('FileZilla', () => {
  /** Type and mode, links, owner, group, size, month, day, time or year, name. */
  const LONG_NAME = /^([d-])[rwx-]{9} +\d+ (\S+) +(\S+) +(\d+) [A-Z][a-z]{2} [ 1-3]\d (?:\d\d:\d\d| \d{4}) (.+)$/;

  test('reads type, owner, size and name out of each line of a listing', async () => {
    await client.put('/with blank.csv', 'hello');
    await client.put('/old.csv', 'x');
    await setTime('/old.csv', 1_000_000_000);
    const read = (await list('/')).map(({ name, longName }) => {
      const [, type, owner, group, size, shown] = LONG_NAME.exec(longName) ?? [];
      return { name, type, owner, group, size: type === '-' ? size : '', shown };
    });
    const of = (name: string, type: string, size = ''): object => {
      return { name, type, owner: 'lab1', group: 'labdrop', size, shown: name };
    };
    expect(read).toEqual([
      ...[of('.', 'd'), of('..', 'd'), of('reports', 'd'), of('test', 'd')],
      ...[of('old.csv', '-', '1'), of('with blank.csv', '-', '5')],
    ]);
  });

  test('exchanges keys in the midst of an upload, and nothing is lost or turned around', async () => {
    const content = randomBytes(4_000_003);
    const handle = await client.open('/a.csv', WRITE_NEW);
    const protocol = (client.ssh as unknown as { _protocol: { rekey: () => void } })._protocol;
    let exchanges = 0;
    client.ssh.on('handshake', () => (exchanges += 1));
    for (let from = 0; from < content.length; from += 1_000_000) {
      const written = write(handle, content.subarray(from, from + 1_000_000), from);
      protocol.rekey();
      expect((await written).every(({ status }) => status === 0)).toBe(true);
    }
    expect(await client.send({ kind: 'close', handle })).toMatchObject({ status: 0 });
    expect(exchanges).toBeGreaterThan(0);
    expect(readFileSync(join(fixture.root, 'a.csv')).equals(content)).toBe(true);
    expect(await setTime('/a.csv', 1_600_000_000)).toMatchObject({ status: 0 });
    expect(statSync(join(fixture.root, 'a.csv')).mtimeMs).toBe(1_600_000_000_000);
  });
});

describe('clients that take the protocol lightly', () => {
  test('may put more into a packet than it needs, and 256 KiB into one WRITE', async () => {
    const content = randomBytes(262_144);
    const handle = await client.open('/a.csv', WRITE_NEW);
    expect(await client.send({ kind: 'write', handle, offset: 0n, content })).toMatchObject({ status: 0 });
    await client.send({ kind: 'close', handle });
    expect(readFileSync(join(fixture.root, 'a.csv')).equals(content)).toBe(true);
    const before = client.order.length;
    client.sendPacket(Buffer.concat([Buffer.of(17), uint32(4000), counted('/a.csv'), uint32(0x8000_000f)]));
    expect(await client.stat('/a.csv')).toMatchObject({ attributes: { size: 262_144n } });
    expect(client.order[before]).toBe(4000);
  });

  test('may create, close, and open again what was just taken', async () => {
    await client.put('/a.csv', 'x');
    renameSync(join(fixture.root, 'a.csv'), join(fixture.dir, 'taken'));
    const other = await RawClient.connect(fixture.port, fixture.privateKey);
    const handle = await other.open('/a.csv', READ);
    expect((await other.send({ kind: 'fstat', handle })).attributes).toMatchObject({ size: 1n });
    const reply = await other.send({ kind: 'read', handle, offset: 0n, length: 10 });
    expect(reply).toMatchObject({
      type: STATUS_TYPE,
      message: expect.stringContaining('already accepted at') as string,
    });
    other.end();
    expect(filesIn(fixture.root)).toEqual([]);
  });
});
