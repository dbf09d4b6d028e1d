/** What lies staged between the reading of a batch and its commit. */
import { NO_RECORDS } from '../../../src/domain/batch';
import { createFinding } from '../../../src/domain/create-finding';
import { Fault } from '../../../src/domain/fault';
import { deliver, verdict } from './deliver';
import { AT, describeEachStore, later } from './each-store';
import { RESULT, staged } from './fixtures';

describeEachStore(({ store, from }) => {
  describe('staging', () => {
    test('counts before settling, and rejecting all', () => {
      const batch = store().open(from());
      const staging = store().openStaging(batch, RESULT);
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
      const source = store().reportSource(batch.id);
      expect([...source.findings()].map(({ code }) => code)).toEqual(['F013']);
      expect([...source.rejected()].map(({ record, length }) => [record, length])).toEqual([
        [1, 99],
        [2, 9],
        [3, 99],
      ]);
      const after = deliver(store(), { origin: from(later(1)), records: [staged(1, ['a', 'p', '', ''])] });
      expect(after.codes).toEqual([]);
    });

    test('nothing of a discarded batch is there, and it can be done again', () => {
      const batch = store().open(from());
      for (const settle of [false, true, false]) {
        const staging = store().openStaging(batch, RESULT);
        staging.addRecord(staged(1, ['a', 'p', '', '']));
        staging.addFinding(createFinding('P101'), null);
        if (settle) staging.settle();
        staging.discard();
        staging.discard();
        expect(() => staging.addFinding(createFinding('P101'), null)).toThrow(Fault);
        expect(() => staging.settle()).toThrow(Fault);
      }
      expect(store().batch(batch.id)).toEqual(batch);
      const { counts, codes } = deliver(store(), { origin: from(later(1)), records: [staged(1, ['a', 'p', '', ''])] });
      expect([counts.accepted, codes]).toEqual([1, []]);
    });

    test('another batch may be opened and read while one is staged, but not written once it is held', () => {
      const staging = store().openStaging(store().open(from()), RESULT);
      staging.addRecord(staged(1, ['a', 'p', '', '']));
      const other = store().open(from());
      staging.addRecord(staged(2, ['b', 'p', '', '']));
      staging.settle();
      expect(staging.hold()).toBe(true);
      expect(() => store().markClaimed(other.id, AT)).toThrow('between settle and commit');
      expect(store().batch(other.id)).not.toBeNull();
      staging.commit(verdict(staging.counts()));
      store().markClaimed(other.id, AT);
    });

    test('records are not committed unsettled', () => {
      const staging = store().openStaging(store().open(from()), RESULT);
      staging.addRecord(staged(1, ['a', 'p', '', '']));
      expect(() => staging.commit(verdict(staging.counts()))).toThrow('settled before');
      staging.discard();
    });

    test('what is staged can be reported without a commit', () => {
      const batch = store().open(from());
      const staging = store().openStaging(batch, RESULT);
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
      expect([...store().reportSource(batch.id).findings()]).toEqual([]);
    });
  });
});
