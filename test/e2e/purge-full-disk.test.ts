/** A purge on a real full disk: what goes without room goes, the rest is told, and the next run finishes it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { addAccount } from '../support/add-account';
import {
  type CommandResult,
  type Home,
  labdrop,
  listNames,
  makeHome,
  makeKey,
  startDaemon,
} from '../support/built-daemon';
import { dropFolder, isAnswered, placeBatch } from '../support/drop-folder';
import { readValue } from '../support/query-store';
import { RAPID_EXAMPLE, readExample, SENDER } from '../support/shipped-examples';
import { fillDisk, mountSmallDisk } from '../support/small-disk';
import { until } from '../support/until';

const STEM = RAPID_EXAMPLE;
const OLD = new Date(Date.now() - 800 * 86_400_000).toISOString();

let home: Home;
let store: string;

beforeEach(async () => {
  home = makeHome('ingest: { diskReserveBytes: 0 }\nretention: { reportsDays: null }');
  store = home.storePath;
  mkdirSync(home.dataDir);
  mountSmallDisk(home.dataDir);
  const daemon = await startDaemon(home);
  addAccount(home, { key: makeKey(home, 'id') });
  const folder = dropFolder(home, SENDER);
  mkdirSync(folder, { recursive: true });
  placeBatch(home, folder, `${STEM}.csv`, readExample(STEM));
  await until(() => isAnswered(folder, STEM), 'the reports');
  await until(() => !listNames(folder).includes(`${STEM}.ok`), 'the marker to go');
  await daemon.stop();
  makeOld();
}, 60_000);

afterEach(() => {
  execFileSync('umount', [home.dataDir]);
  home.remove();
});

/** Moves the batch back in time, and gives it findings that are due. */
function makeOld(): void {
  const [present = ''] = originals();
  const [year = '', month = ''] = OLD.split('-');
  const target = present.replace(/\d{4}\/\d\d\/([^/]+)$/, `${year}/${month}/$1`);
  mkdirSync(dirname(join(home.dataDir, 'archive', target)), { recursive: true });
  renameSync(join(home.dataDir, 'archive', present), join(home.dataDir, 'archive', target));
  const db = new Database(store);
  db.prepare('UPDATE batches SET received_at = ?').run(OLD);
  db.prepare(
    `INSERT INTO findings (batch_id, seq, severity, scope, code, line, record, field, value)
      SELECT id, 1000, 'warning', 'record', 'V201', 2, 1, 'SpecimenId1', 'x' FROM batches`,
  ).run();
  db.close();
}

const originals = (): readonly string[] =>
  readdirSync(join(home.dataDir, 'archive'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.csv'),
  );
const query = (sql: string): unknown => readValue(store, sql);
const findings = (): unknown => query('SELECT count(*) FROM findings');
const free = (): number => statfsSync(home.dataDir).bavail;
const apply = (...options: readonly string[]): CommandResult => labdrop(home, ['purge', '--apply', ...options]);

it('removes originals, says what the store keeps, and takes that up when there is room', () => {
  fillDisk(home.dataDir);
  expect(free()).toBe(0);
  expect(labdrop(home, ['purge']).stdout).toMatch(/^originals .* 1 file,/m);

  const { status, stdout, stderr } = apply();
  expect({ status, stderr }).toEqual({
    status: 70,
    stderr: expect.stringMatching(/^S902: .*\nWhat the table counts is gone; what else is due stays\./) as string,
  });
  expect(stdout).toMatch(/^originals .* 1 file,/m);
  expect(stdout).toMatch(/^findings .* 0 in 0 batches$/m);
  expect(originals()).toEqual([]);

  rmSync(join(home.dataDir, 'ballast'));
  expect(findings()).toBeGreaterThan(0);
  expect(query('SELECT original_erased_at FROM batches')).toBeNull();
  const { problems, storeProblem, findings: erased } = JSON.parse(apply('--json').stdout) as Record<string, unknown>;
  expect({ problems, storeProblem, erased }).toMatchObject({
    problems: [],
    storeProblem: null,
    erased: { batches: 1 },
  });
  expect(findings()).toBe(0);
  expect(query('SELECT original_erased_at FROM batches')).toMatch(/^20/);
});

it('makes itself the room that it needs', () => {
  writeFileSync(`${store}.before-1`, Buffer.alloc(2_000_000));
  execFileSync('touch', ['-d', OLD, `${store}.before-1`]);
  fillDisk(home.dataDir);
  expect(apply()).toMatchObject({ status: 0, stderr: '' });
  expect(findings()).toBe(0);
});

it('removes nothing when the store is damaged', () => {
  writeFileSync(store, 'not a store, and longer than the head of one is'.repeat(1_000));
  writeFileSync(`${store}.before-1`, 'x');
  execFileSync('touch', ['-d', OLD, `${store}.before-1`]);
  expect(apply().status).toBe(70);
  expect(listNames(home.dataDir)).toContain('labdrop.db.before-1');
  expect(originals()).toHaveLength(1);
});
