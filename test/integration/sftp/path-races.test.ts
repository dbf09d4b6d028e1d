/**
 * Folders and files of an account are swapped for links to elsewhere, as fast as another process can, while the account
 * works: whatever it asks for, it reads, lists, writes and removes nothing outside.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn, openFixture, type SftpFixture } from '../../support/sftp-fixture';
import { RawClient, type RawReply, WRITE_NEW } from '../../support/sftp-raw-client';

const SECRET = 'not for this account';
const ROUNDS = 12;

let fixture: SftpFixture;
let outside: string;
let swapper: ChildProcess | null = null;

beforeEach(async () => {
  fixture = await openFixture();
  await (await RawClient.connect(fixture.port, fixture.privateKey)).stat('/');
  outside = join(fixture.dir, 'outside');
  for (const folder of ['', 'reports', 'test', 'test/reports', 'root']) {
    mkdirSync(join(outside, folder), { recursive: true });
    writeFileSync(join(outside, folder, 'a.csv'), SECRET);
  }
});

afterEach(async () => {
  swapper?.kill('SIGKILL');
  await fixture.close();
});

/** Exchanges each path for a link to its counterpart outside, and back, without end. */
function swapForLinks(places: readonly (readonly [path: string, target: string])[]): void {
  for (const [path, target] of places) symlinkSync(target, `${path}.link`);
  const script = `
    const { renameSync } = require('node:fs');
    const places = ${JSON.stringify(places.map(([path]) => path))};
    // Whatever the server moved first cannot be moved: the next round finds it as it is then.
    const MOVED = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY', 'EEXIST'];
    const attempt = (from, to) => {
      try { renameSync(from, to); } catch (error) { if (!MOVED.includes(error.code)) throw error; }
    };
    for (;;) for (const path of places) {
      attempt(path, path + '.real'); attempt(path + '.link', path);
      attempt(path, path + '.link'); attempt(path + '.real', path);
    }`;
  swapper = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Everything outside: names, sizes, times of change. */
function stateOutside(folder = outside): unknown[] {
  return readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name);
    const { size, mtimeMs, ino } = lstatSync(path);
    return entry.isDirectory() ? [entry.name, mtimeMs, stateOutside(path)] : [entry.name, size, mtimeMs, ino];
  });
}

async function tryEverything(client: RawClient, name: string): Promise<readonly (RawReply | null)[]> {
  const path = (text: string): Buffer => Buffer.from(text);
  const read = async (from: string): Promise<RawReply | null> => {
    const handle = await client.open(from, 1).catch(() => null);
    return handle === null ? null : client.send({ kind: 'read', handle, offset: 0n, length: 100 });
  };
  const attributes = { size: null, owner: null, permissions: 0o777, times: { atime: 7, mtime: 7 } };
  return Promise.all([
    read('/a.csv'),
    read('/reports/a.csv'),
    read('/test/reports/a.csv'),
    client.put(`/${name}`, 'mine', WRITE_NEW).catch(() => null),
    client.put(`/test/${name}`, 'mine', WRITE_NEW).catch(() => null),
    client.send({ kind: 'setstat', path: path('/a.csv'), attributes }),
    client.send({ kind: 'setstat', path: path('/test/a.csv'), attributes }),
    client.send({ kind: 'rename', from: path('/test/a.csv'), to: path('/b.csv'), replace: true }),
    client.send({ kind: 'rename', from: path(`/${name}`), to: path('/test/b.csv'), replace: true }),
    client.send({ kind: 'remove', path: path('/reports/a.csv') }),
    client.send({ kind: 'remove', path: path('/a.csv') }),
    client.send({ kind: 'remove', path: path('/test/a.csv') }),
  ]);
}

test.each<[string, () => (readonly [string, string])[]]>([
  ['files', () => [[join(fixture.root, 'a.csv'), join(outside, 'a.csv')]]],
  [
    'folders',
    () => [
      [join(fixture.root, 'reports'), join(outside, 'reports')],
      [join(fixture.root, 'test'), join(outside, 'test')],
    ],
  ],
  ['the account’s folder', () => [[fixture.root, outside]]],
  ['the folder of partial uploads', () => [[join(fixture.uploads, 'root'), join(outside, 'root')]]],
])('%s that are swapped for links lead nowhere else', async (_, places) => {
  writeFileSync(join(fixture.root, 'a.csv'), 'mine');
  const before = stateOutside();
  swapForLinks(places());
  let answered = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const client = await RawClient.connect(fixture.port, fixture.privateKey);
    const closed = new Promise<null>((resolve) => client.ssh.once('close', () => resolve(null)));
    for (let turn = 0; turn < 3; turn += 1) {
      // A session that meets a link in the place of a folder at its start is ended.
      const asked = tryEverything(client, `n${String(round)}-${String(turn)}.csv`);
      const replies = (await Promise.race([asked, closed])) ?? [];
      answered += replies.length;
      expect(replies.map((reply) => reply?.bytes?.toString())).not.toContain(SECRET);
    }
    client.ssh.destroy();
  }
  expect(answered).toBeGreaterThan(0);
  expect(stateOutside()).toEqual(before);
});

test('a file that arrives in a folder that was moved away is not answered with OK', async () => {
  const client = await RawClient.connect(fixture.port, fixture.privateKey);
  const handle = await client.open('/a.csv', WRITE_NEW);
  await client.send({ kind: 'write', handle, offset: 0n, content: Buffer.from('x') });
  renameSync(fixture.root, `${fixture.root}.old`);
  mkdirSync(fixture.root);
  expect(await client.send({ kind: 'close', handle })).toMatchObject({
    status: 4,
    message: 'the folder was moved on the server meanwhile; upload the file again',
  });
  const next = await RawClient.connect(fixture.port, fixture.privateKey);
  expect(await next.put('/a.csv', 'again')).toMatchObject({ status: 0 });
  expect(readFileSync(join(fixture.root, 'a.csv'), 'utf8')).toBe('again');
  expect(filesIn(join(fixture.root, 'reports'))).toEqual([]);
});
