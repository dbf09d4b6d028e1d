/** A store that is about to get other tables is copied first. */
import Database from 'better-sqlite3';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCatalogue } from '../../../src/adapters/schemas/load-catalogue';
import { backUpBeforeMigration } from '../../../src/adapters/sqlite/back-up-before-migration';
import { inspectBackup } from '../../../src/adapters/sqlite/back-up-store';
import { type Migration, migrate, MIGRATIONS, storeVersion } from '../../../src/adapters/sqlite/migrate';
import { openBatchStore } from '../../../src/adapters/sqlite/open-batch-store';
import { makeOrigin } from '../../support/make-origin';
import { SCHEMAS } from '../../support/shipped-examples';
import { fillDisk, mountSmallDisk } from '../../support/small-disk';

const catalogue = loadCatalogue(SCHEMAS);
const now = MIGRATIONS.length;
const later: readonly Migration[] = [
  ...MIGRATIONS,
  { version: now + 1, sql: "ALTER TABLE batches ADD COLUMN colour TEXT; UPDATE batches SET colour = 'blue'" },
];

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'labdrop-upgrade-'));
  path = join(dir, 'labdrop.db');
});
afterEach(() => rmSync(dir, { recursive: true }));

function makeStore(): void {
  const store = openBatchStore({ path, catalogue });
  store.open(makeOrigin({ id: 'b1' }));
  store.close();
}

it('copies the old store, whole and checked, beside it', async () => {
  makeStore();
  const copy = `${path}.before-${now + 1}`;
  const { bytes } = (await backUpBeforeMigration(path, later))!;
  expect(await backUpBeforeMigration(path, later)).toEqual({ path: copy, bytes, from: now, to: now + 1 });
  const db = new Database(path);
  migrate(db, later);
  expect(db.prepare('SELECT colour FROM batches').pluck().all()).toEqual(['blue']);
  db.close();
  expect(inspectBackup(copy)).toMatchObject({ batches: 1 });
  expect(await backUpBeforeMigration(path, later)).toBeNull();
  const old = new Database(copy, { readonly: true });
  expect(old.pragma('user_version', { simple: true })).toBe(now);
  expect(old.prepare("SELECT count(*) FROM pragma_table_info('batches') WHERE name = 'colour'").pluck().get()).toBe(0);
  old.close();
});

it('leaves a store alone that is not there, empty, current or newer', async () => {
  expect(await backUpBeforeMigration(path, later)).toBeNull();
  expect(existsSync(path)).toBe(false);
  new Database(path).exec('VACUUM').close();
  expect(await backUpBeforeMigration(path, later)).toBeNull();
  rmSync(path);
  makeStore();
  expect(await backUpBeforeMigration(path)).toBeNull();
  const db = new Database(path);
  db.pragma(`user_version = ${now + 2}`);
  db.close();
  expect(await backUpBeforeMigration(path, later)).toBeNull();
  expect(readdirSync(dir).filter((name) => name.includes('before'))).toEqual([]);
});

it.each([
  ['a table', 'DROP TABLE hash_secret', 'hash_secret'],
  ['a column', 'ALTER TABLE findings DROP COLUMN record_key', 'findings.record_key'],
])('leaves a store as it is that lacks %s of its own version', async (_, sql, missing) => {
  makeStore();
  const db = new Database(path);
  db.exec(sql);
  const message = expect.stringContaining(`has version ${now} and lacks ${missing}: a program from before`) as string;
  const fault = { code: 'S902', retryable: false, message };
  await expect(backUpBeforeMigration(path, later)).rejects.toMatchObject(fault);
  await expect(backUpBeforeMigration(path)).rejects.toMatchObject(fault);
  expect(db.pragma('user_version', { simple: true })).toBe(now);
  db.close();
  expect(readdirSync(dir).filter((name) => name.includes('before'))).toEqual([]);
});

it('fails when there can be no copy', async () => {
  makeStore();
  // A folder in the place of the copy: even root cannot rename a file to it.
  mkdirSync(`${path}.before-${now + 1}`);
  await expect(backUpBeforeMigration(path, later)).rejects.toMatchObject({ name: 'Fault' });
});

it.each([
  ['even to open the store', false],
  ['for the copy', true],
])('says how much room a start wants where there is none %s', async (_, isOpen) => {
  const disk = join(dir, 'disk');
  mkdirSync(disk);
  mountSmallDisk(disk);
  try {
    path = join(disk, 'labdrop.db');
    makeStore();
    const reader = new Database(path);
    if (isOpen) storeVersion(reader);
    else reader.close();
    fillDisk(disk);
    const message = `the start wants room in ${disk}, for a copy of the store where its tables are to be changed: make room for 1 MiB`;
    await expect(backUpBeforeMigration(path, later)).rejects.toThrow(message);
    reader.close();
    expect(readdirSync(disk).filter((name) => name.includes('before'))).toEqual([]);
  } finally {
    execFileSync('umount', [disk]);
  }
});

it('plays back the journal of a store whose making was cut short', async () => {
  const other = join(dir, 'other.db');
  const db = new Database(other);
  db.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1); PRAGMA cache_size = 1; BEGIN; UPDATE t SET a = 2');
  db.exec(
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION SELECT i + 1 FROM n LIMIT 2000) INSERT INTO t SELECT hex(i) || printf('%100d', i) FROM n",
  );
  for (const end of ['', '-journal']) copyFileSync(other + end, path + end);
  db.close();
  expect(() => new Database(path, { readonly: true }).prepare('SELECT a FROM t').get()).toThrow(/readonly/);
  expect(await backUpBeforeMigration(path, later)).toBeNull();
  const mended = new Database(path);
  expect(mended.prepare('SELECT a FROM t').pluck().all()).toEqual([1]);
  mended.close();
});
