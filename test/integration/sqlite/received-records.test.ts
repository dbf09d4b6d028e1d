/** Records of small batches that are read before the batches are judged: they wait beside each other, and nobody waits. */
import { join } from 'node:path';
import { openBatchStore } from '../../../src/adapters/sqlite/open-batch-store';
import type { BatchRecord } from '../../../src/domain/batch-record';
import { Fault } from '../../../src/domain/fault';
import type { BatchStore, StagedPart, StagedRecord } from '../../../src/ports/batch-store';
import { verdict } from '../../contract/batch-store/deliver';
import { CATALOGUE, origin, RESULT, staged } from '../../contract/batch-store/fixtures';
import { temporaryFolder } from './temporary-folder';

const dir = temporaryFolder();
let files = 0;
let store: BatchStore;
let other: BatchStore;
beforeEach(() => {
  const options = { path: join(dir, `${++files}.db`), catalogue: CATALOGUE, busyTimeoutMs: 50 };
  store = openBatchStore(options);
  other = openBatchStore(options);
});
afterEach(() => {
  store.close();
  other.close();
});

interface Received {
  readonly batch: BatchRecord;
  readonly part: StagedPart;
}

/** @param hour of the time in the file's name */
function open(id: string, hour: number): BatchRecord {
  const baseName = `81365677_Result_21040312000${hour}`;
  const names = { baseName, fileName: `${baseName}.csv`, fileTime: `2021-04-03 1${hour}:00:00` };
  return store.open(origin(id, { ...names, receivedAt: `2021-04-03T1${hour}:00:00.000Z` }));
}

function receive(batch: BatchRecord, records: readonly StagedRecord[], meanwhile = (): void => undefined): Received {
  const { part } = store.receive(batch, RESULT, (sink) => {
    for (const record of records) sink.addRecord(record);
    sink.addRejected({ record: 9, line: 10, offset: 900, length: 9 });
    meanwhile();
  });
  return { batch, part };
}

function judge({ batch, part }: Received): string {
  const staging = store.openStaging(batch, RESULT);
  staging.addPart(part);
  staging.settle();
  const counts = staging.counts();
  staging.commit(verdict(counts));
  const codes = [...store.reportSource(batch.id).findings()].map(({ code, record }) => `${code}@${record}`);
  return [...codes, ...['accepted', 'rejected', 'duplicate'].map((name) => counts[name as keyof typeof counts])].join();
}

const records = (ids: readonly string[]): readonly StagedRecord[] =>
  ids.map((id, index) => staged(index + 1, [id, 'patient', '20', '2021-04-01']));

test('others write while they are received', () => {
  const batch = open('a', 1);
  receive(batch, records(['k1']), () => void other.open(origin('b', { account: 'other' })));
  expect(other.batch('b')).not.toBeNull();
});

test('several batches wait beside each other, and each is judged by its own records', () => {
  const batches = [open('a', 1), open('b', 2), open('c', 3)] as const;
  const [a, b, c] = store.together(() => [
    receive(batches[0], records(['k1', 'k2', 'k1'])),
    receive(batches[1], records(['k3', 'k2', 'k4', 'k4'])),
    receive(batches[2], records(['k5'])),
  ]);
  const told = store.together(() => [judge(a), judge(b), judge(c)]);
  expect(told).toEqual(['D405@3,2,1,1', 'D402@2,D405@4,2,1,2', '1,1,0']);
  const stored = ['a', 'b', 'c'].map((id) => [...store.reportSource(id).rejected()].map(({ offset }) => offset));
  expect(stored).toEqual([[900], [900], [900]]);
  store.tidy();
  expect(judge(receive(open('d', 4), records(['k5', 'k6'])))).toBe('D402@1,1,1,1');
});

test('a batch that leaves them where they are spoils none of the others', () => {
  const refused = open('a', 1);
  const kept = open('b', 2);
  receive(refused, records(['k1']));
  const received = receive(kept, records(['k1']));
  const staging = store.openStaging(refused, RESULT);
  staging.commit(verdict(staging.counts(), { outcome: 'REJECTED' }));
  expect(judge(received)).toBe('1,1,0');
});

test('a batch that has none leaves those of the one behind it', () => {
  const refused = open('a', 1);
  const received = receive(open('b', 2), records(['k1']));
  const staging = store.openStaging(refused, RESULT);
  staging.commit(verdict(staging.counts(), { outcome: 'REJECTED' }));
  expect(judge(received)).toBe('1,1,0');
});

test('they are gone, and nothing is made of them, when a step was undone', () => {
  const received = receive(open('a', 1), records(['k1']));
  const undone = new Fault('S901', 'no space left', { retryable: true });
  const step = (): void => {
    store.markClaimed('a', '2021-04-03T10:00:01.000Z');
    throw undone;
  };
  expect(() => store.together(step)).toThrow(undone);
  expect(() => judge(received)).toThrow('what was read ahead of a batch is gone');
  expect(judge(receive(received.batch, records(['k1'])))).toBe('1,1,0');
});

test('they are gone as well when reading fails', () => {
  const batch = open('a', 1);
  const fail = (): never => {
    throw new Fault('S901', 'cannot read', { retryable: true });
  };
  expect(() => receive(batch, records(['k1']), fail)).toThrow('cannot read');
  expect(judge(receive(batch, records(['k2'])))).toBe('1,1,0');
});
