/** Records that repeat, correct or contradict others, of the same file or of earlier ones. */
import { NO_RECORDS } from '../../../src/domain/batch';
import { createFinding } from '../../../src/domain/create-finding';
import { deliver } from './deliver';
import { describeEachStore, later } from './each-store';
import { staged, VARIANT } from './fixtures';

describeEachStore(({ store, from }) => {
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
      const { counts, findings } = deliver(store(), { origin: from(), records });
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
      const { findings } = deliver(store(), { origin: from(), records });
      expect(findings.map(({ code, params }) => [code, params])).toEqual([
        ['D403', { lines: '1', records: '2' }],
        ['D403', { lines: '1', records: '1' }],
        ['D405', { firstLine: 1, firstRecord: 3 }],
      ]);
    });

    test('a conflict names at most twenty other lines', () => {
      const records = Array.from({ length: 25 }, (_, i) => staged(i + 1, ['k', 'p', String(i)]));
      const { findings } = deliver(store(), { origin: from(), records });
      expect(findings).toHaveLength(25);
      const lines = Array.from({ length: 20 }, (_, i) => i + 3).join(', ');
      expect(findings[0]?.params).toEqual({ lines: `${lines}, ...` });
    });
  });

  describe('against the store', () => {
    test('the same again is a duplicate, with where it stands (D402)', () => {
      const first = from({ fileName: 'first.csv' });
      deliver(store(), { origin: first, records: [staged(1, ['a', 'p', '1', '']), staged(2, ['b', 'p', '', ''])] });
      const again = deliver(store(), { origin: from(later(1)), records: [staged(7, ['b', 'p', '', ''])] });
      expect(again.counts).toEqual({ ...NO_RECORDS, records: 1, duplicate: 1 });
      const params = { earlierFile: 'first.csv', earlierLine: 3, earlierBatch: first.id };
      expect(again.findings).toEqual([
        { ...createFinding('D402', { line: 8, record: 7, params }), recordKey: 'b', seq: 1 },
      ]);
    });

    test('other content is a new version (D404), of this sender and type only', () => {
      deliver(store(), { origin: from({ fileName: 'first.csv' }), records: [staged(1, ['a', 'p', '1', ''])] });
      const strangers = [
        deliver(store(), {
          origin: from({ ...later(1), sender: '12345678' }),
          records: [staged(1, ['a', 'p', '2', ''])],
        }),
        deliver(store(), { origin: from(later(1)), type: VARIANT, records: [staged(1, ['a', 'p', ''])] }),
      ];
      expect(strangers.map(({ codes }) => codes)).toEqual([[], []]);
      const corrected = deliver(store(), { origin: from(later(2)), records: [staged(1, ['a', 'p', '2', ''])] });
      expect(corrected.counts).toEqual({ ...NO_RECORDS, records: 1, accepted: 1, corrected: 1 });
      const params = { version: 2, earlierFile: 'first.csv', earlierLine: 2 };
      expect(corrected.findings).toEqual([
        { ...createFinding('D404', { line: 2, record: 1, params }), recordKey: 'a', seq: 1 },
      ]);
      const third = deliver(store(), { origin: from(later(3)), records: [staged(1, ['a', 'p', '', ''])] });
      expect(third.findings[0]?.params).toEqual({ version: 3, earlierFile: 'day2.csv', earlierLine: 2 });
    });

    test('the key of another patient is refused (D406), and what repeats it too', () => {
      deliver(store(), { origin: from({ fileName: 'first.csv' }), records: [staged(1, ['a', 'p', '1', ''])] });
      const records = [staged(1, ['a', 'q', '1', '']), staged(2, ['a', 'q', '1', '']), staged(3, ['b', 'q', '', ''])];
      const { counts, findings } = deliver(store(), { origin: from(later(1)), records });
      expect(counts).toEqual({ ...NO_RECORDS, records: 3, accepted: 1, rejected: 2 });
      const params = { earlierFile: 'first.csv', earlierLine: 2 };
      expect(findings).toEqual([
        { ...createFinding('D406', { line: 2, record: 1, params }), recordKey: 'a', seq: 1 },
        { ...createFinding('D406', { line: 3, record: 2, params }), recordKey: 'a', seq: 2 },
      ]);
    });

    test('an earlier file processed late becomes a version that is superseded already', () => {
      deliver(store(), { origin: from(later(5)), records: [staged(1, ['a', 'p', 'new', ''])] });
      const late = deliver(store(), { origin: from(later(1)), records: [staged(1, ['a', 'p', 'old', ''])] });
      expect(late.codes).toEqual(['D404@1']);
      expect(late.counts).toMatchObject({ accepted: 1, corrected: 1 });
      const same = deliver(store(), { origin: from(later(5)), records: [staged(1, ['a', 'p', 'new', ''])] });
      expect(same.codes).toEqual(['D402@1']);
      const old = deliver(store(), { origin: from(later(2)), records: [staged(1, ['a', 'p', 'old', ''])] });
      expect(old.codes).toEqual(['D402@1']);
      expect(old.findings[0]?.params).toMatchObject({ earlierFile: 'day1.csv' });
    });

    test('a replay keeps the place of its original among files of one name', () => {
      const first = from({ receivedAt: '2021-04-03T10:00:00.000Z' });
      deliver(store(), { origin: first, records: [staged(1, ['a', 'p', 'first', ''])] });
      const second = from({ receivedAt: '2021-04-03T11:00:00.000Z' });
      deliver(store(), { origin: second, records: [staged(1, ['a', 'p', 'second', ''])] });
      const replay = from({ receivedAt: '2021-07-01T00:00:00.000Z', cause: 'replay', replayOf: first.id, run: 2 });
      const replayed = deliver(store(), { origin: replay, records: [staged(1, ['a', 'p', 'first', ''])] });
      expect(replayed.codes).toEqual(['D402@1']);
      const again = from({ receivedAt: '2021-07-02T00:00:00.000Z', cause: 'replay', replayOf: replay.id, run: 3 });
      deliver(store(), { origin: again, records: [staged(1, ['a', 'p', 'first, by new rules', ''])] });
      const same = deliver(store(), { origin: from(later(1)), records: [staged(1, ['a', 'p', 'second', ''])] });
      expect(same.codes).toEqual(['D402@1']);
    });

    test('a test batch is judged against the store and stores nothing', () => {
      deliver(store(), { origin: from(), records: [staged(1, ['a', 'p', '1', ''])] });
      const records = [staged(1, ['a', 'p', '2', '']), staged(2, ['b', 'p', '', ''])];
      const rehearsal = { ...later(1), mode: 'test', folder: 'test' } as const;
      for (let twice = 0; twice < 2; twice++) {
        const { counts, codes } = deliver(store(), { origin: from(rehearsal), records });
        expect(counts).toEqual({ ...NO_RECORDS, records: 2, accepted: 2, corrected: 1 });
        expect(codes).toEqual(['D404@1']);
      }
      const real = deliver(store(), { origin: from(later(2)), records });
      expect(real.findings[0]?.params).toMatchObject({ version: 2 });
    });
  });
});
