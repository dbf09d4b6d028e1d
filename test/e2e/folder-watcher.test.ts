/** The built thread that watches folders ends when it is told, whatever changes in them at that moment. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as FolderWatcher from '../../src/adapters/chokidar/create-folder-watcher';
import { PROJECT_ROOT } from '../support/built-daemon';

const built = createRequire(join(PROJECT_ROOT, 'dist/main.js'));
const { createFolderWatcher } = built('./adapters/chokidar/create-folder-watcher') as typeof FolderWatcher;

const ROUNDS = 60;
const AT_ONCE = 4;
const NAMES = ['1', '2', '3', '4'];

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'labdrop-watch-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

const ignored: FolderWatcher.FolderWatcherEvents = {
  seen: () => undefined,
  made: () => undefined,
  lost: () => undefined,
  failed: () => undefined,
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function closeAmidChanges(round: number): Promise<void> {
  const folders = NAMES.map((name) => join(home, `${round}-${name}`));
  for (const folder of folders) {
    mkdirSync(folder);
    for (const name of NAMES) writeFileSync(join(folder, name), 'x');
  }
  const watcher = createFolderWatcher(ignored);
  for (const folder of folders) watcher.watch(folder);
  await sleep(100 + (round % 10) * 20);
  for (const folder of folders) {
    for (const name of NAMES) rmSync(join(folder, name));
    watcher.unwatch(folder);
    watcher.watch(folder);
  }
  await sleep(round % 40);
  await watcher.close();
}

it('ends when it is told', async () => {
  for (let round = 0; round < ROUNDS; round += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => closeAmidChanges(round + index)));
  }
}, 60_000);

it('tells the names of files that come, until then', async () => {
  const seen: string[] = [];
  const watcher = createFolderWatcher({
    ...ignored,
    seen: (folder, names) => seen.push(...names.map((name) => join(folder, name))),
  });
  const path = join(home, 'file');
  watcher.watch(home);
  const deadline = Date.now() + 20_000;
  for (let number = 0; seen.length === 0 && Date.now() < deadline; number++) {
    writeFileSync(`${path}${number}`, 'x');
    await sleep(100);
  }
  expect(seen[0]).toMatch(path);
  await watcher.close();
  const before = seen.length;
  writeFileSync(path, 'x');
  await sleep(200);
  expect(seen).toHaveLength(before);
});

it('tells the next marker of a name that was free for a moment, and not what is written to data', async () => {
  const seen: string[] = [];
  const watcher = createFolderWatcher({ ...ignored, seen: (_folder, names) => seen.push(...names) });
  const [marker, data] = ['X.ok', 'X'].map((name) => join(home, name)) as [string, string];
  const timesSeen = (name: string): number => seen.filter((each) => each === name).length;
  writeFileSync(data, 'x');
  watcher.watch(home);
  const deadline = Date.now() + 20_000;
  while (timesSeen('X.ok') < 5 && Date.now() < deadline) {
    rmSync(marker, { force: true });
    writeFileSync(marker, '');
    appendFileSync(data, 'x');
    await sleep(100);
  }
  await watcher.close();
  expect(timesSeen('X.ok')).toBeGreaterThanOrEqual(5);
  expect(timesSeen('X')).toBe(0);
}, 30_000);

it('tells the folders that are made in a parent, and nothing of what comes into them', async () => {
  const told: string[] = [];
  const watcher = createFolderWatcher({
    seen: (folder, names) => told.push(...names.map((name) => join(folder, name))),
    made: (parent, name) => told.push(join(parent, name)),
    lost: () => told.push('lost'),
    failed: (error) => told.push(error.message),
  });
  mkdirSync(join(home, 'before'));
  watcher.watchParent(home);
  const deadline = Date.now() + 20_000;
  const made: string[] = [];
  while (told.length === 0 && Date.now() < deadline) {
    writeFileSync(join(home, `file${made.length}`), 'x');
    made.push(join(home, `made${made.length}`));
    mkdirSync(made.at(-1) ?? '');
    await sleep(100);
  }
  for (const folder of [join(home, 'before'), ...made]) writeFileSync(join(folder, 'inside'), 'x');
  mkdirSync(join(home, 'before', 'deep'));
  mkdirSync(join(home, 'last'));
  while (told.at(-1) !== join(home, 'last') && Date.now() < deadline) await sleep(20);
  expect(told.at(-1)).toBe(join(home, 'last'));
  expect(told.filter((path) => ![...made, join(home, 'last')].includes(path))).toEqual([]);
  await watcher.close();
});
