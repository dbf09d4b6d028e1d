/** A disk that fails while an upload is made durable: the client never hears OK for it, and nobody takes the file. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addAccount } from '../../support/add-account';
import {
  type BuiltDaemon,
  type Home,
  labdrop,
  listNames,
  makeHome,
  makeKey,
  startDaemon,
} from '../../support/built-daemon';
import { dropFolder, isAnswered } from '../../support/drop-folder';
import { RawClient, WRITE_NEW } from '../../support/sftp-raw-client';
import { LABORATORY_EXAMPLE, readExample, SENDER } from '../../support/shipped-examples';
import { until } from '../../support/until';

const EXAMPLE = readExample(LABORATORY_EXAMPLE);

jest.setTimeout(90_000);

let home: Home;
let daemon: BuiltDaemon;
let client: RawClient;
let key: string;

beforeAll(async () => {
  home = makeHome('ingest: { rescanSeconds: 1 }');
  key = makeKey(home, 'id_lab');
  addAccount(home, { key, account: 'lab1' });
  daemon = await startDaemon(home, { UV_THREADPOOL_SIZE: '1' }); // strace counts the calls of each thread
  client = await RawClient.connect(daemon.port, readFileSync(key));
});

afterAll(async () => {
  client.end();
  expect(await daemon.stop()).toBe(0);
  home.remove();
});

const dropped = (): readonly string[] => listNames(dropFolder(home, 'lab1'));
const faults = (): readonly string[] =>
  daemon
    .stdout()
    .split('\n')
    .filter((line) => line.includes('"fault"') && line.includes('EIO'));

/** The first fsync of the upload fails, any other is the system's own affair. */
async function failFirstSync(name: string): Promise<ChildProcess> {
  const partial = join(home.dataDir, 'uploads/lab1/root', name);
  const args = ['-f', '-P', partial, '-e', 'trace=fsync', '-e', 'inject=fsync:error=EIO:when=1'];
  const strace = spawn('strace', [...args, '-p', String(daemon.pid)], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  strace.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await until(() => said.includes('attached'), 'strace');
  return strace;
}

test.each([
  ['asked for by the client, and the system would succeed the next time', '210510080501', true],
  ['at CLOSE', '210510080502', false],
])('an fsync that fails, %s', async (_, time, isAskedFor) => {
  const base = `${SENDER}_LaboratoryTestResult_${time}`;
  const earlier = faults().length;
  const strace = await failFirstSync(`${base}.csv`);
  const handle = await client.open(`/${base}.csv`, WRITE_NEW);
  expect((await client.send({ kind: 'write', handle, offset: 0n, content: Buffer.from(EXAMPLE) })).status).toBe(0);
  if (isAskedFor) expect((await client.send({ kind: 'fsync', handle })).status).toBe(4);
  const closed = await client.send({ kind: 'close', handle });
  expect(closed.status).toBe(4);
  expect(closed.message).toContain('EIO');
  strace.kill('SIGTERM');
  await once(strace, 'exit');
  expect(dropped()).not.toContain(`${base}.csv`);
  expect(faults()).toHaveLength(earlier + 1);

  expect((await client.put(`/${base}.ok`, '')).status).toBe(0);
  expect(dropped()).toContain(`${base}.ok`);
  expect(labdrop(home, ['show', base]).status).not.toBe(0);

  expect((await client.put(`/${base}.csv`, EXAMPLE)).status).toBe(0);
  await until(() => isAnswered(dropFolder(home, 'lab1'), base), 'the reports');
});
