/** A copy made by the built program while batches arrive, and a daemon that goes on from it, as docs/operations.md says. */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addAccount } from '../support/add-account';
import {
  type BuiltDaemon,
  type CommandResult,
  type Home,
  labdrop,
  listNames,
  makeHome,
  makeKey,
  PROJECT_ROOT,
  startDaemon,
} from '../support/built-daemon';
import { dropFolder, isAnswered, placeBatch } from '../support/drop-folder';
import { RAPID_EXAMPLE, readExample, SENDER } from '../support/shipped-examples';
import { until } from '../support/until';

const TYPE = 'RapidTestResult';
const EXAMPLE = readExample(RAPID_EXAMPLE);
const RECORDS = 5;
const BATCHES = 6;

let home: Home;
let daemon: BuiltDaemon;

beforeAll(async () => {
  home = makeHome('ingest: { rescanSeconds: 1 }');
  addAccount(home, { key: makeKey(home, 'id') });
  mkdirSync(drop(), { recursive: true });
  daemon = await startDaemon(home);
}, 60_000);

afterAll(async () => {
  const status = await daemon.stop();
  home.remove();
  expect(status).toBe(0);
});

const drop = (): string => dropFolder(home, SENDER);
const stemOf = (number: number): string => `${SENDER}_${TYPE}_2105101${String(number).padStart(3, '0')}00`;

/** Records of their own: in another month than those of any other batch. */
function deliver(number: number): void {
  const text = EXAMPLE.replaceAll('2021-05-0', `2021-${String(1 + number).padStart(2, '0')}-0`);
  placeBatch(home, drop(), `${stemOf(number)}.csv`, text);
}

const isDone = (number: number): boolean =>
  isAnswered(drop(), stemOf(number)) && !listNames(drop()).includes(`${stemOf(number)}.ok`);

function run(args: readonly string[]): CommandResult {
  const result = labdrop(home, args);
  expect({ args, ...result }).toMatchObject({ args, status: 0, stderr: '' });
  return result;
}

const rows = (): number => run(['export', '--type', TYPE]).stdout.trimEnd().split('\n').length - 1;
const batches = (): number => (JSON.parse(run(['batches', '--json']).stdout) as unknown[]).length;

it('copies the store while batches arrive, checks the copy, and goes on from it', async () => {
  deliver(0);
  await until(() => isDone(0), 'the first batch');
  const copy = join(home.dir, 'copy.db');
  const child = spawn(process.execPath, [join(PROJECT_ROOT, 'dist/main.js'), 'backup', copy, '--json'], {
    env: { ...process.env, LABDROP_CONFIG: home.configPath },
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  for (let number = 1; number < BATCHES; number += 1) {
    deliver(number);
    await until(() => isDone(number), `batch ${number}`);
  }
  expect(await ended).toBe(0);
  const made = JSON.parse(printed) as { batches: number };
  expect(made.batches).toBeGreaterThanOrEqual(1);
  expect(JSON.parse(run(['backup', '--verify', copy, '--json']).stdout)).toMatchObject({ batches: made.batches });
  expect([batches(), rows()]).toEqual([BATCHES, BATCHES * RECORDS]);
  const originals = readdirSync(join(home.dataDir, 'archive'), { recursive: true, encoding: 'utf8' });

  // The disk with the store is gone: the copy takes its place, and what came after it is dropped again.
  expect(await daemon.stop()).toBe(0);
  const aside = join(home.dir, 'aside');
  mkdirSync(aside);
  for (const name of listNames(home.dataDir).filter((file) => /^labdrop\.db(-wal|-shm)?$/.test(file))) {
    renameSync(join(home.dataDir, name), join(aside, name));
  }
  copyFileSync(copy, home.storePath);
  // One batch may have been on its way at that moment: its row is there, its records are not.
  expect(batches()).toBe(made.batches);
  expect([made.batches, made.batches - 1].map((count) => count * RECORDS)).toContain(rows());
  for (let number = 0; number < BATCHES; number += 1) {
    const archived = originals.find((path) => path.endsWith(`_${stemOf(number)}.csv`));
    copyFileSync(join(home.dataDir, 'archive', archived!), join(drop(), `${stemOf(number)}.csv`));
    writeFileSync(join(drop(), `${stemOf(number)}.ok`), '');
  }
  daemon = await startDaemon(home);
  await until(() => listNames(drop()).every((name) => name === 'reports'), 'the end of all of them', 60_000);
  // Those that the copy knew are duplicates, the others are stored: every record is there exactly once.
  expect(rows()).toBe(BATCHES * RECORDS);
  expect(labdrop(home, ['check']).stdout).toMatch(/store +\S+labdrop\.db is sound/);
}, 120_000);
