/** What a client sees of its files while the pipeline has them, or is about to, and what may take their names. */
import { lstatSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPEN_FLAG } from '../../../src/adapters/sftp/codec/packet-types';
import { fileIdentity } from '../../../src/adapters/spool/durable-files';
import { belgianTime } from '../../../src/domain/belgian-time';
import { filesIn, openFixture, type SftpFixture } from '../../support/sftp-fixture';
import { RawClient, WRITE_NEW, WRITE_ON } from '../../support/sftp-raw-client';
import { NO_ATTRIBUTES } from '../../support/sftp-requests';
import { until } from '../../support/until';

let fixture: SftpFixture;
let client: RawClient;

function connect(): Promise<RawClient> {
  return RawClient.connect(fixture.port, fixture.privateKey);
}

beforeEach(async () => {
  fixture = await openFixture();
  client = await connect();
});

afterEach(async () => {
  client.end();
  await fixture.close();
});

const bytes = (path: string): Buffer => Buffer.from(path);

/** What the pipeline does with a file. */
function takeAway(name: string): void {
  renameSync(join(fixture.root, name), join(fixture.dir, 'taken'));
}

describe('a file that was taken', () => {
  test('still answers STAT and SETSTAT, on every connection, and cannot be read, renamed or removed', async () => {
    await client.put('/a.csv', 'hello');
    takeAway('a.csv');
    const other = await connect();
    const times = { atime: 77, mtime: 77 };
    expect((await other.stat('/a.csv')).attributes).toMatchObject({ size: 5n });
    const attributes = { ...NO_ATTRIBUTES, times };
    expect(await client.send({ kind: 'setstat', path: bytes('/a.csv'), attributes })).toMatchObject({ status: 0 });
    expect((await other.stat('/a.csv')).attributes).toMatchObject({ size: 5n, times });
    const handle = await other.open('/a.csv', 1);
    expect((await other.send({ kind: 'fstat', handle })).attributes).toMatchObject({ size: 5n });
    const at = belgianTime(new Date()).slice(11, 14);
    const accepted = `^this name was already accepted at ${at}\\d\\d; `;
    const refused = { status: 4, message: expect.stringMatching(`${accepted}send it under a new time$`) as string };
    const told = { status: 4, message: expect.stringMatching(`${accepted}its answer comes in`) as string };
    expect(await other.send({ kind: 'read', handle, offset: 0n, length: 5 })).toMatchObject(told);
    expect(await other.send({ kind: 'remove', path: bytes('/a.csv') })).toMatchObject(refused);
    expect(await other.send({ kind: 'rename', from: bytes('/a.csv'), to: bytes('/b'), replace: false })).toMatchObject(
      refused,
    );
    expect(filesIn(fixture.root)).toEqual([]);
    expect(await client.put('/a.csv', 'again')).toMatchObject({ status: 0 });
    other.end();
  });

  test('is gone for its sender from the moment the pipeline claims it', async () => {
    await client.put('/a.csv', 'hello');
    fixture.claimed.add('lab1/root/a.csv');
    await expect(client.open('/a.csv', 2)).rejects.toThrow(/already accepted at \d\d:\d\d; send it under a new time/);
    const listing = await fixture.sftp('ls -l');
    expect(listing.stdout).not.toContain('a.csv');
    const attributes = { ...NO_ATTRIBUTES, times: { atime: 77, mtime: 77 } };
    expect(await client.send({ kind: 'setstat', path: bytes('/a.csv'), attributes })).toMatchObject({ status: 0 });
    expect(lstatSync(join(fixture.root, 'a.csv')).mtimeMs).toBeGreaterThan(77_000);
    fixture.claimed.clear();
  });

  test('is a file of its own when the name is uploaded again meanwhile', async () => {
    await client.put('/a.csv', 'first');
    fixture.claimed.add('lab1/root/a.csv');
    setTimeout(() => {
      takeAway('a.csv');
    }, 60);
    expect(await client.put('/a.csv', 'second')).toMatchObject({ status: 0 });
    expect(readFileSync(join(fixture.dir, 'taken'), 'utf8')).toBe('first');
    expect(readFileSync(join(fixture.root, 'a.csv'), 'utf8')).toBe('second');
  });

  test('is not replaced while it lies there, and what was sent for it is kept', async () => {
    await client.put('/a.csv', 'first');
    fixture.claimed.add('lab1/root/a.csv');
    const waits = { status: 4, message: expect.stringMatching('waits for its turn') as string };
    expect(await client.put('/a.csv', 'second')).toMatchObject(waits);
    expect(await client.put('/b.csv', 'third')).toMatchObject({ status: 0 });
    expect(
      await client.send({ kind: 'rename', from: bytes('/b.csv'), to: bytes('/a.csv'), replace: true }),
    ).toMatchObject(waits);
    expect(readFileSync(join(fixture.root, 'a.csv'), 'utf8')).toBe('first');
    expect([filesIn(join(fixture.uploads, 'root')), filesIn(fixture.root)]).toEqual([['a.csv'], ['a.csv', 'b.csv']]);
    expect([...fixture.server.openWriters()]).toEqual([]);
  });

  test('complete but not taken up yet, it is not replaced either, and does not wait for who writes the next one', async () => {
    await client.put('/a.csv', 'first');
    fixture.ready.set('lab1/root/a.csv', fileIdentity(join(fixture.root, 'a.csv')) ?? '');
    const handle = await client.open('/a.csv', WRITE_NEW);
    expect(fixture.server.writtenBeside('lab1/root/a.csv')).toBe(fixture.ready.get('lab1/root/a.csv'));
    expect(await client.send({ kind: 'close', handle })).toMatchObject({ status: 4 });
    const again = await client.open('/a.csv', WRITE_NEW);
    await client.send({ kind: 'write', handle: again, offset: 0n, content: bytes('second') });
    takeAway('a.csv');
    expect(await client.send({ kind: 'close', handle: again })).toMatchObject({ status: 0 });
    expect(readFileSync(join(fixture.root, 'a.csv'), 'utf8')).toBe('second');
  });

  test('complete but not taken up yet, it is not replaced by a partial upload that is continued either', async () => {
    const other = await connect();
    const handle = await other.open('/a.csv', WRITE_NEW);
    await other.send({ kind: 'write', handle, offset: 0n, content: bytes('sec') });
    other.end();
    await until(() => fixture.server.openWriters().size === 0, 'the end of the upload');
    writeFileSync(join(fixture.root, 'a.csv'), 'first');
    fixture.ready.set('lab1/root/a.csv', fileIdentity(join(fixture.root, 'a.csv')) ?? '');
    const again = await client.open('/a.csv', WRITE_ON);
    await client.send({ kind: 'write', handle: again, offset: 3n, content: bytes('ond') });
    expect(await client.send({ kind: 'close', handle: again })).toMatchObject({ status: 4 });
    expect(readFileSync(join(fixture.root, 'a.csv'), 'utf8')).toBe('first');
  });

  test('takes the same marker again, and no other one', async () => {
    await client.put('/a.ok', 'records=1');
    fixture.ready.set('lab1/root/a.ok', fileIdentity(join(fixture.root, 'a.ok')) ?? '');
    expect(await client.put('/a.ok', 'records=2')).toMatchObject({ status: 4 });
    expect(await client.put('/a.ok', 'records=1')).toMatchObject({ status: 0 });
  });

  test('is not continued behind the size that was told of it', async () => {
    await client.put('/a.csv', 'first');
    takeAway('a.csv');
    await expect(client.open('/a.csv', WRITE_ON | OPEN_FLAG.APPEND)).rejects.toThrow(/already accepted/);
    expect(await client.put('/a.csv', 'second')).toMatchObject({ status: 0 });
  });

  test('without a recent upload it is simply not there', async () => {
    await client.stat('/');
    writeFileSync(join(fixture.root, 'old.csv'), 'x');
    fixture.claimed.add('lab1/root/old.csv');
    expect(await client.stat('/old.csv')).toMatchObject({ status: 2 });
  });
});
