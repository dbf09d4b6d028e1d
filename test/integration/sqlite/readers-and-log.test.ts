/** Analysts read the store as long as they like: the intake goes on beside them, and the write-ahead log stays bounded. */
import Database from 'better-sqlite3';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openBatchStore } from '../../../src/adapters/sqlite/open-batch-store';
import { openConnection } from '../../../src/adapters/sqlite/open-connection';
import { PACKAGE_ROOT } from '../../../src/config/package-root';
import { verdict } from '../../contract/batch-store/deliver';
import { CATALOGUE, origin, RESULT, staged } from '../../contract/batch-store/fixtures';
import { temporaryFolder } from './temporary-folder';

const MIB = 1024 * 1024;
const dir = temporaryFolder();

test('a long read keeps no batch from being stored, and sees nothing of it', () => {
  const path = join(dir, 'read.db');
  const store = openBatchStore({ path, catalogue: CATALOGUE, stagingDir: join(dir, 'staging'), busyTimeoutMs: 0 });
  const analyst = new Database(path, { readonly: true });
  analyst.exec('BEGIN');
  const count = analyst.prepare('SELECT count(*) FROM batches').pluck();
  expect(count.get()).toBe(0);
  for (const id of ['a', 'b', 'c']) {
    store.open(origin(id));
    store.markClaimed(id, '2021-04-03T10:00:01.000Z');
    const staging = store.openStaging(store.batch(id)!, RESULT);
    staging.addRecord(staged(1, [`k${id}`, 'p', '1', '']));
    staging.settle();
    staging.commit(verdict(staging.counts()));
    store.markReported(id, '2021-04-03T10:00:02.000Z');
    store.markArchived(id, '2021-04-03T10:00:03.000Z');
  }
  expect(count.get()).toBe(0);
  analyst.exec('COMMIT');
  expect(count.get()).toBe(3);
  analyst.close();
  store.close();
});

test('the log stays bounded during a long import, and shrinks after a transaction or a read that made it large', () => {
  const path = join(dir, 'log.db');
  const logBytes = (): number => statSync(`${path}-wal`).size;
  const db = openConnection(path);
  db.exec('CREATE TABLE t (a BLOB)');
  const write = (mib: number): void => {
    db.transaction(() => {
      for (let i = 0; i < mib; i++) db.prepare('INSERT INTO t VALUES (zeroblob(?))').run(MIB);
    })();
  };
  for (let i = 0; i < 12; i++) {
    write(16);
    expect(logBytes()).toBeLessThan(64 * MIB);
  }
  write(80);
  expect(logBytes()).toBeGreaterThan(64 * MIB);
  write(1);
  expect(logBytes()).toBeLessThanOrEqual(64 * MIB);

  const analyst = new Database(path, { readonly: true });
  analyst.exec('BEGIN; SELECT count(*) FROM t');
  for (let i = 0; i < 5; i++) write(16);
  expect(logBytes()).toBeGreaterThan(64 * MIB);
  analyst.close();
  write(1);
  write(1);
  expect(logBytes()).toBeLessThanOrEqual(64 * MIB);
  db.close();
});

test('no connection that writes the store is opened another way', () => {
  const sources = (readdirSync(join(PACKAGE_ROOT, 'src'), { recursive: true }) as string[]).filter((name) =>
    name.endsWith('.ts'),
  );
  const opening = sources.filter((name) => {
    const text = readFileSync(join(PACKAGE_ROOT, 'src', name), 'utf8');
    return /new Database\((?!.*readonly: true)/.test(text);
  });
  expect(opening.sort()).toEqual([
    'adapters/sqlite/back-up-store.ts', // the copy, before it gets its name
    'adapters/sqlite/instance-lock.ts',
    'adapters/sqlite/open-connection.ts',
    'adapters/sqlite/open-store-probe.ts', // takes the lock and gives it back
    'adapters/sqlite/store-shape.ts', // in memory: what a store of some version has
  ]);
});
