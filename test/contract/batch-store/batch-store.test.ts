/** What the pipeline may count on, whatever stands behind the port: each suite runs in memory and on a file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBatchStore } from '../../../src/adapters/sqlite/open-batch-store';
import { type BatchCounts, NO_RECORDS } from '../../../src/domain/batch';
import { reportBase } from '../../../src/domain/batch-record';
import { createFinding } from '../../../src/domain/create-finding';
import { Fault } from '../../../src/domain/fault';
import type { BatchStore, Staging } from '../../../src/ports/batch-store';
import { deliver, verdict } from './deliver';
import { CATALOGUE, origin, RESULT, staged, VARIANT } from './fixtures';

const LARGE = 9 * 1024 * 1024;
const AT = '2021-04-03T11:00:00.000Z';

describe.each([
  ['in memory', 'memory', 1000],
  ['on a file, staged in memory', 'file', 1000],
  ['on a file, staged in a file', 'file', LARGE],
])('a batch store %s', (_name, kind, bytes) => {
  const dir = mkdtempSync(join(tmpdir(), 'batch-store-'));
  let store: BatchStore;
  let opened = 0;
  let batches = 0;
  beforeEach(() => {
    const path = kind === 'memory' ? ':memory:' : join(dir, `${++opened}.db`);
    store = openBatchStore({
      path,
      catalogue: CATALOGUE,
      ...(kind === 'file' && { stagingDir: join(dir, 'staging') }),
    });
  });
  afterEach(() => store.close());
  afterAll(() => rmSync(dir, { recursive: true }));

  const from = (changes: Parameters<typeof origin>[1] = {}): ReturnType<typeof origin> =>
    origin(`batch-${++batches}`, { bytes, ...changes });
  const later = (day: number): Parameters<typeof origin>[1] => ({
    fileTime: `2021-05-0${day} 12:00:00`,
    fileName: `day${day}.csv`,
    receivedAt: `2021-05-0${day}T10:00:00.000Z`,
  });

  describe('journey', () => {
    test('a batch keeps what it was opened with', () => {
      const given = from({ sender: null, messageType: null, replayOf: null, language: 'nl' });
      expect(store.open(given)).toEqual({
        ...given,
        ...NO_RECORDS,
        state: 'ready',
        outcome: null,
        sha256: null,
        schemaVersion: null,
        delivery: 1,
        previousBatch: null,
        dialect: null,
        header: null,
        claimedAt: null,
        committedAt: null,
        reportedAt: null,
        archivedAt: null,
      });
    });

    test('each step is recorded once, and again changes nothing', () => {
      const { id } = store.open(from());
      store.markClaimed(id, AT);
      store.markClaimed(id, 'later');
      const staging = store.openStaging(store.batch(id)!, null);
      const reading = {
        dialect: { format: 'csv', encoding: 'utf-8', bom: true, delimiter: ';', eol: 'lf' },
        header: { offset: 3, length: 40 },
      } as const;
      staging.commit(verdict(NO_RECORDS, { ...reading, outcome: 'REJECTED' }));
      store.markReported(id, AT);
      store.markReported(id, 'later');
      store.markArchived(id, AT);
      store.markArchived(id, 'later');
      expect(store.batch(id)).toMatchObject({
        ...reading,
        state: 'archived',
        outcome: 'REJECTED',
        claimedAt: AT,
        committedAt: '2021-04-03T10:00:02.000Z',
        reportedAt: AT,
        archivedAt: AT,
      });
      expect(store.unfinished()).toEqual([]);
    });

    test('opening twice changes nothing', () => {
      const given = from();
      const first = store.open(given);
      store.markClaimed(given.id, AT);
      expect(store.open({ ...given, fileName: 'other' })).toEqual({ ...first, state: 'claimed', claimedAt: AT });
    });

    test('a step out of order is a bug, not a change', () => {
      const { id } = store.open(from());
      for (const step of [() => store.markReported(id, AT), () => store.markArchived(id, AT)]) {
        expect(step).toThrow(Fault);
        expect(step).toThrow('is ready, not');
      }
      expect(() => store.markClaimed('unknown', AT)).toThrow('not in the store');
      expect(store.batch('unknown')).toBeNull();
    });

    test('unfinished batches come oldest first', () => {
      store.open(from({ id: 'b', receivedAt: '2021-04-03T10:00:02.000Z' }));
      store.open(from({ id: 'c', receivedAt: '2021-04-03T10:00:01.000Z' }));
      expect(store.unfinished().map(({ id }) => id)).toEqual(['c', 'b']);
    });

    test('a batch that is set aside keeps its state and is not unfinished any more', () => {
      const first = store.open(from());
      const second = store.open(from());
      store.markClaimed(first.id, AT);
      store.quarantine(first.id, AT, 'why');
      store.quarantine(first.id, '2022-01-01T00:00:00.000Z', 'why again');
      expect(store.unfinished().map(({ id }) => id)).toEqual([second.id]);
      expect(store.quarantined()).toEqual([{ batch: store.batch(first.id), at: AT, reason: 'why' }]);
      expect(store.batch(first.id)?.state).toBe('claimed');
      store.quarantine('unknown', AT, 'why');
    });

    test('a batch can be withdrawn until it is claimed', () => {
      const first = store.open(from());
      store.withdraw(first.id);
      expect(store.batch(first.id)).toBeNull();
      const second = store.open(from());
      expect(second.delivery).toBe(1);
      store.markClaimed(second.id, AT);
      store.withdraw(second.id);
      expect(store.batch(second.id)).not.toBeNull();
    });

    test('deliveries are numbered by account, folder and exact base name', () => {
      const numbers = [
        from({ id: 'one', baseName: 'B' }),
        from({ baseName: 'B', account: 'other' }),
        from({ baseName: 'B', folder: 'test' }),
        from({ baseName: 'b' }),
        from({ id: 'two', baseName: 'B' }),
        from({ baseName: 'B' }),
      ].map((given) => store.open(given));
      expect(numbers.map(({ delivery }) => delivery)).toEqual([1, 1, 1, 1, 2, 3]);
      expect(numbers.map(({ previousBatch }) => previousBatch)).toEqual([null, null, null, null, 'one', 'two']);
    });

    test.each([
      [
        ['B', 'B', 'B.r2', 'B.r2', 'B'],
        [1, 2, 2, 3, 3],
      ],
      [
        ['B.r2', 'B.r3', 'B', 'B', 'B.r4'],
        [1, 1, 1, 4, 2],
      ],
      [
        ['B.r2.r2', 'B.r2', 'B.r2', 'B', 'B', 'B.r1', 'B.r02'],
        [1, 1, 3, 1, 3, 1, 1],
      ],
    ])('no number gives the reports of one base name the names of another: %j', (names, numbers) => {
      const batches = names.map((baseName) => store.open(from({ baseName })));
      expect(batches.map(({ delivery }) => delivery)).toEqual(numbers);
      expect(new Set(batches.map(reportBase)).size).toBe(names.length);
      expect(store.open(from({ baseName: 'B.r3', folder: 'test' })).delivery).toBe(1);
    });

    test('nothing is committed twice', () => {
      const batch = store.open(from());
      store.openStaging(batch, null).commit(verdict(NO_RECORDS));
      const again = store.openStaging(batch, RESULT);
      again.addFinding(createFinding('F001'), null);
      expect(() => again.commit(verdict(NO_RECORDS))).toThrow('committed already');
      again.discard();
      expect([...store.reportSource(batch.id).findings()]).toEqual([]);
    });
  });

  describe('earlier deliveries', () => {
    const content = (sha256: string, changes: Parameters<typeof origin>[1], rejected = 0): string => {
      const batch = store.open(from(changes));
      const counts = { ...NO_RECORDS, records: 3, accepted: 3 - rejected, rejected };
      store.openStaging(batch, null).commit(verdict(counts, { sha256 }));
      return batch.id;
    };

    test('the same content: latest production batch of account and type that was accepted or a duplicate', () => {
      content('x', { receivedAt: '2021-04-01T00:00:00.000Z' });
      const id = content('x', { receivedAt: '2021-04-02T00:00:00.000Z', fileName: 'again.csv' });
      content('x', { receivedAt: '2021-04-03T00:00:00.000Z' }, 1);
      content('x', { receivedAt: '2021-04-03T00:00:00.000Z', mode: 'test' });
      content('x', { receivedAt: '2021-04-03T00:00:00.000Z', account: 'other' });
      content('x', { receivedAt: '2021-04-03T00:00:00.000Z', messageType: 'Variant' });
      content('y', { receivedAt: '2021-04-03T00:00:00.000Z' });
      expect(store.sameContent('lab', 'Result', 'x', 'me')).toEqual({
        id,
        fileName: 'again.csv',
        sha256: 'x',
        records: 3,
        receivedAt: '2021-04-02T00:00:00.000Z',
      });
      expect(store.sameContent('lab', 'Result', 'x', id)).toMatchObject({ receivedAt: '2021-04-01T00:00:00.000Z' });
      expect(store.sameContent('lab', 'Result', 'z', 'me')).toBeNull();
    });

    test('the same name: latest batch of account and folder whose content is known', () => {
      content('x', { fileName: 'n.csv' });
      content('y', { fileName: 'n.csv', folder: 'test' });
      content('y', { fileName: 'N.csv' });
      store.open(from({ fileName: 'n.csv' }));
      expect(store.sameName('lab', 'root', 'n.csv', 'me')).toMatchObject({ sha256: 'x' });
      expect(store.sameName('lab', 'root', 'm.csv', 'me')).toBeNull();
    });
  });

  describe('within a file', () => {
    test('equal records are stored once (D405), differing ones not at all (D403)', () => {
      const records = [
        staged(1, ['once', 'p', '1', '']),
        staged(2, ['twice', 'p', '', 'x']),
        staged(3, ['differ', 'p', '', '']),
        staged(4, ['twice', 'p', '', 'x'], { warned: true }),
        staged(5, ['differ', 'p', '1', '']),
        staged(6, ['differ', 'p', '', '']),
      ];
      const { counts, findings } = deliver(store, { origin: from(), records });
      expect(counts).toEqual({ ...NO_RECORDS, records: 6, accepted: 2, rejected: 3, duplicate: 1 });
      expect(findings).toEqual([
        { ...createFinding('D403', { line: 4, record: 3, params: { lines: '6, 7' } }), recordKey: 'differ', seq: 1 },
        { ...createFinding('D405', { line: 5, record: 4, params: { firstLine: 3 } }), recordKey: 'twice', seq: 2 },
        { ...createFinding('D403', { line: 6, record: 5, params: { lines: '4, 7' } }), recordKey: 'differ', seq: 3 },
        { ...createFinding('D403', { line: 7, record: 6, params: { lines: '4, 6' } }), recordKey: 'differ', seq: 4 },
      ]);
    });

    test('records on one line are named by their numbers', () => {
      const records = [
        staged(1, ['differ', 'p', '1', ''], { line: 1 }),
        staged(2, ['differ', 'p', '2', ''], { line: 1 }),
        staged(3, ['twice', 'p', '', ''], { line: 1 }),
        staged(4, ['twice', 'p', '', ''], { line: 1 }),
      ];
      const { findings } = deliver(store, { origin: from(), records });
      expect(findings.map(({ code, params }) => [code, params])).toEqual([
        ['D403', { lines: '1', records: '2' }],
        ['D403', { lines: '1', records: '1' }],
        ['D405', { firstLine: 1, firstRecord: 3 }],
      ]);
    });

    test('a conflict names at most twenty other lines', () => {
      const records = Array.from({ length: 25 }, (_, i) => staged(i + 1, ['k', 'p', String(i)]));
      const { findings } = deliver(store, { origin: from(), records });
      expect(findings).toHaveLength(25);
      const lines = Array.from({ length: 20 }, (_, i) => i + 3).join(', ');
      expect(findings[0]?.params).toEqual({ lines: `${lines}, ...` });
    });
  });

  describe('against the store', () => {
    test('the same again is a duplicate, with where it stands (D402)', () => {
      const first = from({ fileName: 'first.csv' });
      deliver(store, { origin: first, records: [staged(1, ['a', 'p', '1', '']), staged(2, ['b', 'p', '', ''])] });
      const again = deliver(store, { origin: from(later(1)), records: [staged(7, ['b', 'p', '', ''])] });
      expect(again.counts).toEqual({ ...NO_RECORDS, records: 1, duplicate: 1 });
      const params = { earlierFile: 'first.csv', earlierLine: 3, earlierBatch: first.id };
      expect(again.findings).toEqual([
        { ...createFinding('D402', { line: 8, record: 7, params }), recordKey: 'b', seq: 1 },
      ]);
    });

    test('other content is a new version (D404), of this sender and type only', () => {
      deliver(store, { origin: from({ fileName: 'first.csv' }), records: [staged(1, ['a', 'p', '1', ''])] });
      const strangers = [
        deliver(store, {
          origin: from({ ...later(1), sender: '12345678' }),
          records: [staged(1, ['a', 'p', '2', ''])],
        }),
        deliver(store, { origin: from(later(1)), type: VARIANT, records: [staged(1, ['a', 'p', ''])] }),
      ];
      expect(strangers.map(({ codes }) => codes)).toEqual([[], []]);
      const corrected = deliver(store, { origin: from(later(2)), records: [staged(1, ['a', 'p', '2', ''])] });
      expect(corrected.counts).toEqual({ ...NO_RECORDS, records: 1, accepted: 1, corrected: 1 });
      const params = { version: 2, earlierFile: 'first.csv', earlierLine: 2 };
      expect(corrected.findings).toEqual([
        { ...createFinding('D404', { line: 2, record: 1, params }), recordKey: 'a', seq: 1 },
      ]);
      const third = deliver(store, { origin: from(later(3)), records: [staged(1, ['a', 'p', '', ''])] });
      expect(third.findings[0]?.params).toEqual({ version: 3, earlierFile: 'day2.csv', earlierLine: 2 });
    });

    test('the key of another patient is refused (D406), and what repeats it too', () => {
      deliver(store, { origin: from({ fileName: 'first.csv' }), records: [staged(1, ['a', 'p', '1', ''])] });
      const records = [staged(1, ['a', 'q', '1', '']), staged(2, ['a', 'q', '1', '']), staged(3, ['b', 'q', '', ''])];
      const { counts, findings } = deliver(store, { origin: from(later(1)), records });
      expect(counts).toEqual({ ...NO_RECORDS, records: 3, accepted: 1, rejected: 2 });
      const params = { earlierFile: 'first.csv', earlierLine: 2 };
      expect(findings).toEqual([
        { ...createFinding('D406', { line: 2, record: 1, params }), recordKey: 'a', seq: 1 },
        { ...createFinding('D406', { line: 3, record: 2, params }), recordKey: 'a', seq: 2 },
      ]);
    });

    test('an earlier file processed late becomes a version that is superseded already', () => {
      deliver(store, { origin: from(later(5)), records: [staged(1, ['a', 'p', 'new', ''])] });
      const late = deliver(store, { origin: from(later(1)), records: [staged(1, ['a', 'p', 'old', ''])] });
      expect(late.codes).toEqual(['D404@1']);
      expect(late.counts).toMatchObject({ accepted: 1, corrected: 1 });
      const same = deliver(store, { origin: from(later(5)), records: [staged(1, ['a', 'p', 'new', ''])] });
      expect(same.codes).toEqual(['D402@1']);
      const old = deliver(store, { origin: from(later(2)), records: [staged(1, ['a', 'p', 'old', ''])] });
      expect(old.codes).toEqual(['D402@1']);
      expect(old.findings[0]?.params).toMatchObject({ earlierFile: 'day1.csv' });
    });

    test('a replay keeps the place of its original among files of one name', () => {
      const first = from({ receivedAt: '2021-04-03T10:00:00.000Z' });
      deliver(store, { origin: first, records: [staged(1, ['a', 'p', 'first', ''])] });
      const second = from({ receivedAt: '2021-04-03T11:00:00.000Z' });
      deliver(store, { origin: second, records: [staged(1, ['a', 'p', 'second', ''])] });
      const replay = from({ receivedAt: '2021-07-01T00:00:00.000Z', cause: 'replay', replayOf: first.id, run: 2 });
      const replayed = deliver(store, { origin: replay, records: [staged(1, ['a', 'p', 'first', ''])] });
      expect(replayed.codes).toEqual(['D402@1']);
      const again = from({ receivedAt: '2021-07-02T00:00:00.000Z', cause: 'replay', replayOf: replay.id, run: 3 });
      deliver(store, { origin: again, records: [staged(1, ['a', 'p', 'first, by new rules', ''])] });
      const same = deliver(store, { origin: from(later(1)), records: [staged(1, ['a', 'p', 'second', ''])] });
      expect(same.codes).toEqual(['D402@1']);
    });

    test('a test batch is judged against the store and stores nothing', () => {
      deliver(store, { origin: from(), records: [staged(1, ['a', 'p', '1', ''])] });
      const records = [staged(1, ['a', 'p', '2', '']), staged(2, ['b', 'p', '', ''])];
      const rehearsal = { ...later(1), mode: 'test', folder: 'test' } as const;
      for (let twice = 0; twice < 2; twice++) {
        const { counts, codes } = deliver(store, { origin: from(rehearsal), records });
        expect(counts).toEqual({ ...NO_RECORDS, records: 2, accepted: 2, corrected: 1 });
        expect(codes).toEqual(['D404@1']);
      }
      const real = deliver(store, { origin: from(later(2)), records });
      expect(real.findings[0]?.params).toMatchObject({ version: 2 });
    });
  });

  describe('what a message follows (R311)', () => {
    test.each([
      ['none stored', '', '2021-04-03 10:00:00', true],
      ['one on the same day', '2021-04-03 23:00:00', '2021-04-03 10:00:00', false],
      ['one 30 days before', '2021-03-04 00:00:00', '2021-04-03 23:59:59', false],
      ['one 31 days before', '2021-03-03 23:59:59', '2021-04-03 00:00:00', true],
      ['one 30 days after', '2021-05-03', '2021-04-03', false],
      ['a date that is no whole date', '2021-04-03', '2021-04', false],
      ['no date', '2021-04-03', '', false],
    ])('%s', (_case, earlier, date, warns) => {
      const earlierRecords = earlier === '' ? [] : [staged(1, ['t', 'p', '', earlier])];
      deliver(store, { origin: from(), records: earlierRecords });
      const variant = { origin: from({ ...later(1), messageType: 'Variant' }), type: VARIANT };
      const { counts, findings } = deliver(store, { ...variant, records: [staged(1, ['v', 'p', date])] });
      expect(counts).toEqual({ ...NO_RECORDS, records: 1, accepted: 1, acceptedWithWarning: warns ? 1 : 0 });
      const params = { messageType: 'Result', days: 30 };
      const finding = createFinding('R311', { line: 2, record: 1, field: 'CollectedAt', value: date, params });
      expect(findings).toEqual(warns ? [{ ...finding, recordKey: 'v', seq: 1 }] : []);
    });

    test('is asked of current versions only', () => {
      deliver(store, { origin: from(), records: [staged(1, ['t', 'p', '', '2021-04-03'])] });
      deliver(store, { origin: from(later(1)), records: [staged(1, ['t', 'p', '', '2020-04-03'])] });
      const records = [staged(1, ['v', 'p', '2021-04-03'])];
      expect(deliver(store, { origin: from(later(2)), type: VARIANT, records }).codes).toEqual(['R311@1']);
    });

    test('is asked of the same patient, and of records that are stored only', () => {
      deliver(store, { origin: from(), records: [staged(1, ['t', 'other', '', '2021-04-03'])] });
      const records = [
        staged(1, ['v', 'p', '2021-04-03']),
        staged(2, ['v', 'p', '2021-04-03']),
        staged(3, ['w', 'p', '2021-04-03']),
        staged(4, ['w', 'p', '2021-04-04']),
      ];
      const { counts, codes } = deliver(store, { origin: from(later(1)), type: VARIANT, records });
      expect(codes).toEqual(['R311@1', 'D405@2', 'D403@3', 'D403@4']);
      expect(counts).toMatchObject({ accepted: 1, acceptedWithWarning: 1, duplicate: 1, rejected: 2 });
    });
  });

  describe('staging', () => {
    test('counts before settling, and rejecting all', () => {
      const batch = store.open(from());
      const staging = store.openStaging(batch, RESULT);
      staging.addRecord(staged(1, ['a', 'p', '', ''], { warned: true }));
      staging.addRejected({ record: 2, line: 3, offset: 200, length: 9 });
      staging.addRecord(staged(3, ['a', 'p', '', '']));
      expect(staging.counts()).toEqual({ ...NO_RECORDS, records: 3, accepted: 2, acceptedWithWarning: 1, rejected: 1 });
      staging.settle();
      expect(staging.counts()).toMatchObject({ records: 3, accepted: 1, rejected: 1, duplicate: 1 });
      staging.addFinding(createFinding('F013', { params: { rejected: 1, records: 3, limit: '0' } }), null);
      staging.rejectAll();
      expect(staging.counts()).toEqual({ ...NO_RECORDS, records: 3, rejected: 3 });
      staging.commit(verdict(staging.counts(), { outcome: 'REJECTED' }));
      const source = store.reportSource(batch.id);
      expect([...source.findings()].map(({ code }) => code)).toEqual(['F013']);
      expect([...source.rejected()].map(({ record, length }) => [record, length])).toEqual([
        [1, 99],
        [2, 9],
        [3, 99],
      ]);
      const after = deliver(store, { origin: from(later(1)), records: [staged(1, ['a', 'p', '', ''])] });
      expect(after.codes).toEqual([]);
    });

    test('nothing of a discarded batch is there, and it can be done again', () => {
      const batch = store.open(from());
      for (const settle of [false, true, false]) {
        const staging = store.openStaging(batch, RESULT);
        staging.addRecord(staged(1, ['a', 'p', '', '']));
        staging.addFinding(createFinding('P101'), null);
        if (settle) staging.settle();
        staging.discard();
        staging.discard();
        expect(() => staging.addFinding(createFinding('P101'), null)).toThrow(Fault);
        expect(() => staging.settle()).toThrow(Fault);
      }
      expect(store.batch(batch.id)).toEqual(batch);
      const { counts, codes } = deliver(store, { origin: from(later(1)), records: [staged(1, ['a', 'p', '', ''])] });
      expect([counts.accepted, codes]).toEqual([1, []]);
    });

    test('another batch may be opened and read while one is staged, but not written once it is held', () => {
      const staging = store.openStaging(store.open(from()), RESULT);
      staging.addRecord(staged(1, ['a', 'p', '', '']));
      const other = store.open(from());
      staging.addRecord(staged(2, ['b', 'p', '', '']));
      staging.settle();
      expect(staging.hold()).toBe(true);
      expect(() => store.markClaimed(other.id, AT)).toThrow('between settle and commit');
      expect(store.batch(other.id)).not.toBeNull();
      staging.commit(verdict(staging.counts()));
      store.markClaimed(other.id, AT);
    });

    test('records are not committed unsettled', () => {
      const staging = store.openStaging(store.open(from()), RESULT);
      staging.addRecord(staged(1, ['a', 'p', '', '']));
      expect(() => staging.commit(verdict(staging.counts()))).toThrow('settled before');
      staging.discard();
    });

    test('what is staged can be reported without a commit', () => {
      const batch = store.open(from());
      const staging = store.openStaging(batch, RESULT);
      staging.addRecord(staged(1, ['a', 'p', '', '']));
      staging.addRecord(staged(2, ['a', 'p', 'x', '']));
      staging.settle();
      staging.addFinding(createFinding('P101'), null);
      const source = staging.reportSource();
      expect([...source.findings()].map(({ code, seq }) => `${seq} ${code}`)).toEqual(['1 P101', '2 D403', '3 D403']);
      expect([...source.rejected()].map(({ record, findings }) => [record, findings.length])).toEqual([
        [1, 1],
        [2, 1],
      ]);
      staging.discard();
      expect([...store.reportSource(batch.id).findings()]).toEqual([]);
    });
  });
});

describe('writes that go together', () => {
  let store: BatchStore;
  beforeEach(() => {
    store = openBatchStore({ path: ':memory:', catalogue: CATALOGUE });
    store.together(() => ['first', 'second'].map((id, day) => store.open(origin(id, laterBy(day)))));
  });
  afterEach(() => store.close());

  const laterBy = (day: number): Parameters<typeof origin>[1] => ({ fileTime: `2021-05-0${day + 1} 12:00:00` });

  function judge(id: string): Staging {
    const staging = store.openStaging(store.batch(id)!, RESULT);
    staging.addRecord(staged(1, ['T1', 'P1']));
    staging.addRecord(staged(2, ['T2', 'P2']));
    staging.settle();
    return staging;
  }

  function commit(id: string): BatchCounts {
    const staging = judge(id);
    const counts = staging.counts();
    staging.commit(verdict(counts));
    return counts;
  }

  test('are there afterwards, and each sees those before it', () => {
    const [first, second] = store.together(() => [commit('first'), commit('second')]);
    expect(first).toMatchObject({ accepted: 2, duplicate: 0 });
    expect(second).toMatchObject({ accepted: 0, duplicate: 2 });
    expect(store.batch('second')).toMatchObject({ state: 'committed', duplicate: 2 });
  });

  test.each([
    ['leaves its staging area open', () => undefined],
    ['discards its staging area', (staging: Staging) => staging.discard()],
  ])('are all undone when one of them fails and %s, and each may be done alone then', (_what, give) => {
    const action = (): void => {
      commit('first');
      give(judge('second'));
      throw new Fault('S901', 'the disk', { retryable: true });
    };
    expect(() => store.together(action)).toThrow('the disk');
    expect(store.batch('first')).toMatchObject({ state: 'ready', records: 0 });
    expect(commit('second')).toMatchObject({ accepted: 2, duplicate: 0 });
    expect(commit('first')).toMatchObject({ accepted: 0, duplicate: 2 });
  });

  test('may not end between settle and commit', () => {
    expect(() => store.together(() => judge('first'))).toThrow('between settle and commit');
    expect(commit('first').accepted).toBe(2);
  });

  test('may be none', () => {
    expect(store.together(() => store.batch('nobody'))).toBeNull();
    expect(store.together(() => store.open(origin('later')).state)).toBe('ready');
  });
});
