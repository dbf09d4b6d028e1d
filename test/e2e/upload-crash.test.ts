/**
 * The built daemon killed again and again while a laboratory uploads: whatever the client heard OK for is there after
 * the next start, whole, and is processed once.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { Client, type SFTPWrapper } from 'ssh2';
import { addAccount } from '../support/add-account';
import { type BuiltDaemon, type Home, listNames, makeHome, makeKey, startDaemon } from '../support/built-daemon';
import { dropFolder, isAnswered } from '../support/drop-folder';
import { LABORATORY_EXAMPLE, readExample, SENDER } from '../support/shipped-examples';
import { until } from '../support/until';

const TYPE = 'LaboratoryTestResult';
const EXAMPLE = readExample(LABORATORY_EXAMPLE);
/** The kill comes behind so many answers of the server; uneven, so that it meets each kind of request. */
const KILLS = [1, 5, 10, 18, 23, 31];

let home: Home;
let key: string;
let daemon: BuiltDaemon;

beforeAll(() => {
  home = makeHome('ingest: { rescanSeconds: 1 }\nlog: { level: warn }');
  key = makeKey(home, 'id_lab');
  addAccount(home, { key, account: 'lab' });
});
afterAll(async () => {
  await daemon.stop('SIGKILL');
  home.remove();
});

const drop = (...names: string[]): string => join(dropFolder(home, 'lab'), ...names);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const textOf = (number: number): string => EXAMPLE.replaceAll('S21-', `S${number}-`);
const nameOf = (number: number): string => `${SENDER}_${TYPE}_2105101${String(number).padStart(5, '0')}`;

interface Acknowledged {
  /** Numbers of the files whose CLOSE, or rename, was answered with OK. */
  readonly data: Set<number>;
  readonly markers: Set<number>;
}

/** Uploads one after the other until the connection ends; half of them under a temporary name. */
async function uploadUntilKilled(first: number, known: Acknowledged, answered: () => void): Promise<number> {
  const ssh = new Client();
  ssh.on('error', () => undefined);
  const closed = once(ssh, 'close');
  ssh.connect({ host: '127.0.0.1', port: daemon.port, username: 'lab', privateKey: readFileSync(key) });
  await once(ssh, 'ready');
  const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
    ssh.sftp((error, opened) => (error === undefined ? resolve(opened) : reject(error)));
  });
  const ask = <T>(call: (done: (error?: Error | null, value?: T) => void) => void): Promise<T | null> =>
    Promise.race([
      new Promise<T>((resolve, reject) => {
        call((error, value) => {
          answered();
          if (error) reject(error);
          else resolve(value as T);
        });
      }),
      closed.then(() => null),
    ]);
  const put = async (name: string, text: string): Promise<boolean> => {
    const handle = await ask<Buffer>((done) => sftp.open(name, 'w', done));
    if (handle === null) return false;
    const bytes = Buffer.from(text);
    if (
      bytes.length > 0 &&
      (await ask<true>((done) => sftp.write(handle, bytes, 0, bytes.length, 0, (e) => done(e, true)))) === null
    )
      return false;
    return (await ask<true>((done) => sftp.close(handle, (error) => done(error, true)))) !== null;
  };
  for (let number = first; ; number++) {
    const final = `${nameOf(number)}.csv`;
    const early = number % 2 === 0 ? final : `${final}.filepart`;
    try {
      if (!(await put(early, textOf(number)))) return number + 1;
      if (early !== final && (await ask<true>((done) => sftp.rename(early, final, (e) => done(e, true)))) === null)
        return number + 1;
      known.data.add(number);
      if (!(await put(`${nameOf(number)}.ok`, ''))) return number + 1;
      known.markers.add(number);
    } catch {
      return number + 1; // the connection broke within a request: nothing was promised
    }
  }
}

test('what a client heard OK for is never lost and never processed twice', async () => {
  const known: Acknowledged = { data: new Set(), markers: new Set() };
  let next = 1;
  for (const answers of KILLS) {
    daemon = await startDaemon(home);
    let left = answers;
    let killed: Promise<unknown> = Promise.resolve();
    next = await uploadUntilKilled(next, known, () => {
      left--;
      if (left === 0) killed = daemon.stop('SIGKILL');
    });
    await killed;
  }
  expect(known.markers.size).toBeGreaterThan(5);
  daemon = await startDaemon(home);
  await until(() => [...known.markers].every((number) => isAnswered(drop(), nameOf(number))), 'all answers', 60_000);
  await until(() => listNames(join(home.dataDir, 'work')).join() === 'staging', 'an empty work folder');
  const db = new Database(home.storePath, { readonly: true });
  const rows = db
    .prepare<[], { file_name: string; sha256: string; outcome: string; times: number }>(
      'SELECT file_name, max(sha256) AS sha256, max(outcome) AS outcome, count(*) AS times FROM batches GROUP BY file_name',
    )
    .all();
  for (const number of known.data) {
    const name = `${nameOf(number)}.csv`;
    const row = rows.find(({ file_name: found }) => found === name);
    if (row === undefined) expect(readFileSync(drop(name), 'utf8')).toBe(textOf(number));
    else expect(row).toEqual({ file_name: name, sha256: sha256(textOf(number)), outcome: 'ACCEPTED', times: 1 });
  }
  const stored = db.prepare(`SELECT count(*) FROM ${TYPE}`).pluck().get();
  expect(stored).toBe(5 * rows.filter(({ outcome }) => outcome === 'ACCEPTED').length);
  expect(db.prepare(`SELECT count(*) - count(DISTINCT _key) FROM ${TYPE}`).pluck().get()).toBe(0);
  db.close();
  expect(await daemon.stop()).toBe(0);
}, 180_000);
