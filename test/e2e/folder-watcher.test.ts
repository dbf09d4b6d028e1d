/** The built thread that watches folders ends when it is told, whatever changes in them at that moment. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function closeAmidChanges(round: number): Promise<void> {
  const folders = NAMES.map((name) => join(home, `${round}-${name}`));
  for (const folder of folders) {
    mkdirSync(folder);
    for (const name of NAMES) writeFileSync(join(folder, name), 'x');
  }
  const watcher = createFolderWatcher({ seen: () => undefined, lost: () => undefined, failed: () => undefined });
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
    seen: (folder, names) => seen.push(...names.map((name) => join(folder, name))),
    lost: () => undefined,
    failed: () => undefined,
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
}, 30_000);
