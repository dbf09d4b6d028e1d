/** Patients' places of a large batch, which are written when it has its answer: whoever looks a patient up finds it before, too. */
import Database from 'better-sqlite3';
import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { openBatchStore } from '../../../src/adapters/sqlite/open-batch-store';
import type { BatchStore } from '../../../src/ports/batch-store';
import { deliver } from '../../contract/batch-store/deliver';
import { CATALOGUE, origin, staged, VARIANT } from '../../contract/batch-store/fixtures';
import { countRows } from './count-rows';
import { temporaryFolder } from './temporary-folder';

const LARGE = 9 * 1024 * 1024;

const dir = temporaryFolder();
let files = 0;
let path: string;
let store: BatchStore;
let other: BatchStore;
beforeEach(() => {
  path = join(dir, `${++files}.db`);
  const options = { path, catalogue: CATALOGUE, busyTimeoutMs: 50 };
  store = openBatchStore({ ...options, stagingDir: join(dir, 'staging') });
  other = openBatchStore({ ...options, stagingDir: join(dir, 'staging-too') });
});
afterEach(() => {
  store.close();
  other.close();
});

const count = (table: string): number => countRows(path, table);

/** Two patients in a large batch, one of them not stored. */
function deliverLarge(): void {
  deliver(store, { origin: origin('before'), records: [staged(1, ['a', 'p', '1', '2021-04-01'])] });
  deliver(store, {
    origin: origin('large', { bytes: LARGE }),
    records: [staged(1, ['b', 'q', '1', '2021-04-01']), staged(2, ['a', 'r', '1', '2021-04-01'])],
  });
}

/** The patients that nothing is known of. */
function unknown(asked: BatchStore, id: string, bytes: number): readonly string[] {
  const patients = ['p', 'q', 'r'];
  const { codes } = deliver(asked, {
    origin: origin(id, { messageType: 'Variant', bytes }),
    type: VARIANT,
    records: patients.map((patient, i) => staged(i + 1, [`variant ${id} ${patient}`, patient, '2021-04-02'])),
  });
  return patients.filter((_, i) => codes.includes(`R311@${i + 1}`));
}

test('they wait until the batch has its answer', () => {
  deliverLarge();
  expect([count('Result_by_patient'), count('unplaced_patients')]).toEqual([0, 1]);
  store.tidy();
  expect([count('Result_by_patient'), count('unplaced_patients')]).toEqual([1, 0]);
  expect(unknown(store, 'after', 1000)).toEqual(['r']);
});

test.each([
  ['small', 1000],
  ['large', LARGE],
])('a %s batch that comes before finds the patient, and nothing is left to do', (_size, bytes) => {
  deliverLarge();
  expect(unknown(other, 'meanwhile', bytes)).toEqual(['r']);
  expect([count('Result_by_patient'), count('unplaced_patients')]).toEqual([1, 0]);
  store.tidy();
  expect([count('Result_by_patient'), count('unplaced_patients')]).toEqual([1, 0]);
});

test('what another batch has pushed aside, or a crash, is done when it is needed', () => {
  deliverLarge();
  deliver(store, { origin: origin('next'), records: [staged(1, ['c', 's', '1', '2021-04-01'])] });
  store.tidy();
  expect(count('unplaced_patients')).toBe(1);
  expect(unknown(store, 'after', 1000)).toEqual(['r']);
  expect(count('unplaced_patients')).toBe(0);
});

test('a mark of another batch stays', () => {
  deliverLarge();
  deliver(other, {
    origin: origin('of others', { bytes: LARGE, sender: '91365677' }),
    records: [staged(1, ['z', 't', '1', '2021-04-01'])],
  });
  store.tidy();
  expect(count('unplaced_patients')).toBe(1);
  other.tidy();
  expect([count('Result_by_patient'), count('unplaced_patients')]).toEqual([2, 0]);
});

test('a large batch that stores nothing leaves nothing to do', () => {
  deliver(store, { origin: origin('before'), records: [staged(1, ['a', 'p', '1', ''])] });
  deliver(store, { origin: origin('large', { bytes: LARGE }), records: [staged(1, ['a', 'p', '1', ''])] });
  expect(count('unplaced_patients')).toBe(0);
  store.tidy();
});

test('what fails of it is left, and loses nothing', () => {
  deliverLarge();
  const locking = new Database(path);
  locking.exec('BEGIN IMMEDIATE');
  expect(openUnnamed()).toBeGreaterThan(0);
  expect(() => store.tidy()).toThrow('SQLITE_BUSY');
  expect(openUnnamed()).toBe(0);
  locking.exec('COMMIT');
  locking.close();
  deliver(store, { origin: origin('next'), records: [staged(1, ['c', 's', '1', '2021-04-01'])] });
  store.tidy();
  expect(count('unplaced_patients')).toBe(1);
  expect(unknown(store, 'after', 1000)).toEqual(['r']);
});

/** Files that are open though they have no name any more. */
function openUnnamed(): number {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return targets.filter((target) => target.startsWith(dir) && target.endsWith(' (deleted)')).length;
}

test.each<[string, () => unknown]>([
  ['it was tidied', () => store.tidy()],
  ['the next batch came', () => deliver(store, { origin: origin('n'), records: [staged(1, ['n', 's', '1', ''])] })],
  ['the store was closed', () => store.close()],
])('no file of a large batch stays open when %s', (_what, end) => {
  deliverLarge();
  expect(openUnnamed()).toBeGreaterThan(0);
  end();
  expect(openUnnamed()).toBe(0);
});

test('every patient of a large batch is found by its place, in the order of the hashes', () => {
  const patients = Array.from({ length: 2_000 }, (_, i) => `patient ${i}`);
  const records = patients.map((patient, i) => staged(i + 1, [`key ${i}`, patient, '1', '2021-04-01']));
  deliver(store, { origin: origin('many', { bytes: LARGE }), records });
  store.tidy();
  expect(count('Result_by_patient')).toBe(2_000);
  const asked = [...patients.slice(0, 3), ...patients.slice(-3), 'patient of nobody'];
  const { codes } = deliver(store, {
    origin: origin('asks', { messageType: 'Variant' }),
    type: VARIANT,
    records: asked.map((patient, i) => staged(i + 1, [`variant ${i}`, patient, '2021-04-02'])),
  });
  expect(codes.filter((code) => code.startsWith('R311'))).toEqual(['R311@7']);
});
