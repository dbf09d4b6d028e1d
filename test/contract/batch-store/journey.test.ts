/** A batch on its way through the store: its steps, its place among others, and what sets it aside. */
import { NO_RECORDS } from '../../../src/domain/batch';
import { reportBase } from '../../../src/domain/batch-record';
import { createFinding } from '../../../src/domain/create-finding';
import { Fault } from '../../../src/domain/fault';
import { verdict } from './deliver';
import { AT, describeEachStore } from './each-store';
import { RESULT } from './fixtures';

describeEachStore(({ store, from }) => {
  describe('journey', () => {
    test('a batch keeps what it was opened with', () => {
      const given = from({ sender: null, messageType: null, replayOf: null, language: 'nl' });
      expect(store().open(given)).toEqual({
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
      const { id } = store().open(from());
      store().markClaimed(id, AT);
      store().markClaimed(id, 'later');
      const staging = store().openStaging(store().batch(id)!, null);
      const reading = {
        dialect: { format: 'csv', encoding: 'utf-8', bom: true, delimiter: ';', eol: 'lf' },
        header: { offset: 3, length: 40 },
      } as const;
      staging.commit(verdict(NO_RECORDS, { ...reading, outcome: 'REJECTED' }));
      store().markReported(id, AT);
      store().markReported(id, 'later');
      store().markArchived(id, AT);
      store().markArchived(id, 'later');
      expect(store().batch(id)).toMatchObject({
        ...reading,
        state: 'archived',
        outcome: 'REJECTED',
        claimedAt: AT,
        committedAt: '2021-04-03T10:00:02.000Z',
        reportedAt: AT,
        archivedAt: AT,
      });
      expect(store().unfinished()).toEqual([]);
    });

    test('opening twice changes nothing', () => {
      const given = from();
      const first = store().open(given);
      store().markClaimed(given.id, AT);
      expect(store().open({ ...given, fileName: 'other' })).toEqual({ ...first, state: 'claimed', claimedAt: AT });
    });

    test('a step out of order is a bug, not a change', () => {
      const { id } = store().open(from());
      for (const step of [() => store().markReported(id, AT), () => store().markArchived(id, AT)]) {
        expect(step).toThrow(Fault);
        expect(step).toThrow('is ready, not');
      }
      expect(() => store().markClaimed('unknown', AT)).toThrow('not in the store');
      expect(store().batch('unknown')).toBeNull();
    });

    test('unfinished batches come oldest first', () => {
      store().open(from({ id: 'b', receivedAt: '2021-04-03T10:00:02.000Z' }));
      store().open(from({ id: 'c', receivedAt: '2021-04-03T10:00:01.000Z' }));
      expect(
        store()
          .unfinished()
          .map(({ id }) => id),
      ).toEqual(['c', 'b']);
    });

    test('a batch that is set aside keeps its state and is not unfinished any more', () => {
      const first = store().open(from());
      const second = store().open(from());
      store().markClaimed(first.id, AT);
      store().quarantine(first.id, AT, 'why');
      store().quarantine(first.id, '2022-01-01T00:00:00.000Z', 'why again');
      expect(
        store()
          .unfinished()
          .map(({ id }) => id),
      ).toEqual([second.id]);
      expect(store().quarantined()).toEqual([{ batch: store().batch(first.id), at: AT, reason: 'why' }]);
      expect(store().batch(first.id)?.state).toBe('claimed');
      store().quarantine('unknown', AT, 'why');
    });

    test('a batch can be withdrawn until it is claimed', () => {
      const first = store().open(from());
      store().withdraw(first.id);
      expect(store().batch(first.id)).toBeNull();
      const second = store().open(from());
      expect(second.delivery).toBe(1);
      store().markClaimed(second.id, AT);
      store().withdraw(second.id);
      expect(store().batch(second.id)).not.toBeNull();
    });

    test('deliveries are numbered by account, folder and exact base name', () => {
      const numbers = [
        from({ id: 'one', baseName: 'B' }),
        from({ baseName: 'B', account: 'other' }),
        from({ baseName: 'B', folder: 'test' }),
        from({ baseName: 'b' }),
        from({ id: 'two', baseName: 'B' }),
        from({ baseName: 'B' }),
      ].map((given) => store().open(given));
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
      const batches = names.map((baseName) => store().open(from({ baseName })));
      expect(batches.map(({ delivery }) => delivery)).toEqual(numbers);
      expect(new Set(batches.map(reportBase)).size).toBe(names.length);
      expect(store().open(from({ baseName: 'B.r3', folder: 'test' })).delivery).toBe(1);
    });

    test('nothing is committed twice', () => {
      const batch = store().open(from());
      store().openStaging(batch, null).commit(verdict(NO_RECORDS));
      const again = store().openStaging(batch, RESULT);
      again.addFinding(createFinding('F001'), null);
      expect(() => again.commit(verdict(NO_RECORDS))).toThrow('committed already');
      again.discard();
      expect([...store().reportSource(batch.id).findings()]).toEqual([]);
    });
  });
});
