/** The inbox over real folders, with a watcher that tells what the test says. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FolderWatcherEvents } from '../../../src/adapters/chokidar/create-folder-watcher';
import { createInbox, type Inbox } from '../../../src/adapters/inbox/create-inbox';
import type { DropFolderName } from '../../../src/adapters/inbox/folder-listing';
import { dataFolders } from '../../../src/adapters/spool/data-folders';
import { relatedNames } from '../../../src/stages/name/split-file-name';
import { USUAL_MAX } from '../../../src/stages/settle/choose-names';
import { until } from '../../support/until';

const LARGE_BYTES = 1_000;

let home: string;
let inbox: Inbox;
let told: string[];
let watching: Set<string>;
let watcher: FolderWatcherEvents;
let scans: number;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'labdrop-inbox-'));
  mkdirSync(join(home, 'accounts/lab/reports'), { recursive: true });
  told = [];
  watching = new Set();
  scans = 0;
  inbox = createInbox({
    folders: dataFolders(home),
    rescanMs: 3_600_000,
    relatives: relatedNames,
    perType: 10,
    lookedAtBytes: LARGE_BYTES - 1,
    createWatcher: (events) => {
      watcher = events;
      return {
        watch: (path) => void watching.add(path),
        unwatch: (path) => void watching.delete(path),
        watchParent: () => undefined,
        close: () => Promise.resolve(),
      };
    },
    events: {
      listed: ({ account, folder, files, complete }) => {
        const names = files.map(({ name }) => name).sort();
        if (names.length > 0) told.push(`${account}/${folder} ${complete ? 'all' : 'some'}: ${names.join(' ')}`);
      },
      scanned: () => scans++,
      failed: (path, error) => told.push(`${path} ${error.message}`),
    },
  });
});
afterEach(async () => {
  await inbox.close();
  rmSync(home, { recursive: true });
});

const lab = (...parts: string[]): string => join(home, 'accounts/lab', ...parts);
const put = (...parts: string[]): void => writeFileSync(lab(...parts), '');
const arrive = (folder: DropFolderName, name: string, bytes = 0): void =>
  inbox.hint({ account: 'lab', folder }, { name, bytes });
const many = (count: number): string[] => Array.from({ length: count }, (_, number) => `f${number}`);

test('tells what lies there at the start: files, not folders, not what is in the reports', async () => {
  mkdirSync(lab('test', 'reports'), { recursive: true });
  put('A');
  put('A.ok');
  put('reports', 'R');
  put('test', 'T');
  put('test', 'reports', 'R');
  await inbox.start();
  expect(told).toEqual(['lab/root all: A A.ok', 'lab/test all: T']);
  expect([...watching].sort()).toEqual([lab(), lab('test')]);
});

test('tells each file whose name is not UTF-8 and that would be taken up, and takes up the others', async () => {
  const bytes = (name: string): Buffer => Buffer.from(lab(name), 'latin1');
  for (const name of ['caf\xe9.csv', 'caf\xe9.OK', "'\xff\\", 'caf\xe9.txt', '.caf\xe9.csv', 'caf\xe9.csv.part']) {
    writeFileSync(bytes(name), '');
  }
  mkdirSync(bytes('folder\xe9'));
  put('\ufffd.csv');
  put('A');
  await inbox.start();
  const name = (escaped: string): string =>
    `${lab(escaped)} the name of a file is not UTF-8, and it is not taken up; rename it: mv $'${lab(escaped)}' ...`;
  expect(told).toEqual(['lab/root all: A \ufffd.csv', ...['\\x27\\xff\\x5c', 'caf\\xe9.OK', 'caf\\xe9.csv'].map(name)]);
  told = [];
  renameSync(bytes('caf\xe9.csv'), lab('B'));
  await inbox.rescan();
  expect(told).toHaveLength(3);
});

test('a hint of the server tells that name and what belongs to it', async () => {
  await inbox.start();
  for (const name of ['A', 'A.ok', 'A.csv', 'B', 'B.ok']) put(name);
  arrive('root', 'A.ok');
  await until(() => told.length > 0, 'the hint looked at');
  expect(told).toEqual(['lab/root some: A A.csv A.ok']);
});

test('a hint of data that comes after its marker tells both; of data alone nothing else is looked for', async () => {
  await inbox.start();
  for (const name of ['A.csv', 'A.ok', 'B', 'B.ok']) put(name);
  arrive('root', 'A.ok');
  await until(() => told.length === 1, 'the marker looked at');
  arrive('root', 'A.csv');
  arrive('test', 'A.csv', LARGE_BYTES);
  arrive('root', 'B', LARGE_BYTES);
  await until(() => told.some((line) => line.includes('B')), 'the data looked at');
  const looks = told.slice(1).flatMap((line) => line.split(': ')[1]?.split(' ') ?? []);
  expect(looks.sort()).toEqual(['A.csv', 'A.ok', 'B']);
});

test('data alone are looked at with their marker, unless there is much of them', async () => {
  await inbox.start();
  for (const name of ['A', 'A.ok', 'B', 'B.ok']) put(name);
  arrive('root', 'A');
  arrive('root', 'B', LARGE_BYTES);
  await until(() => told.length === 1, 'the large data looked at');
  arrive('root', 'A.ok');
  await until(() => told.length === 2, 'the marker looked at');
  expect(told).toEqual(['lab/root some: B', 'lab/root some: A A.ok']);
});

test('what the watcher tells makes the folder be listed, unless the server has told it all', async () => {
  await inbox.start();
  put('A');
  put('B');
  arrive('root', 'A', LARGE_BYTES);
  await until(() => told.length === 1, 'the hint looked at');
  watcher.seen(lab(), ['A']);
  watcher.seen(join(home, 'accounts/nobody'), ['X']);
  watcher.seen(lab(), ['A', 'B']);
  await until(() => told.length === 2, 'the folder listed');
  await inbox.close();
  expect(told).toEqual(['lab/root some: A', 'lab/root all: A B']);
});

test('the folders of an account that is made meanwhile are listed and watched', async () => {
  await inbox.start();
  const other = join(home, 'accounts/other');
  mkdirSync(join(other, 'test'), { recursive: true });
  writeFileSync(join(other, 'O'), '');
  watcher.made(join(home, 'accounts'), 'other');
  await until(() => told.length === 1, 'the folder listed');
  writeFileSync(join(other, 'P'), '');
  await until(() => told.length === 2, 'listed again');
  expect(told).toEqual(['other/root all: O', 'other/root all: O P']);
  expect([...watching].sort()).toEqual([lab(), other, join(other, 'test')]);
  expect(scans).toBe(1);
});

test('a folder with very many files is not watched until it has few again, nor one that was let go', async () => {
  for (const name of many(1_001)) put(name);
  await inbox.start();
  expect(watching.size).toBe(0);
  for (const name of many(400)) unlinkSync(lab(name));
  await inbox.rescan();
  expect(watching.size).toBe(0);
  for (const name of many(501).slice(400)) unlinkSync(lab(name));
  await inbox.rescan();
  expect([...watching]).toEqual([lab()]);
  watching.clear();
  watcher.lost(lab());
  await inbox.rescan();
  expect([...watching]).toEqual([lab()]);
  watching.clear();
  watcher.lost(null);
  await inbox.rescan();
  expect([...watching]).toEqual([lab()]);
  rmSync(lab(), { recursive: true });
  await inbox.rescan();
  expect(watching.size).toBe(0);
});

test('a folder that the server puts many files into is not watched until it is quiet', async () => {
  await inbox.start();
  expect([...watching]).toEqual([lab()]);
  for (const name of many(21)) {
    put(name);
    arrive('root', name);
  }
  expect(watching.size).toBe(0);
  await inbox.rescan();
  expect(watching.size).toBe(0);
  await inbox.rescan();
  expect([...watching]).toEqual([lab()]);
});

test('of a huge folder each scan tells a share, and in turn all of it', async () => {
  const names = many(USUAL_MAX + 500);
  for (const name of names) put(name);
  await inbox.start();
  for (let turn = 0; turn < 10; turn++) await inbox.rescan();
  const seen = new Set(told.flatMap((line) => line.split(': ')[1]?.split(' ') ?? []));
  expect(seen).toEqual(new Set(names));
  for (const line of told) expect(line.split(' ').length).toBeLessThan(510);
});

test('a folder that cannot be read is told, and the others are listed', async () => {
  mkdirSync(join(home, 'accounts/other'));
  writeFileSync(join(home, 'accounts/other/O'), '');
  writeFileSync(lab('test'), 'a file in its place');
  await inbox.start();
  expect(told.some((line) => line.includes('ENOTDIR'))).toBe(true);
  expect(told).toContain('other/root all: O');
  expect(scans).toBe(1);
});
