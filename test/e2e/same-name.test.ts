/**
 * Deliveries that follow one another under one name, over SFTP to the running daemon: each is a batch of its own or is
 * refused, and what came with one of them says nothing of another.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { Client, type SFTPWrapper } from 'ssh2';
import { addAccount } from '../support/add-account';
import { type BuiltDaemon, type Home, listNames, makeHome, makeKey, startDaemon } from '../support/built-daemon';
import { dropFolder, isAnswered } from '../support/drop-folder';
import { queryStore } from '../support/query-store';
import { LABORATORY_EXAMPLE, readExample, SENDER } from '../support/shipped-examples';
import { until } from '../support/until';

const TYPE = 'LaboratoryTestResult';
const EXAMPLE = readExample(LABORATORY_EXAMPLE);
const [HEADER = '', RECORD = ''] = EXAMPLE.split(/\r?\n/);
const GRACE_SECONDS = 2;
const LARGE_RECORDS = 60_000;
/** The large one, earlier by its name: what follows waits for it. */
const LARGE = `${SENDER}_${TYPE}_210601000001`;
const X = `${SENDER}_${TYPE}_210601000002`;

let home: Home;
let daemon: BuiltDaemon;
let client: Client;
let session: SFTPWrapper;
let folder: string;

beforeEach(async () => {
  home = makeHome(`ingest: { rescanSeconds: 1, markerGraceSeconds: ${GRACE_SECONDS} }`);
  const key = makeKey(home, 'key');
  addAccount(home, { key, account: 'lab' });
  daemon = await startDaemon(home);
  client = new Client();
  await new Promise<void>((connected, failed) => {
    client.once('ready', connected).once('error', failed);
    client.connect({ host: '127.0.0.1', port: daemon.port, username: 'lab', privateKey: readFileSync(key) });
  });
  session = await new Promise((opened, failed) =>
    client.sftp((error, sftp) => (error === undefined ? opened(sftp) : failed(error))),
  );
  folder = dropFolder(home, 'lab');
});
afterEach(async () => {
  client.end();
  await daemon.stop();
  home.remove();
});

function content(keys: readonly string[]): string {
  const at = HEADER.split(';').indexOf('TestId1');
  const records = keys.map((key) => RECORD.split(';').with(at, key).join(';'));
  return [HEADER, ...records, ''].join('\r\n');
}

const put = (name: string, text: string): Promise<void> =>
  new Promise((done, failed) => session.writeFile(`/${name}`, text, (error) => (error ? failed(error) : done())));

const rename = (from: string, to: string): Promise<void> =>
  new Promise((done, failed) =>
    session.ext_openssh_rename(`/${from}`, `/${to}`, (error) => (error ? failed(error) : done())),
  );

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const query = <T>(sql: string): T[] => queryStore(home.storePath, sql);

const answered = (base: string): Promise<void> =>
  until(() => isAnswered(folder, base), `the report on ${base}`, 60_000);
const outcomes = (base: string): string[] =>
  query<{ outcome: string }>(
    `SELECT outcome FROM batches WHERE base_name = '${base}' AND outcome IS NOT NULL ORDER BY delivery`,
  ).map(({ outcome }) => outcome);
const codes = (): string[] =>
  query<{ code: string }>('SELECT code FROM findings ORDER BY code').map(({ code }) => code);

/** A batch that takes its time, and is in work. */
async function occupy(): Promise<void> {
  const keys = Array.from({ length: LARGE_RECORDS }, (_, number) => `L${number}`);
  await put(LARGE, content(keys));
  await put(`${LARGE}.ok`, '');
  await until(() => query(`SELECT 1 FROM batches WHERE state <> 'ready'`).length === 1, 'the large batch in work');
}

/** Keeps the store from being written to, and a batch from going on, before which nothing else of its type can. */
async function holdUp(): Promise<() => void> {
  const db = new Database(home.storePath);
  db.exec('BEGIN IMMEDIATE');
  await put(LARGE, content(['BEFORE']));
  await put(`${LARGE}.ok`, '');
  return () => db.close();
}

test('delivered again and again without a pause, each delivery is a batch', async () => {
  for (let number = 0; number < 40; number++) {
    await put(X, content([`K${number}`]));
    await put(`${X}.ok`, '');
  }
  await until(() => outcomes(X).length === 40, 'all batches done');
  await until(() => readdirSync(folder).length === 2, 'a folder with nothing but its folders');
  expect(query(`SELECT * FROM ${TYPE}`)).toHaveLength(40);
}, 60_000);

test('what waits for its turn is not replaced: the next one is refused, and can be sent when the first has its report', async () => {
  const letGo = await holdUp();
  const first = content(['FIRST']);
  const waits = /waits for its turn/;
  await put(X, first);
  await put(`${X}.ok`, `sha256=${sha256(first)}\n`);
  await expect(put(X, content(['SECOND']))).rejects.toThrow(waits);
  await put('second.tmp', content(['SECOND']));
  await expect(rename('second.tmp', X)).rejects.toThrow(waits);
  await expect(put(`${X}.ok`, 'records=7\n')).rejects.toThrow(waits);
  await put(`${X}.ok`, `sha256=${sha256(first)}\n`);
  letGo();
  await answered(X);
  await rename('second.tmp', X);
  await put(`${X}.ok`, '');
  await answered(`${X}.r2`);
  expect(outcomes(X)).toEqual(['ACCEPTED', 'ACCEPTED']);
  expect(query(`SELECT * FROM ${TYPE}`)).toHaveLength(3);
  expect(codes()).toEqual(['F014']);
}, 90_000);

test('totals of a marker that comes while a batch is in work count for the next one', async () => {
  await occupy();
  await put(`${LARGE}.ok`, 'records=1\n');
  await put(LARGE, content(['ONE']));
  await answered(`${LARGE}.r2`);
  expect([outcomes(LARGE), codes()]).toEqual([['ACCEPTED', 'ACCEPTED'], ['F014']]);
}, 90_000);

test('the marker of a withdrawn batch goes with it, and a cancel that came too late withdraws nothing that follows', async () => {
  await occupy();
  await put(X, content(['FIRST']));
  await put(`${X}.ok`, '');
  await put(`${X}.cancel`, '');
  await answered(X);
  await put(X, content(['SECOND']));
  await until(() => readdirSync(folder).length === 3, 'the marker and the cancel to go');
  await sleep(1_500); // a rescan
  expect(readdirSync(folder).sort()).toEqual([X, 'reports', 'test']);
  await put(`${X}.ok`, '');
  await answered(`${X}.r2`);
  await put(`${X}.cancel`, '');
  await sleep(20);
  await put(X, content(['THIRD']));
  await put(`${X}.ok`, '');
  await answered(`${X}.r3`);
  expect(outcomes(X).slice(0, 3)).toEqual(['REJECTED', 'ACCEPTED', 'ACCEPTED']);
}, 90_000);

test('a marker that came first waits for as long as its data are being uploaded', async () => {
  await put(`${X}.ok`, '');
  const handle = await new Promise<Buffer>((opened, failed) =>
    session.open(`/${X}`, 'w', (error, given) => (error === undefined ? opened(given) : failed(error))),
  );
  const bytes = Buffer.from(content(['FIRST']));
  await new Promise((done) => session.write(handle, bytes, 0, bytes.length, 0, done));
  await sleep((GRACE_SECONDS + 2) * 1_000);
  expect(listNames(join(folder, 'reports'))).toEqual([]);
  await new Promise((done) => session.close(handle, done));
  await answered(X);
  expect([outcomes(X), codes()]).toEqual([['ACCEPTED'], []]);
}, 60_000);

test('data that another program still writes are not read before they are whole', async () => {
  writeFileSync(join(folder, `${X}.ok`), '');
  await sleep(50);
  const text = content(['FIRST', 'SECOND']);
  const half = HEADER.length + RECORD.length;
  writeFileSync(join(folder, X), text.slice(0, half));
  await sleep(1_200);
  writeFileSync(join(folder, X), text.slice(half), { flag: 'a' });
  await answered(X);
  expect(query(`SELECT sha256, records FROM batches`)).toEqual([{ sha256: sha256(text), records: 2 }]);
}, 60_000);
