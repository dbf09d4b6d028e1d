import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesIn, openFixture, type SftpFixture } from '../../support/sftp-fixture';
import { RawClient, WRITE_NEW, WRITE_ON } from '../../support/sftp-raw-client';
import { NO_ATTRIBUTES } from '../../support/sftp-requests';
import { traceSyncs } from '../../support/trace-syncs';
import { until } from '../../support/until';

let fixture: SftpFixture;
let client: RawClient;

async function start(...args: Parameters<typeof openFixture>): Promise<void> {
  fixture = await openFixture(...args);
  client = await connect();
}

function connect(): Promise<RawClient> {
  return RawClient.connect(fixture.port, fixture.privateKey);
}

afterEach(async () => {
  client.end();
  await fixture.close();
});

const bytes = (path: string): Buffer => Buffer.from(path);

describe('while a file is written', () => {
  beforeEach(() => start());

  test('it is seen under its name, not in the drop folder, and has one writer', async () => {
    const handle = await client.open('/a.csv', WRITE_NEW);
    await client.send({ kind: 'write', handle, offset: 0n, content: bytes('half') });
    expect((await client.stat('/a.csv')).attributes).toMatchObject({ size: 4n });
    expect(filesIn(fixture.root)).toEqual([]);
    const other = await connect();
    await expect(other.open('/a.csv', WRITE_NEW)).rejects.toThrow('is being written');
    for (const request of [
      { kind: 'remove', path: bytes('/a.csv') },
      { kind: 'rename', from: bytes('/a.csv'), to: bytes('/b.csv'), replace: false },
    ] as const) {
      expect(await other.send(request)).toMatchObject({ status: 4, message: 'a.csv is being written' });
    }
    expect(await client.send({ kind: 'close', handle })).toMatchObject({ status: 0 });
    expect(filesIn(fixture.root)).toEqual(['a.csv']);
    other.end();
  });

  test('the file that it replaces stays until the end', async () => {
    await client.put('/a.csv', 'first');
    const handle = await client.open('/a.csv', WRITE_NEW);
    await client.send({ kind: 'write', handle, offset: 0n, content: bytes('2') });
    expect(readFileSync(join(fixture.root, 'a.csv'), 'utf8')).toBe('first');
    await client.send({ kind: 'close', handle });
    expect(readFileSync(join(fixture.root, 'a.csv'), 'utf8')).toBe('2');
  });

  test('its time can be set before its end', async () => {
    const handle = await client.open('/a.csv', WRITE_NEW);
    const times = { atime: 1_000_000, mtime: 1_000_000 };
    await client.send({ kind: 'fsetstat', handle, attributes: { ...NO_ATTRIBUTES, times, permissions: 0 } });
    await client.send({ kind: 'write', handle, offset: 0n, content: bytes('x') });
    await client.send({ kind: 'close', handle });
    expect((await client.stat('/a.csv')).attributes).toMatchObject({ times, permissions: 0o100640 });
    expect(lstatSync(join(fixture.root, 'a.csv')).mode & 0o777).toBe(0o640);
  });
});

describe('a connection that dies', () => {
  beforeEach(() => start());

  test('publishes nothing; TRUNC starts anew, an empty partial goes', async () => {
    const handle = await client.open('/a.csv', WRITE_NEW);
    await client.send({ kind: 'write', handle, offset: 0n, content: bytes('half of it') });
    await client.open('/empty.csv', WRITE_NEW);
    client.ssh.destroy();
    await until(() => fixture.server.connections() === 0, 'the end');
    expect(filesIn(fixture.root)).toEqual([]);
    expect(filesIn(join(fixture.uploads, 'root'))).toEqual(['a.csv']);
    client = await connect();
    await client.put('/a.csv', 'new');
    expect(readFileSync(join(fixture.root, 'a.csv'), 'utf8')).toBe('new');
    expect(filesIn(join(fixture.uploads, 'root'))).toEqual([]);
  });

  test('gives a published file back that it opened and did not change', async () => {
    await client.put('/a.csv', 'whole');
    await client.open('/a.csv', WRITE_ON);
    expect(filesIn(fixture.root)).toEqual([]);
    client.ssh.destroy();
    await until(() => fixture.server.connections() === 0, 'the end');
    expect(filesIn(fixture.root)).toEqual(['a.csv']);
    client = await connect();
  });

  test('a partial that is renamed stays one', async () => {
    const handle = await client.open('/a.part', WRITE_NEW);
    await client.send({ kind: 'write', handle, offset: 0n, content: bytes('half') });
    client.ssh.destroy();
    await until(() => fixture.server.connections() === 0, 'the end');
    client = await connect();
    await client.send({ kind: 'rename', from: bytes('a.part'), to: bytes('a.csv'), replace: false });
    expect((await client.stat('a.csv')).attributes).toMatchObject({ size: 4n });
    expect(filesIn(fixture.root)).toEqual([]);
    expect(fixture.arrivals).toEqual([]);
  });
});

describe('partial uploads that nobody continues', () => {
  beforeEach(() => start());

  async function leavePartial(path: string): Promise<void> {
    const other = await connect();
    const handle = await other.open(path, WRITE_NEW);
    await other.send({ kind: 'write', handle, offset: 0n, content: bytes('half') });
    other.ssh.destroy();
    await until(() => fixture.server.connections() === 1, 'the end');
  }

  test('go when they are old, also with a time that their client has set; what is written stays', async () => {
    await leavePartial('/old.csv');
    await leavePartial('/test/old.csv');
    const attributes = { ...NO_ATTRIBUTES, times: { atime: 1, mtime: 1 } };
    await client.send({ kind: 'setstat', path: bytes('/old.csv'), attributes });
    const handle = await client.open('/new.csv', WRITE_NEW);
    await client.send({ kind: 'write', handle, offset: 0n, content: bytes('x') });
    const hour = 3_600_000;
    expect(await fixture.server.clearPartials(Date.now() - hour)).toEqual([]);
    expect(filesIn(join(fixture.uploads, 'root'))).toEqual(['new.csv', 'old.csv']);
    expect(await fixture.server.clearPartials(Date.now() + hour)).toEqual([
      { account: 'lab1', folder: 'root', name: 'old.csv', bytes: 4, problem: null },
      { account: 'lab1', folder: 'test', name: 'old.csv', bytes: 4, problem: null },
    ]);
    expect(await client.stat('/old.csv')).toMatchObject({ status: 2 });
    expect(await client.send({ kind: 'close', handle })).toMatchObject({ status: 0 });
    expect(filesIn(fixture.root)).toEqual(['new.csv']);
    expect(fixture.server.openWriters().size).toBe(0);
  });

  test('nothing that a link points to goes', async () => {
    const outside = join(fixture.dir, 'outside');
    mkdirSync(join(outside, 'root'), { recursive: true });
    writeFileSync(join(outside, 'root', 'kept'), 'x');
    await client.stat('/');
    symlinkSync(outside, join(fixture.dir, 'uploads', 'lab2'));
    symlinkSync(join(outside, 'root', 'kept'), join(fixture.uploads, 'root', 'link'));
    expect(await fixture.server.clearPartials(Date.now() + 1000)).toEqual([]);
    expect(filesIn(join(outside, 'root'))).toEqual(['kept']);
  });
});

describe('rename', () => {
  beforeEach(() => start());

  test.each([
    [false, 4, 'old'],
    [true, 0, 'new'],
  ])('over a file of that name, replace %s: status %d', async (replace, status, content) => {
    await client.put('/a.csv', 'old');
    await client.put('/a.tmp', 'new');
    const reply = await client.send({ kind: 'rename', from: bytes('a.tmp'), to: bytes('a.csv'), replace });
    expect(reply.status).toBe(status);
    expect(readFileSync(join(fixture.root, 'a.csv'), 'utf8')).toBe(content);
  });

  test.each([
    ['/a.csv', '/reports/a.csv', 3],
    ['/reports/r', '/r', 3],
    ['/a.csv', '/nowhere/a.csv', 2],
    ['/none', '/a', 2],
    ['/test', '/a', 3],
  ])('%s to %s is refused with %d', async (from, to, status) => {
    await client.put('/a.csv', 'x');
    expect(await client.send({ kind: 'rename', from: bytes(from), to: bytes(to), replace: true })).toMatchObject({
      status,
    });
    expect(filesIn(fixture.root)).toEqual(['a.csv']);
  });
});

test('the names of its folders are durable before the first file in them is told to be', async () => {
  await start();
  const { root } = fixture;
  const accounts = dirname(root);
  const syncsOf = async (path: string): Promise<readonly string[]> => {
    const syncs = await traceSyncs(async () => expect((await client.put(path, 'a;b')).status).toBe(0));
    return syncs.filter((synced) => synced === accounts || synced.startsWith(root));
  };
  // Known to be durable or not: another session, of an earlier process too, may have made them.
  expect(await syncsOf('/test/a.csv')).toEqual([join(root, 'test'), accounts, root]);
  expect(await syncsOf('/test/b.csv')).toEqual([join(root, 'test')]);
  expect(await syncsOf('/b.csv')).toEqual([root]);
});

describe('bounds', () => {
  test('the size is checked at the end of each write, and a failed upload is not published', async () => {
    await start({ maxFileBytes: 1000 });
    for (const offset of [999n, 2n ** 40n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
      const handle = await client.open('/a.csv', WRITE_NEW);
      expect(await client.send({ kind: 'write', handle, offset, content: bytes('xx') })).toMatchObject({
        status: 4,
        message: expect.stringContaining('1000 bytes') as string,
      });
      expect(await client.send({ kind: 'write', handle, offset: 0n, content: bytes('x') })).toMatchObject({
        status: 4,
      });
      expect(await client.send({ kind: 'close', handle })).toMatchObject({ status: 4 });
    }
    const handle = await client.open('/b.csv', WRITE_NEW);
    const attributes = { ...NO_ATTRIBUTES, size: 2n ** 45n };
    expect(await client.send({ kind: 'fsetstat', handle, attributes })).toMatchObject({ status: 4 });
    expect(await client.send({ kind: 'write', handle, offset: 998n, content: bytes('xx') })).toMatchObject({
      status: 0,
    });
    expect(await client.send({ kind: 'close', handle })).toMatchObject({ status: 0 });
    expect(filesIn(fixture.root)).toEqual(['b.csv']);
    expect(fixture.server.openWriters().size).toBe(0);
  });

  test('quotas in bytes and files say how much there is', async () => {
    await start({}, { quotaBytes: 2_097_152, quotaFiles: 2 });
    expect(await client.put('/a.csv', 'a'.repeat(200_000))).toMatchObject({ status: 0 });
    const handle = await client.open('/b.csv', WRITE_NEW);
    const content = Buffer.alloc(200_000);
    const replies = [];
    for (let turn = 0; turn < 10; turn += 1) {
      replies.push(await client.send({ kind: 'write', handle, offset: BigInt(turn) * 200_000n, content }));
    }
    expect(replies.map(({ status }) => status)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 4]);
    expect(replies[9]?.message).toBe('quota exceeded: 1.9 of 2.0 MiB');
    expect(await client.send({ kind: 'close', handle })).toMatchObject({ status: 4 });
    await expect(client.open('/c.csv', WRITE_NEW)).rejects.toThrow('quota exceeded: 2 of 2 files');
    await expect(client.open('/a.csv', WRITE_NEW)).resolves.toBeInstanceOf(Buffer);
  });

  test('sixty-four handles, which are closed with the session', async () => {
    await start({ limits: { handlesPerSessionMax: 64 } });
    await client.put('/a.csv', 'x');
    const handles = [];
    for (let turn = 0; turn < 64; turn += 1) handles.push(await client.open('/a.csv', 1));
    await expect(client.open('/a.csv', 1)).rejects.toThrow('more than 64 files and folders are open');
    await client.send({ kind: 'close', handle: handles[0]! });
    await client.open('/a.csv', 1);
    expect(new Set(handles.map(String)).size).toBe(64);
  });
});

describe('links and other things that an administrator has left there', () => {
  beforeEach(() => start());

  test('are not there', async () => {
    const outside = join(fixture.dir, 'outside');
    writeFileSync(outside, 'secret');
    await client.stat('/');
    symlinkSync(outside, join(fixture.root, 'link'));
    symlinkSync(outside, join(fixture.root, 'reports', 'link'));
    mkdirSync(join(fixture.root, 'folder'));
    for (const path of ['/link', '/reports/link', '/folder', '/folder/x']) {
      expect(await client.stat(path)).toMatchObject({ status: 2 });
      await expect(client.open(path, 1)).rejects.toThrow('no such file');
    }
    expect((await fixture.sftp('ls')).stdout).not.toMatch(/link|folder/);
    await client.put('/link', 'mine');
    expect(readFileSync(outside, 'utf8')).toBe('secret');
    symlinkSync(outside, join(fixture.uploads, 'root', 'link2'));
    await expect(client.open('/link2', WRITE_NEW)).rejects.toThrow('could not do this');
    expect(readFileSync(outside, 'utf8')).toBe('secret');
  });

  test('a link in a folder’s place ends the session and is told as a fault', async () => {
    const elsewhere = join(fixture.dir, 'elsewhere');
    mkdirSync(elsewhere);
    mkdirSync(join(fixture.dir, 'accounts', 'lab2'));
    symlinkSync(elsewhere, join(fixture.dir, 'accounts', 'lab2', 'reports'));
    fixture.accounts.set('lab2', { ...fixture.accounts.get('lab1')!, account: 'lab2' });
    const result = await fixture.sftp('ls', ['-o', 'User=lab2']);
    expect(result.code).not.toBe(0);
    expect(fixture.audit).toContainEqual(
      expect.objectContaining({
        event: 'fault',
        account: 'lab2',
        message: expect.stringContaining('reports') as string,
      }),
    );
  });
});

test('close lets an upload end, takes nothing new, and then returns', async () => {
  await start();
  const handle = await client.open('/a.csv', WRITE_NEW);
  const idle = await connect();
  const closed = fixture.server.close(5_000);
  await until(() => idle.closed, 'the idle connection to be closed');
  expect(await client.send({ kind: 'write', handle, offset: 0n, content: bytes('x') })).toMatchObject({ status: 0 });
  await expect(client.open('/b.csv', WRITE_NEW)).rejects.toThrow('stopping');
  expect(await client.send({ kind: 'close', handle })).toMatchObject({ status: 0 });
  await closed;
  expect(filesIn(fixture.root)).toEqual(['a.csv']);
  expect(fixture.server.connections()).toBe(0);
});
