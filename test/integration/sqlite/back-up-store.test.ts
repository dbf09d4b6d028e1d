import Database from 'better-sqlite3';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCatalogue } from '../../../src/adapters/schemas/load-catalogue';
import { backUpStore, inspectBackup } from '../../../src/adapters/sqlite/back-up-store';
import { openBatchStore } from '../../../src/adapters/sqlite/open-batch-store';
import { openStoreReader } from '../../../src/adapters/sqlite/open-store-reader';
import { makeOrigin } from '../../support/make-origin';
import { SCHEMAS } from '../../support/shipped-examples';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'labdrop-backup-'))));
afterEach(() => rmSync(dir, { recursive: true }));
const catalogue = loadCatalogue(SCHEMAS);

const storePath = (): string => join(dir, 'labdrop.db');
const targetPath = (): string => join(dir, 'copy.db');

/** A store with so many batches and, for its size, a table of `megabytes`. */
function makeStore(batches: number, megabytes = 0): void {
  const store = openBatchStore({ path: storePath(), catalogue });
  for (let n = 0; n < batches; n++) store.open(makeOrigin({ id: `batch-${n}`, baseName: `b${n}` }));
  store.close();
  const db = new Database(storePath());
  db.exec('CREATE TABLE bulk (content BLOB)');
  const insert = db.prepare('INSERT INTO bulk VALUES (zeroblob(1048576))');
  for (let n = 0; n < megabytes; n++) insert.run();
  db.close();
}

it('copies the store as it was at one moment, while others write, without starting again', async () => {
  makeStore(3, 64);
  const writer = openBatchStore({ path: storePath(), catalogue });
  const seen: number[] = [];
  const backup = await backUpStore({
    storePath: storePath(),
    targetPath: targetPath(),
    onProgress: (done) => {
      seen.push(done);
      writer.open(makeOrigin({ id: `late-${seen.length}`, baseName: `l${seen.length}` }));
    },
  });
  writer.close();
  expect(seen.length).toBeGreaterThan(2);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(backup).toMatchObject({ batches: 3, lastCommittedAt: null, bytes: statSync(targetPath()).size });
  const reader = openStoreReader(storePath());
  expect(reader.summary().batches).toBe(3 + seen.length);
  reader.close();
});

it('makes one file, for its owner alone, that a daemon can take up', async () => {
  makeStore(2);
  const before = process.umask(0);
  try {
    await backUpStore({ storePath: storePath(), targetPath: targetPath(), onProgress: () => undefined });
  } finally {
    process.umask(before);
  }
  expect(statSync(targetPath()).mode & 0o777).toBe(0o600);
  expect(readdirSync(dir).filter((name) => name.includes('copy'))).toEqual(['copy.db']);
  chmodSync(targetPath(), 0o400);
  expect(inspectBackup(targetPath()).batches).toBe(2);
  expect(readdirSync(dir).filter((name) => name.includes('copy'))).toEqual(['copy.db']);
  chmodSync(targetPath(), 0o600);
  const restored = openBatchStore({ path: targetPath(), catalogue });
  expect(restored.unfinished()).toHaveLength(2);
  restored.close();
});

it('leaves nothing behind when the target cannot be written', async () => {
  makeStore(1);
  const target = join(dir, 'missing', 'copy.db');
  const attempt = backUpStore({ storePath: storePath(), targetPath: target, onProgress: () => undefined });
  await expect(attempt).rejects.toMatchObject({ name: 'Fault', code: 'S901' });
  expect(existsSync(join(dir, 'missing'))).toBe(false);
});

it('tells a damaged copy', async () => {
  makeStore(2, 1);
  await backUpStore({ storePath: storePath(), targetPath: targetPath(), onProgress: () => undefined });
  const fd = openSync(targetPath(), 'r+');
  writeSync(fd, Buffer.alloc(40_000, 0xff), 0, 40_000, 16_384);
  closeSync(fd);
  expect(() => inspectBackup(targetPath())).toThrow(/damaged|malformed/);
});
