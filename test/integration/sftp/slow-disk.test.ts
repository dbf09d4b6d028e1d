/** A disk that takes its time, or fails, when an upload is synced: at its end, before CLOSE comes, or while more of it comes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn, openFixture, type SftpFixture } from '../../support/sftp-fixture';
import { RawClient, WRITE_NEW } from '../../support/sftp-raw-client';
import { until } from '../../support/until';

const IDLE_MS = 3_000;
const SYNC_MS = 8_000;

let fixture: SftpFixture;

beforeEach(async () => {
  fixture = await openFixture({ limits: { idleMs: IDLE_MS } });
});

afterEach(() => fixture.close());

/** Lets `call` on that upload do something else. Returns what ends that and says what was traced. */
async function tamper(name: string, call: string, how: string): Promise<() => Promise<string>> {
  const args = ['-f', '-P', join(fixture.uploads, 'root', name), '-e', `trace=${call}`, '-e', `inject=${call}:${how}`];
  const strace = spawn('strace', [...args, '-p', String(process.pid)], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  strace.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await until(() => said.includes('attached'), 'strace');
  return async () => {
    strace.kill('SIGTERM');
    await once(strace, 'exit');
    return said;
  };
}

test('what the disk takes its time for is not taken for idleness', async () => {
  const end = await tamper('slow.csv', 'fsync', `delay_enter=${String(SYNC_MS * 1000)}`);
  const path = join(fixture.local, 'slow.csv');
  writeFileSync(path, 'content');
  const { code, stderr } = await fixture.sftp(`put ${path} slow.csv`);
  expect(await end()).toContain('DELAYED');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(filesIn(fixture.root)).toEqual(['slow.csv']);
}, 60_000);

describe('a small upload, which is synced before CLOSE comes', () => {
  test('is synced no second time', async () => {
    const end = await tamper('small.csv', 'fsync', 'delay_enter=200000');
    const path = join(fixture.local, 'small.csv');
    writeFileSync(path, 'content');
    expect((await fixture.sftp(`put ${path} small.csv`)).code).toBe(0);
    expect((await end()).match(/DELAYED/g)).toHaveLength(1);
  }, 60_000);

  test('is synced again when more came meanwhile', async () => {
    const end = await tamper('grown.csv', 'fsync', 'delay_enter=200000');
    const client = await RawClient.connect(fixture.port, fixture.privateKey);
    const handle = await client.open('/grown.csv', WRITE_NEW);
    for (const [offset, content] of ['some', 'more'].entries()) {
      await client.send({ kind: 'write', handle, offset: BigInt(offset * 4), content: Buffer.from(content) });
    }
    expect((await client.send({ kind: 'close', handle })).status).toBe(0);
    client.end();
    expect((await end()).match(/DELAYED/g)).toHaveLength(2);
    expect(readFileSync(join(fixture.root, 'grown.csv'), 'utf8')).toBe('somemore');
  }, 60_000);
});

describe('a large upload, of which the first part is synced while more comes', () => {
  const content = randomBytes(40_000_000);
  let path: string;

  beforeEach(() => {
    path = join(fixture.local, 'large.csv');
    writeFileSync(path, content);
  });

  test('is published when that has ended, with all its bytes', async () => {
    const end = await tamper('large.csv', 'fdatasync', 'delay_enter=2000000');
    const { code } = await fixture.sftp(`put ${path} large.csv`);
    expect(await end()).toContain('DELAYED');
    expect(code).toBe(0);
    expect(readFileSync(join(fixture.root, 'large.csv')).equals(content)).toBe(true);
  }, 60_000);

  test('fails when the disk could not keep it, is told of, and comes in whole the next time', async () => {
    const end = await tamper('large.csv', 'fdatasync', 'error=EIO:when=1');
    const { code } = await fixture.sftp(`put ${path} large.csv`);
    expect(await end()).toContain('INJECTED');
    expect(code).not.toBe(0);
    expect(filesIn(fixture.root)).toEqual([]);
    expect(fixture.audit).toContainEqual(
      expect.objectContaining({ event: 'fault', message: expect.stringMatching(/EIO.*fdatasync/) as string }),
    );
    expect((await fixture.sftp(`put ${path} large.csv`)).code).toBe(0);
    expect(readFileSync(join(fixture.root, 'large.csv')).equals(content)).toBe(true);
  }, 60_000);

  test('is kept for its continuation when the client goes away meanwhile', async () => {
    const end = await tamper('large.csv', 'fdatasync', 'delay_enter=2000000');
    const client = fixture.spawnSftp(`put ${path} large.csv`);
    const partial = join(fixture.uploads, 'root', 'large.csv');
    await until(() => sizeOf(partial) > 20_000_000, 'half of it');
    client.kill('SIGKILL');
    await until(() => fixture.audit.some(({ event }) => event === 'transfer'), 'the end of the session');
    expect(await end()).toContain('DELAYED');
    expect(readFileSync(partial).equals(content.subarray(0, sizeOf(partial)))).toBe(true);
    expect((await fixture.sftp(`reput ${path} large.csv`)).code).toBe(0);
    expect(readFileSync(join(fixture.root, 'large.csv')).equals(content)).toBe(true);
  }, 60_000);
});

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
