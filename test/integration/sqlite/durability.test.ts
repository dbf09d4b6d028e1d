/** What is on disk at each moment: a copy of the files is what a crash at that moment would leave. */
import Database from 'better-sqlite3';
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBatchStore } from '../../../src/adapters/sqlite/open-batch-store';
import { assertDurable, openConnection } from '../../../src/adapters/sqlite/open-connection';
import { Fault } from '../../../src/domain/fault';
import type { BatchStore } from '../../../src/ports/batch-store';
import { verdict } from '../../contract/batch-store/deliver';
import { CATALOGUE, origin, RESULT, staged } from '../../contract/batch-store/fixtures';
import { temporaryFolder } from './temporary-folder';

const dir = temporaryFolder();
let folders = 0;
const folder = (): string => {
  const path = join(dir, String(++folders));
  mkdirSync(path);
  return path;
};

test('a connection is in WAL and syncs fully, also after its first write', () => {
  const db = openConnection(join(folder(), 'labdrop.db'));
  db.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)');
  expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(db.pragma('synchronous', { simple: true })).toBe(2);
  expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
  db.pragma('synchronous = NORMAL');
  expect(() => assertDurable(db)).toThrow(Fault);
  db.close();
});

test.each([
  ['staged in memory', 1000],
  ['staged in a file', 9 * 1024 * 1024],
])('a crash before the commit leaves nothing of it, one after it leaves all (%s)', (_name, bytes) => {
  const from = folder();
  const stagingDir = join(from, 'staging');
  const store = openBatchStore({ path: join(from, 'labdrop.db'), catalogue: CATALOGUE, stagingDir });
  const crashed = (): ReturnType<typeof look> => look(from);
  store.open(origin('b', { bytes }));
  expect(crashed()).toEqual({ state: 'ready', records: 0, findings: 0, leftBehind: [] });
  store.markClaimed('b', '2021-04-03T10:00:01.000Z');
  const staging = store.openStaging(store.batch('b')!, RESULT);
  for (let record = 1; record <= 300; record++) staging.addRecord(staged(record, [`k${record % 200}`, 'p', '1', '']));
  expect(crashed()).toEqual({ state: 'claimed', records: 0, findings: 0, leftBehind: [] });
  staging.settle();
  expect(crashed()).toEqual({ state: 'claimed', records: 0, findings: 0, leftBehind: [] });
  expect(staging.hold()).toBe(true);
  expect(crashed()).toEqual({ state: 'claimed', records: 0, findings: 0, leftBehind: [] });
  staging.commit(verdict(staging.counts()));
  expect(crashed()).toEqual({ state: 'committed', records: 200, findings: 100, leftBehind: [] });
  store.close();
  expect(readdirSync(stagingDir)).toEqual([]);
});

function look(from: string): { state: unknown; records: unknown; findings: unknown; leftBehind: string[] } {
  const copy = folder();
  cpSync(from, copy, { recursive: true });
  const db = new Database(join(copy, 'labdrop.db'));
  const one = (sql: string): unknown => db.prepare(sql).pluck().get();
  const found = {
    state: one('SELECT state FROM batches'),
    records: one('SELECT count(*) FROM Result'),
    findings: one('SELECT count(*) FROM findings'),
    leftBehind: readdirSync(join(copy, 'staging')),
  };
  db.close();
  return found;
}

test('what an earlier process left in the staging folder is gone when the batch is staged again', () => {
  const from = folder();
  mkdirSync(join(from, 'staging'));
  writeFileSync(join(from, 'staging', 'b.staging'), 'rest of a crash');
  const store = openBatchStore({
    path: join(from, 'labdrop.db'),
    catalogue: CATALOGUE,
    stagingDir: join(from, 'staging'),
    stagedInMemoryMaxBytes: 0,
  });
  store.openStaging(store.open(origin('b')), RESULT).discard();
  expect(existsSync(join(from, 'staging', 'b.staging'))).toBe(false);
  store.close();
});

describe('two connections', () => {
  let path: string;
  let first: BatchStore;
  let second: BatchStore;
  beforeEach(() => {
    path = join(folder(), 'labdrop.db');
    first = openBatchStore({ path, catalogue: CATALOGUE });
    second = openBatchStore({ path, catalogue: CATALOGUE, busyTimeoutMs: 50 });
  });
  afterEach(() => {
    first.close();
    second.close();
  });

  test('one that has settled holds the lock: the other fails with a fault that may be retried, and then does not', () => {
    const staging = first.openStaging(first.open(origin('a')), RESULT);
    staging.addRecord(staged(1, ['k', 'p', '1', '']));
    second.open(origin('b', { fileTime: '2021-04-04 12:00:00' }));
    staging.settle();
    const fault = caught(() => second.markClaimed('b', 'now'));
    expect(fault).toMatchObject({ name: 'Fault', code: 'S902', retryable: true });
    const waiting = second.openStaging(second.batch('b')!, RESULT);
    waiting.addRecord(staged(1, ['k', 'p', '1', '']));
    expect(caught(() => waiting.settle())).toMatchObject({ code: 'S902', retryable: true });
    waiting.discard();
    staging.commit(verdict(staging.counts()));
    second.markClaimed('b', 'now');
  });

  test('the same record staged in both is stored once', () => {
    const stage = (store: BatchStore, id: string) => {
      const staging = store.openStaging(store.open(origin(id)), RESULT);
      staging.addRecord(staged(1, ['k', 'p', '1', '']));
      return staging;
    };
    const stagings = [stage(first, 'a'), stage(second, 'b')];
    const counts = stagings.map((staging) => {
      staging.settle();
      staging.commit(verdict(staging.counts()));
      return staging.counts();
    });
    expect(counts.map(({ accepted, duplicate }) => [accepted, duplicate])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  test('a commit that fails leaves the store as it was', () => {
    const staging = first.openStaging(first.open(origin('a')), RESULT);
    staging.addRecord(staged(1, ['k', 'p', '1', '']));
    staging.settle();
    const wrong = { ...staging.counts(), rejected: 7 };
    expect(caught(() => staging.commit(verdict(wrong)))).toBeInstanceOf(Fault);
    staging.discard();
    expect(second.batch('a')?.state).toBe('ready');
    second.open(origin('b'));
  });
});

test('a file that is no store is a fault that says so', () => {
  const path = join(folder(), 'labdrop.db');
  writeFileSync(path, 'this is no database at all, but some text that is long enough'.repeat(100));
  expect(caught(() => openBatchStore({ path, catalogue: CATALOGUE }))).toMatchObject({
    code: 'S902',
    retryable: false,
    message: 'file is not a database (SQLITE_NOTADB)',
  });
  expect(
    caught(() => openBatchStore({ path: join(dir, 'no', 'such', 'folder.db'), catalogue: CATALOGUE })),
  ).toBeInstanceOf(Fault);
});

function caught(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
