import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn, openFixture, type SftpFixture } from '../../support/sftp-fixture';
import { until } from '../../support/until';

const MEBIBYTE = 1_048_576;

let fixture: SftpFixture;

beforeEach(async () => {
  fixture = await openFixture();
});

afterEach(async () => {
  await fixture.close();
});

function local(name: string, content: Buffer | string): string {
  const path = join(fixture.local, name);
  writeFileSync(path, content);
  return path;
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

test('uploads 20 MiB whole, publishes it at the end and tells of it', async () => {
  const path = local('big', randomBytes(20 * MEBIBYTE));
  const result = await fixture.sftp(`put ${path} big.csv\nput ${path} /test/big.csv`);
  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(sha256(join(fixture.root, 'big.csv'))).toBe(sha256(path));
  expect(sha256(join(fixture.root, 'test', 'big.csv'))).toBe(sha256(path));
  expect(fixture.arrivals).toEqual(['lab1/root/big.csv', 'lab1/test/big.csv']);
  expect(filesIn(join(fixture.uploads, 'root'))).toEqual([]);
  expect(fixture.server.openWriters().size).toBe(0);
});

test('lists as ls -l does', async () => {
  const path = local('a', 'hello');
  const result = await fixture.sftp(`put ${path} a.csv\nls -l\nls -la /test\npwd`);
  expect(result).toMatchObject({ code: 0, stderr: '' });
  const lines = result.stdout.split('\n').filter((line) => !line.startsWith('sftp>'));
  expect(lines.join('\n')).toMatch(/^-rw-r----- +1 lab1 +labdrop +5 \w{3} +\d+ \d\d:\d\d +a\.csv$/m);
  expect(lines.join('\n')).toMatch(/^drwxr-x--- +2 lab1 +labdrop +\d+ \w{3} +\d+ \d\d:\d\d +reports$/m);
  expect(lines.join('\n')).toContain('Remote working directory: /');
  expect(lines.filter((line) => line.endsWith(' .') || line.endsWith('..'))).toHaveLength(2);
});

test('reads back, renames, removes', async () => {
  const path = local('a', 'hello');
  const back = join(fixture.local, 'back');
  const result = await fixture.sftp(
    [`put ${path} a.filepart`, 'rename a.filepart a.csv', `get a.csv ${back}`, 'rm a.csv', '-get a.csv'].join('\n'),
  );
  expect(result.code).toBe(0);
  expect(readFileSync(back, 'utf8')).toBe('hello');
  expect(filesIn(fixture.root)).toEqual([]);
  expect(fixture.arrivals).toEqual(['lab1/root/a.filepart', 'lab1/root/a.csv']);
  expect(fixture.arrivedBytes).toEqual([5, 5]);
});

test('reports can be fetched and removed, and nothing can be written beside them', async () => {
  const path = local('a', 'hello');
  await fixture.sftp('pwd');
  writeFileSync(join(fixture.root, 'reports', 'r.txt'), 'report');
  const back = join(fixture.local, 'back');
  expect(await fixture.sftp(`get reports/r.txt ${back}\nrm reports/r.txt`)).toMatchObject({ code: 0 });
  expect(readFileSync(back, 'utf8')).toBe('report');
  const refused = await fixture.sftp(`put ${path} reports/x`);
  expect(refused.code).toBe(1);
  expect(filesIn(join(fixture.root, 'reports'))).toEqual([]);
  expect(fixture.audit).toContainEqual(
    expect.objectContaining({ event: 'transfer', direction: 'download', path: '/reports/r.txt', outcome: 'complete' }),
  );
});

test('-p keeps the time, df answers, folders are fixed, links are refused', async () => {
  const path = local('a', 'hello');
  const result = await fixture.sftp(`put -p ${path} a.csv\ndf -h\n-mkdir x\n-rmdir test\n-symlink a.csv b\nls`);
  expect(result.code).toBe(0);
  expect(Math.floor(statSync(join(fixture.root, 'a.csv')).mtimeMs / 1000)).toBe(
    Math.floor(statSync(path).mtimeMs / 1000),
  );
  expect(result.stdout).toMatch(/Size +Used +Avail/);
});

test('scp copies in both directions with exit status 0', async () => {
  const path = local('a', randomBytes(3 * MEBIBYTE));
  const back = join(fixture.local, 'back');
  expect(await fixture.scp(['-p', path, 'lab1@127.0.0.1:/a.csv'])).toMatchObject({ code: 0, stderr: '' });
  expect(await fixture.scp(['lab1@127.0.0.1:a.csv', back])).toMatchObject({ code: 0, stderr: '' });
  expect(sha256(back)).toBe(sha256(path));
});

test('the old scp protocol is refused at once', async () => {
  const path = local('a', 'x');
  const result = await fixture.scp(['-O', path, 'lab1@127.0.0.1:/a.csv']);
  expect(result.code).not.toBe(0);
  expect(fixture.audit).toContainEqual(expect.objectContaining({ event: 'refusal', operation: 'exec' }));
});

test('a killed client leaves a partial that is seen, resumed and only then published', async () => {
  const content = randomBytes(20 * MEBIBYTE);
  const path = local('big', content);
  const child = fixture.spawnSftp(`put ${path} big.csv`, ['-l', '40000']);
  const partial = join(fixture.uploads, 'root', 'big.csv');
  await until(() => filesIn(join(fixture.uploads, 'root')).length > 0 && statSync(partial).size > MEBIBYTE, 'bytes');
  expect(fixture.server.openWriters()).toContain('lab1/root/big.csv');
  child.kill('SIGKILL');
  await until(() => fixture.server.connections() === 0, 'the connection to end');
  expect(fixture.server.openWriters().size).toBe(0);
  expect(filesIn(fixture.root)).toEqual([]);
  expect(fixture.arrivals).toEqual([]);
  const size = statSync(partial).size;
  expect(size).toBeLessThan(content.length);
  expect(content.subarray(0, size).equals(readFileSync(partial))).toBe(true);
  expect((await fixture.sftp('ls -l big.csv')).stdout).toContain(` ${String(size)} `);
  expect(await fixture.sftp(`reput ${path} big.csv`)).toMatchObject({ code: 0 });
  expect(sha256(join(fixture.root, 'big.csv'))).toBe(sha256(path));
  expect(fixture.arrivals).toEqual(['lab1/root/big.csv']);
  expect(fixture.audit).toContainEqual(expect.objectContaining({ event: 'transfer', outcome: 'partial' }));
});

test('a published file that is not taken yet can be continued', async () => {
  const path = local('a', 'first;');
  await fixture.sftp(`put ${path} a.csv`);
  appendFileSync(path, 'second');
  expect(await fixture.sftp(`reput ${path} a.csv`)).toMatchObject({ code: 0 });
  expect(readFileSync(join(fixture.root, 'a.csv'), 'utf8')).toBe('first;second');
});

test('a second upload of the name replaces the first at its end', async () => {
  const first = local('a', 'first content');
  const second = local('b', 'second');
  expect(await fixture.sftp(`put ${first} a.csv\nput ${second} a.csv`)).toMatchObject({ code: 0 });
  expect(readFileSync(join(fixture.root, 'a.csv'), 'utf8')).toBe('second');
});

test('keys are renewed from both sides during a transfer', async () => {
  await fixture.close();
  fixture = await openFixture({ limits: { rekeyBytes: 2 * MEBIBYTE } });
  const path = local('big', randomBytes(12 * MEBIBYTE));
  const back = join(fixture.local, 'back');
  const commands = `put ${path} big.csv\nget big.csv ${back}`;
  expect(await fixture.sftp(commands, ['-o', 'RekeyLimit=3M'])).toMatchObject({ code: 0, stderr: '' });
  expect(sha256(back)).toBe(sha256(path));
});

test('small packets and many requests at once keep their order', async () => {
  const path = local('big', randomBytes(4 * MEBIBYTE));
  const back = join(fixture.local, 'back');
  const commands = `put ${path} big.csv\nget big.csv ${back}`;
  expect(await fixture.sftp(commands, ['-B', '1000', '-R', '128'])).toMatchObject({ code: 0, stderr: '' });
  expect(sha256(join(fixture.root, 'big.csv'))).toBe(sha256(path));
  expect(sha256(back)).toBe(sha256(path));
});
