import { join } from 'node:path';
import { openBatchStore } from '../../../src/adapters/sqlite/open-batch-store';
import { openStoreReader, type BatchFilter, type StoreReader } from '../../../src/adapters/sqlite/open-store-reader';
import { createFinding } from '../../../src/domain/create-finding';
import { Fault } from '../../../src/domain/fault';
import type { BatchStore } from '../../../src/ports/batch-store';
import { deliver } from '../../contract/batch-store/deliver';
import { CATALOGUE, origin, RESULT, staged, VARIANT } from '../../contract/batch-store/fixtures';
import { temporaryFolder } from './temporary-folder';

const dir = temporaryFolder();
let files = 0;
let store: BatchStore;
let reader: StoreReader;

/** Four batches: good, half bad, a test of another account, and one that is only claimed. */
beforeEach(() => {
  const path = join(dir, `${++files}.db`);
  store = openBatchStore({ path, catalogue: CATALOGUE });
  reader = openStoreReader(path);
  const at = (day: number): string => `2021-04-0${day}T10:00:00.000Z`;
  deliver(store, { origin: origin('aaaa-1', { receivedAt: at(1) }), records: [staged(1, ['a', 'p', '1', ''])] });
  const two = [staged(1, ['a', 'p', '2', '']), staged(2, ['c', 'p', '', '']), staged(3, ['c', 'p', 'x', ''])];
  const fileTime = '2021-04-05 00:00:00';
  deliver(store, {
    origin: origin('aaaa-2', { receivedAt: at(2), fileTime, fileName: 'two.csv', baseName: 'two' }),
    records: two,
  });
  deliver(store, {
    origin: origin('bbbb-3', {
      receivedAt: at(3),
      account: 'doctor',
      sender: '12345678',
      messageType: 'Variant',
      mode: 'test',
    }),
    type: VARIANT,
    records: [staged(1, ['v', 'p', ''])],
    findings: [createFinding('P101', { severity: 'warning' })],
  });
  store.open(origin('bbbb-4', { receivedAt: at(4) }));
  store.markClaimed('bbbb-4', at(5));
});
afterEach(() => {
  reader.close();
  store.close();
});

test.each<[BatchFilter, string[]]>([
  [{}, ['bbbb-4', 'bbbb-3', 'aaaa-2', 'aaaa-1']],
  [{ limit: 2 }, ['bbbb-4', 'bbbb-3']],
  [{ sender: '12345678' }, ['bbbb-3']],
  [{ account: 'doctor' }, ['bbbb-3']],
  [{ messageType: 'Variant' }, ['bbbb-3']],
  [{ mode: 'test' }, ['bbbb-3']],
  [{ outcome: 'PARTIAL' }, ['aaaa-2']],
  [{ state: 'claimed' }, ['bbbb-4']],
  [{ since: '2021-04-03T10:00:00.000Z' }, ['bbbb-4', 'bbbb-3']],
  [{ code: 'D403' }, ['aaaa-2']],
  [{ code: 'D403', account: 'doctor' }, []],
])('batches of %j', (filter, ids) => {
  expect(reader.batches(filter).map(({ id }) => id)).toEqual(ids);
});

test('a batch is found by its id, the beginning of one, or a name', () => {
  const ids = (text: string): string[] => reader.find(text).map(({ id }) => id);
  expect(reader.batch('aaaa-2')).toEqual(store.batch('aaaa-2'));
  expect(reader.batch('aaaa')).toBeNull();
  expect(ids('aaaa-2')).toEqual(['aaaa-2']);
  expect(ids('aaaa')).toEqual(['aaaa-2', 'aaaa-1']);
  expect([ids('AAAA-2'), ids('BBBB-3')]).toEqual([['aaaa-2'], ['bbbb-3']]);
  expect(ids('AAAA')).toEqual(['aaaa-2', 'aaaa-1']);
  expect(ids('two.csv')).toEqual(['aaaa-2']);
  expect(ids('two')).toEqual(['aaaa-2']);
  expect([ids('aaa'), ids('%%%%'), ids('')]).toEqual([[], [], []]);
});

test('replays that are not archived come oldest first', () => {
  const replay = (id: string, day: number) =>
    origin(id, { cause: 'replay', receivedAt: `2021-06-0${day}T10:00:00.000Z` });
  const opened = [replay('r2', 2), replay('r1', 1), replay('r3', 3)].map((given) => store.open(given));
  deliver(store, { origin: replay('r3', 3), records: [] });
  store.markReported('r3', 'now');
  store.markArchived('r3', 'now');
  expect(reader.unfinishedReplays()).toEqual([opened[1], opened[0]]);
});

test('rejections are batches with findings, in the order of their commits, each told once', () => {
  const all = reader.rejections(0);
  expect(all.map(({ batch, groups }) => [batch.id, groups.map(({ code, total }) => `${code} ${total}`)])).toEqual([
    ['aaaa-2', ['D403 2', 'D404 1']],
    ['bbbb-3', ['P101 1']],
  ]);
  expect(reader.rejections(0, { code: 'P101' })).toEqual([all[1]]);
  expect(reader.rejections(0, { limit: 1 })).toEqual([all[0]]);
  const cursor = reader.lastCursor();
  expect(cursor).toBe(all.at(-1)?.cursor);
  expect(reader.rejections(cursor)).toEqual([]);
  deliver(store, { origin: origin('cccc'), records: [staged(1, ['a', 'q', '1', ''])] });
  expect(reader.rejections(cursor).map(({ batch }) => batch.id)).toEqual(['cccc']);
});

test('tables and summary count what is there', () => {
  expect(reader.tables()).toEqual([
    { messageType: 'Result', rows: 2, current: 1 },
    { messageType: 'Variant', rows: 0, current: 0 },
  ]);
  expect(reader.summary()).toEqual({
    batches: 4,
    states: { committed: 3, claimed: 1 },
    outcomes: { ACCEPTED: 2, PARTIAL: 1 },
    lastReceivedAt: '2021-04-04T10:00:00.000Z',
    lastCommittedAt: '2021-04-03T10:00:02.000Z',
    oldestUnfinishedAt: '2021-04-01T10:00:00.000Z',
  });
});

test('reading goes on while a batch holds the write lock, and does not hold up its commit', () => {
  const staging = store.openStaging(store.batch('bbbb-4')!, RESULT);
  staging.settle();
  const half = reader.reportSource('aaaa-2').findings()[Symbol.iterator]();
  expect(half.next().value).toMatchObject({ code: 'D404' });
  expect(reader.batches()).toHaveLength(4);
  staging.discard();
});

test('a file that is not there is a fault', () => {
  expect(() => openStoreReader(join(dir, 'none.db'))).toThrow(Fault);
});
