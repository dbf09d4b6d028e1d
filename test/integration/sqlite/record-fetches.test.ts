import { join } from 'node:path';
import { openBatchStore } from '../../../src/adapters/sqlite/open-batch-store';
import { openStoreReader } from '../../../src/adapters/sqlite/open-store-reader';
import { recordFetches, type ReportFetch } from '../../../src/adapters/sqlite/record-fetches';
import { reportBase } from '../../../src/domain/batch-record';
import { deliver } from '../../contract/batch-store/deliver';
import { CATALOGUE, origin, staged } from '../../contract/batch-store/fixtures';
import { temporaryFolder } from './temporary-folder';

const dir = temporaryFolder();

const fetched = (fileName: string, minute: number, changes: Partial<ReportFetch> = {}): ReportFetch => ({
  ...{ account: 'lab', folder: 'root', fileName, at: `2021-04-03T11:0${minute}:00.000Z` },
  ...changes,
});

test('the first complete fetch of each report is kept with its batch', () => {
  const path = join(dir, 'store.db');
  const store = openBatchStore({ path, catalogue: CATALOGUE });
  const records = [staged(1, ['a', 'p', '1', ''])];
  deliver(store, { origin: origin('b1', { baseName: 'B' }), records });
  deliver(store, { origin: origin('b2', { baseName: 'B' }), records });
  deliver(store, { origin: origin('b3', { baseName: 'B.r7' }), records });
  deliver(store, { origin: origin('b4', { baseName: 'B', folder: 'test' }), records });
  store.open(origin('b5', { baseName: 'C' }));
  recordFetches(path, [
    fetched('B.report.json', 1),
    fetched('B.report.json', 2),
    fetched('B.ACCEPTED.txt', 3),
    fetched('B.r2.errors.csv', 4),
    fetched('B.r7.report.ok', 5),
    fetched('B.rejected.json', 6, { folder: 'test' }),
    fetched('B.report.json', 0, { account: 'another' }),
    fetched('C.report.json', 7),
    fetched('B.txt', 8),
    fetched('note', 8),
  ]);
  recordFetches(path, [fetched('B.report.json', 9), fetched('B.errors.csv', 9)]);
  const reader = openStoreReader(path);
  const of = (id: string): string[] => reader.fetches(id).map(({ fileName, at }) => `${at.slice(15, 16)} ${fileName}`);
  expect(of('b1')).toEqual(['1 B.report.json', '3 B.ACCEPTED.txt', '9 B.errors.csv']);
  expect(of('b2')).toEqual(['4 B.r2.errors.csv']);
  expect(of('b3')).toEqual(['5 B.r7.report.ok']);
  expect(of('b4')).toEqual(['6 B.rejected.json']);
  expect(of('b5')).toEqual([]);
  reader.close();
  store.close();
});

test('a name that is shortened in the names of its reports is found by them', () => {
  const path = join(dir, 'long.db');
  const store = openBatchStore({ path, catalogue: CATALOGUE });
  const records = [staged(1, ['a', 'p', '1', ''])];
  const long = 'é'.repeat(110);
  deliver(store, { origin: origin('l1', { baseName: `${long}1` }), records });
  deliver(store, { origin: origin('l2', { baseName: `${long}1` }), records });
  deliver(store, { origin: origin('l3', { baseName: `${long}2` }), records });
  deliver(store, { origin: origin('l4', { baseName: 'short~0123abcd' }), records });
  const one = reportBase({ baseName: `${long}1`, delivery: 1 });
  const two = reportBase({ baseName: `${long}2`, delivery: 1 });
  const again = reportBase({ baseName: `${long}1`, delivery: 2 });
  recordFetches(path, [
    fetched(`${one}.report.json`, 1),
    fetched(`${again}.errors.csv`, 2),
    fetched(`${two}.report.ok`, 3),
    fetched('short~0123abcd.report.ok', 4),
    fetched(`${one.slice(0, -1)}-.report.ok`, 5),
  ]);
  const reader = openStoreReader(path);
  const of = (id: string): string[] => reader.fetches(id).map(({ fileName }) => fileName);
  expect(of('l1')).toEqual([`${one}.report.json`]);
  expect(of('l2')).toEqual([`${again}.errors.csv`]);
  expect(of('l3')).toEqual([`${two}.report.ok`]);
  expect(of('l4')).toEqual(['short~0123abcd.report.ok']);
  reader.close();
  store.close();
});
