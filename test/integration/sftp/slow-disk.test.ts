/** A disk that takes longer to sync an upload than a client may be idle: the client waits, and hears OK. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn, openFixture, until, type SftpFixture } from '../../support/sftp-fixture';

const IDLE_MS = 3_000;
const SYNC_MS = 8_000;

let fixture: SftpFixture;

beforeEach(async () => {
  fixture = await openFixture({ limits: { idleMs: IDLE_MS } });
});

afterEach(() => fixture.close());

test('what the disk takes its time for is not taken for idleness', async () => {
  const inject = `inject=fsync:delay_enter=${String(SYNC_MS * 1000)}`;
  const args = ['-f', '-P', join(fixture.uploads, 'root', 'slow.csv'), '-e', 'trace=fsync', '-e', inject];
  const strace = spawn('strace', [...args, '-p', String(process.pid)], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  strace.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await until(() => said.includes('attached'), 'strace');
  const path = join(fixture.local, 'slow.csv');
  writeFileSync(path, 'content');
  const { code, stderr } = await fixture.sftp(`put ${path} slow.csv`);
  strace.kill('SIGTERM');
  await once(strace, 'exit');
  expect(said).toContain('DELAYED');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(filesIn(fixture.root)).toEqual(['slow.csv']);
}, 60_000);
