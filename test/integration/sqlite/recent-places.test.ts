/** Places of small batches, which lie in a table of their own for a while: found there, and where they move to. */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { openBatchStore } from '../../../src/adapters/sqlite/open-batch-store';
import type { BatchStore, StagedRecord } from '../../../src/ports/batch-store';
import { deliver } from '../../contract/batch-store/deliver';
import { CATALOGUE, origin, staged, VARIANT } from '../../contract/batch-store/fixtures';
import { countRows } from './count-rows';
import { temporaryFolder } from './temporary-folder';

const dir = temporaryFolder();
let files = 0;
let path: string;
let store: BatchStore;
beforeEach(() => {
  path = join(dir, `${++files}.db`);
  store = openBatchStore({ path, catalogue: CATALOGUE });
});
afterEach(() => store.close());

const BATCH_RECORDS = 1_500;
const BATCHES = 3;

function records(batch: number, value = ''): StagedRecord[] {
  return Array.from({ length: BATCH_RECORDS }, (_, i) =>
    staged(i + 1, [`key ${batch} ${i}`, `patient ${batch} ${i}`, value, '2021-04-01']),
  );
}

function deliverAll(): void {
  for (let batch = 0; batch < BATCHES; batch++) deliver(store, { origin: origin(`${batch}`), records: records(batch) });
}

const count = (table: string): number => countRows(path, table);

test.each(['by_key', 'by_patient'])('%s: a few stay where they are, many move at once', (places) => {
  deliver(store, { origin: origin('few'), records: records(BATCHES) });
  store.tidy();
  expect([count(`Result_${places}`), count(`Result_${places}_recent`)]).toEqual([0, BATCH_RECORDS]);
  deliverAll();
  const all = (BATCHES + 1) * BATCH_RECORDS;
  expect([count(`Result_${places}`), count(`Result_${places}_recent`)]).toEqual([0, all]);
  store.tidy();
  expect([count(`Result_${places}`), count(`Result_${places}_recent`)]).toEqual([all, 0]);
});

test('what was delivered is found, wherever its place lies', () => {
  deliverAll();
  store.tidy();
  for (let batch = 0; batch < BATCHES; batch++) {
    const again = deliver(store, { origin: origin(`again ${batch}`), records: records(batch) });
    expect(again.counts).toMatchObject({ records: BATCH_RECORDS, accepted: 0, duplicate: BATCH_RECORDS });
  }
  const later = { fileTime: '2021-05-01 12:00:00' };
  for (const [version, value] of ['one', 'two'].entries()) {
    const corrected = deliver(store, { origin: origin(value, later), records: records(0, value) });
    expect(corrected.counts).toMatchObject({ accepted: BATCH_RECORDS, corrected: BATCH_RECORDS });
    expect(new Set(corrected.findings.map(({ params }) => params['version']))).toEqual(new Set([version + 2]));
    store.tidy();
  }
  expect(count('current_Result')).toBe(BATCHES * BATCH_RECORDS);
  expect(count('Result')).toBe((BATCHES + 2) * BATCH_RECORDS);
});

test('a patient is found, wherever its place lies', () => {
  deliverAll();
  store.tidy();
  const variants = Array.from({ length: BATCH_RECORDS }, (_, i) =>
    staged(i + 1, [`variant ${i}`, `patient 1 ${i}`, '2021-04-02']),
  );
  const unknown = staged(BATCH_RECORDS + 1, ['variant', 'nobody', '2021-04-02']);
  const { codes } = deliver(store, {
    origin: origin('variants', { messageType: 'Variant' }),
    type: VARIANT,
    records: [...variants, unknown],
  });
  expect(codes).toEqual([`R311@${BATCH_RECORDS + 1}`]);
});

test('a batch of many brings its places to where they stay', () => {
  const many = [...records(0), ...records(1).map((record, i) => ({ ...record, record: BATCH_RECORDS + 1 + i }))];
  deliver(store, { origin: origin('many'), records: many });
  expect([count('Result_by_key'), count('Result_by_key_recent')]).toEqual([2 * BATCH_RECORDS, 0]);
});

test('a place that was written ahead for a batch that never came, and again for this one, counts once', () => {
  const first = [staged(1, ['a', 'p', '1', ''])];
  deliver(store, { origin: origin('first'), records: first });
  const db = new Database(path);
  db.exec('INSERT INTO Result_by_key SELECT * FROM Result_by_key_recent');
  db.close();
  expect(deliver(store, { origin: origin('second'), records: first }).counts).toMatchObject({ duplicate: 1 });
});
