/** Batches too large to be judged and stored under the lock: what others write meanwhile, and what is left of a failure. */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { moveStatement } from '../../../src/adapters/sqlite/commit-staging';
import { openBatchStore } from '../../../src/adapters/sqlite/open-batch-store';
import { tableShape } from '../../../src/adapters/sqlite/record-rows';
import type { BatchOrigin } from '../../../src/domain/batch-record';
import type { BatchStore, Staging } from '../../../src/ports/batch-store';
import { deliver, verdict } from '../../contract/batch-store/deliver';
import { CATALOGUE, origin, RESULT, staged, VARIANT } from '../../contract/batch-store/fixtures';
import { temporaryFolder } from './temporary-folder';

const LARGE = 9 * 1024 * 1024;
const AT = '2021-04-03T11:00:00.000Z';

const dir = temporaryFolder();
let files = 0;
let path: string;
let store: BatchStore;
let other: BatchStore;
beforeEach(() => {
  path = join(dir, `${++files}.db`);
  const options = { path, catalogue: CATALOGUE, stagingDir: join(dir, 'staging'), busyTimeoutMs: 50 };
  store = openBatchStore(options);
  other = openBatchStore({ ...options, stagingDir: join(dir, 'staging-too') });
});
afterEach(() => {
  store.close();
  other.close();
});

const later = { fileTime: '2021-05-01 12:00:00', receivedAt: '2021-05-01T10:00:00.000Z' };

function settle(records: readonly ReturnType<typeof staged>[], changes: Partial<BatchOrigin> = {}): Staging {
  const staging = store.openStaging(store.open(origin('large', { bytes: LARGE, ...later, ...changes })), RESULT);
  for (const record of records) staging.addRecord(record);
  staging.settle();
  return staging;
}

const ask = (sql: string): unknown[] => {
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare(sql).raw().all();
  } finally {
    db.close();
  }
};

test('others write until it is held, and not between that and its commit', () => {
  const staging = settle([staged(1, ['a', 'p', '', ''])]);
  other.open(origin('b'));
  expect(staging.hold()).toBe(true);
  expect(() => other.markClaimed('b', AT)).toThrow('SQLITE_BUSY');
  staging.commit(verdict(staging.counts()));
  other.markClaimed('b', AT);
});

test('it is judged again when its sender stored records of that type meanwhile', () => {
  const staging = settle([
    staged(1, ['a', 'p', '1', '']),
    staged(2, ['b', 'p', '1', ''], { warned: true }),
    staged(3, ['b', 'p', '1', '']),
    staged(4, ['c', 'p', '1', '']),
    staged(5, ['c', 'p', '2', '']),
    staged(6, ['d', 'p', '1', '']),
    staged(7, ['e', 'p', '1', '']),
  ]);
  expect(staging.counts()).toMatchObject({ records: 7, accepted: 4, rejected: 2, duplicate: 1 });
  deliver(other, {
    origin: origin('between'),
    records: [
      staged(1, ['a', 'p', '1', '']),
      staged(2, ['b', 'q', '1', '']),
      staged(3, ['d', 'p', 'older', '']),
      staged(4, ['x', 'p', '1', '']),
    ],
  });
  expect(staging.hold()).toBe(false);
  expect(() => other.open(origin('locked out'))).toThrow('SQLITE_BUSY');
  staging.settle();
  expect(staging.counts()).toEqual({
    records: 7,
    accepted: 2,
    acceptedWithWarning: 0,
    rejected: 4,
    duplicate: 1,
    corrected: 1,
  });
  expect(staging.hold()).toBe(true);
  staging.commit(verdict(staging.counts()));
  const found = [...store.reportSource('large').findings()].map(({ code, record }) => `${code}@${record}`);
  expect(found).toEqual(['D402@1', 'D406@2', 'D406@3', 'D403@4', 'D403@5', 'D404@6']);
  expect(ask('SELECT _key, "CT/Value" FROM current_Result ORDER BY 1')).toEqual([
    ['a', '1'],
    ['b', '1'],
    ['d', '1'],
    ['e', '1'],
    ['x', '1'],
  ]);
});

const brought: [string, Partial<BatchOrigin>][] = [
  ['another sender', { sender: '91365677' }],
  ['another type', { messageType: 'Variant' }],
  ['a rehearsal', { mode: 'test' }],
];
test.each(brought)('it is not judged again for what %s brought', (_what, changes) => {
  const staging = settle([staged(1, ['a', 'p', '1', ''])]);
  const type = changes.messageType === 'Variant' ? VARIANT : RESULT;
  deliver(other, { origin: origin('between', changes), type, records: [staged(1, ['a', 'p', '', ''])] });
  expect(staging.hold()).toBe(true);
  staging.commit(verdict(staging.counts()));
  expect(ask(`SELECT _version FROM Result WHERE _batch_id = 'large'`)).toEqual([[1]]);
});

test('ids grow from commit to commit', () => {
  const staging = settle([staged(1, ['a', 'p', '1', '']), staged(2, ['b', 'p', '1', ''])]);
  deliver(other, { origin: origin('between', { sender: '91365677' }), records: [staged(1, ['z', 'p', '', ''])] });
  expect(staging.hold()).toBe(true);
  staging.commit(verdict(staging.counts()));
  deliver(other, { origin: origin('after', { sender: '91365677' }), records: [staged(1, ['y', 'p', '', ''])] });
  expect(ask('SELECT _key FROM Result ORDER BY _id')).toEqual([['z'], ['a'], ['b'], ['y']]);
});

test('what was prepared and never committed means nothing, even where others get its ids', () => {
  const abandoned = settle([staged(1, ['a', 'p', '1', '']), staged(2, ['b', 'p', '1', ''])]);
  expect(abandoned.hold()).toBe(true);
  abandoned.discard();
  expect(ask('SELECT count(*) FROM Result_by_key')).toEqual([[2]]);
  const again = settle([staged(1, ['c', 'p', '1', '']), staged(2, ['d', 'p', '1', ''])], { id: 'again' });
  expect(again.hold()).toBe(true);
  again.commit(verdict(again.counts()));
  const { codes, counts } = deliver(store, {
    origin: origin('last', { fileTime: '2021-06-01 00:00:00' }),
    records: [staged(1, ['a', 'p', '2', '']), staged(2, ['c', 'p', '2', ''])],
  });
  expect([codes, counts.accepted, counts.corrected]).toEqual([['D404@2'], 2, 1]);
});

test('its rows move into the store as they are: no column is looked at under the lock', () => {
  const db = new Database(path);
  db.exec(`ATTACH ':memory:' AS staging`);
  db.exec(tableShape(db, 'Result').rows('staging.kept'));
  const codes = db.prepare(`EXPLAIN ${moveStatement('Result', 'staging.kept')}`).all() as { opcode: string }[];
  db.close();
  const used = codes.map(({ opcode }) => opcode);
  expect(used).toContain('RowCell');
  expect(used).not.toContain('Column');
});
