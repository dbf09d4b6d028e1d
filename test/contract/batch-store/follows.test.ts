/** Whether what a message follows is stored. */
import { NO_RECORDS } from '../../../src/domain/batch';
import { createFinding } from '../../../src/domain/create-finding';
import { deliver } from './deliver';
import { describeEachStore, later } from './each-store';
import { staged, VARIANT } from './fixtures';

describeEachStore(({ store, from }) => {
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
      deliver(store(), { origin: from(), records: earlierRecords });
      const variant = { origin: from({ ...later(1), messageType: 'Variant' }), type: VARIANT };
      const { counts, findings } = deliver(store(), { ...variant, records: [staged(1, ['v', 'p', date])] });
      expect(counts).toEqual({ ...NO_RECORDS, records: 1, accepted: 1, acceptedWithWarning: warns ? 1 : 0 });
      const params = { messageType: 'Result', days: 30 };
      const finding = createFinding('R311', { line: 2, record: 1, field: 'CollectedAt', value: date, params });
      expect(findings).toEqual(warns ? [{ ...finding, recordKey: 'v', seq: 1 }] : []);
    });

    test('is asked of current versions only', () => {
      deliver(store(), { origin: from(), records: [staged(1, ['t', 'p', '', '2021-04-03'])] });
      deliver(store(), { origin: from(later(1)), records: [staged(1, ['t', 'p', '', '2020-04-03'])] });
      const records = [staged(1, ['v', 'p', '2021-04-03'])];
      expect(deliver(store(), { origin: from(later(2)), type: VARIANT, records }).codes).toEqual(['R311@1']);
    });

    test('is asked of the same patient, and of records that are stored only', () => {
      deliver(store(), { origin: from(), records: [staged(1, ['t', 'other', '', '2021-04-03'])] });
      const records = [
        staged(1, ['v', 'p', '2021-04-03']),
        staged(2, ['v', 'p', '2021-04-03']),
        staged(3, ['w', 'p', '2021-04-03']),
        staged(4, ['w', 'p', '2021-04-04']),
      ];
      const { counts, codes } = deliver(store(), { origin: from(later(1)), type: VARIANT, records });
      expect(codes).toEqual(['R311@1', 'D405@2', 'D403@3', 'D403@4']);
      expect(counts).toMatchObject({ accepted: 1, acceptedWithWarning: 1, duplicate: 1, rejected: 2 });
    });
  });
});
