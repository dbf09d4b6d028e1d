/** Many files at once, many accounts, and files that come another way than over SFTP, through the running daemon. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeAccount } from '../support/add-account';
import { type BuiltDaemon, type Home, listNames, makeHome, startDaemon } from '../support/built-daemon';
import { isAnswered, placeBatch } from '../support/drop-folder';
import { queryStore } from '../support/query-store';
import { LABORATORY_EXAMPLE, readExample, SENDER } from '../support/shipped-examples';
import { until } from '../support/until';

const TYPE = 'LaboratoryTestResult';
const EXAMPLE = readExample(LABORATORY_EXAMPLE);
const [HEADER = '', RECORD = ''] = EXAMPLE.split(/\r?\n/);

let home: Home;
let daemon: BuiltDaemon;

function addAccount(name: string): string {
  const folder = writeAccount(home, name);
  mkdirSync(join(folder, 'test', 'reports'), { recursive: true });
  return folder;
}

/** One record with a key of its own. */
function content(key: string): string {
  const cells = RECORD.split(';');
  cells[HEADER.split(';').indexOf('TestId1')] = key;
  return `${HEADER}\n${cells.join(';')}\n`;
}

function nameOf(number: number): string {
  const time = new Date(Date.UTC(2021, 5, 1) + number * 1000).toISOString().slice(2, 19).replace(/\D/g, '');
  return `${SENDER}_${TYPE}_${time}`;
}

/** Places a file with its marker whole, by renames. */
function place(folder: string, number: number, key = `K${number}`): void {
  placeBatch(home, folder, nameOf(number), content(key));
}

const isAnyAnswered = (folder: string): boolean =>
  listNames(join(folder, 'reports')).some((name) => name.endsWith('.report.ok'));
const isDone = (folder: string, number: number): boolean => isAnswered(folder, nameOf(number));

const query = <T>(sql: string): T[] => queryStore(home.storePath, sql);

afterEach(async () => {
  await daemon.stop();
  home.remove();
});

test('what lies there at the start is taken in the order of the times in the names', async () => {
  home = makeHome();
  const folder = addAccount('lab');
  const numbers = Array.from({ length: 60 }, (_, index) => (index * 37) % 60);
  for (const number of numbers) place(folder, number);
  daemon = await startDaemon(home);
  await until(() => listNames(folder).length === 2, 'an empty folder');
  const order = query<{ file_name: string }>('SELECT file_name FROM batches ORDER BY commit_seq');
  expect(order.map(({ file_name: name }) => name)).toEqual(Array.from({ length: 60 }, (_, number) => nameOf(number)));
}, 60_000);

test('files that another program places are seen long before the rescan, in both folders', async () => {
  home = makeHome('ingest: { rescanSeconds: 3600 }');
  const folder = addAccount('lab');
  daemon = await startDaemon(home);
  const rehearsals = join(folder, 'test');
  await until(() => {
    // The watcher begins its work beside the daemon's start: what comes too early waits for the rescan.
    place(folder, Date.now() % 80_000);
    return listNames(join(folder, 'reports')).length > 0;
  }, 'the watcher at work');
  place(rehearsals, 1);
  place(folder, 100_000);
  await until(() => isDone(rehearsals, 1), 'the rehearsal answered');
  await until(() => isDone(folder, 100_000), 'the upload answered');
}, 60_000);

test('files placed in the folder of an account made while the daemon runs are seen long before the rescan', async () => {
  home = makeHome('ingest: { rescanSeconds: 3600 }');
  const made = [addAccount('lab')];
  daemon = await startDaemon(home);
  // As above: what is made before the watcher is at work waits for the rescan.
  for (let number = 1; !made.some((folder, earlier) => isDone(folder, earlier)); number++) {
    const folder = addAccount(`lab${number}`);
    place(folder, number);
    made.push(folder);
    await sleep(250);
  }
  const late = addAccount('late');
  const rehearsals = join(late, 'test');
  // Until it is watched, too, which takes as long as it takes.
  for (let number = 90_000; !isAnyAnswered(late) || !isAnyAnswered(rehearsals); number++) {
    place(rehearsals, number);
    place(late, number);
    await sleep(250);
  }
}, 60_000);

test('1,000 files at once among 200 accounts: none is missed, and another account does not wait for them', async () => {
  home = makeHome('ingest: { rescanSeconds: 2 }');
  const flooded = addAccount('flooded');
  const folders = Array.from({ length: 199 }, (_, number) => addAccount(`lab${number}`));
  daemon = await startDaemon(home);
  for (let number = 1_000; number > 0; number--) place(flooded, number);
  const quiet = folders.at(-1) ?? '';
  place(quiet, 5_000, 'quiet');
  await until(() => isDone(quiet, 5_000), 'the other account answered');
  const beside = query<{ n: number }>(
    `SELECT count(*) AS n FROM batches WHERE account = 'flooded' AND archived_at IS NOT NULL`,
  );
  expect(beside[0]?.n).toBeLessThan(1_000);
  const left = (): number => readdirSync(flooded).length;
  await until(() => left() === 2, 'all files taken', 240_000);
  await until(() => query(`SELECT 1 FROM batches WHERE state <> 'archived'`).length === 0, 'all batches archived');
  expect(query(`SELECT outcome, count(*) AS n, sum(records) AS records FROM batches GROUP BY 1`)).toEqual([
    { outcome: 'ACCEPTED', n: 1_001, records: 1_001 },
  ]);
  expect(query(`SELECT count(*) AS n FROM ${TYPE}`)).toEqual([{ n: 1_001 }]);
  expect(listNames(join(flooded, 'reports')).filter((name) => name.endsWith('.report.ok')).length).toBe(1_000);
}, 300_000);
