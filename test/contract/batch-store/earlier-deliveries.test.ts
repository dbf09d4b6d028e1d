/** What the store finds of files that came before, by their content or by their name. */
import { NO_RECORDS } from '../../../src/domain/batch';
import type { BatchOrigin } from '../../../src/domain/batch-record';
import { verdict } from './deliver';
import { describeEachStore } from './each-store';

describeEachStore(({ store, from }) => {
  describe('earlier deliveries', () => {
    const content = (sha256: string, changes: Partial<BatchOrigin>, rejected = 0): string => {
      const batch = store().open(from(changes));
      const counts = { ...NO_RECORDS, records: 3, accepted: 3 - rejected, rejected };
      store().openStaging(batch, null).commit(verdict(counts, { sha256 }));
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
      expect(store().sameContent('lab', 'Result', 'x', 'me')).toEqual({
        id,
        fileName: 'again.csv',
        sha256: 'x',
        records: 3,
        receivedAt: '2021-04-02T00:00:00.000Z',
      });
      expect(store().sameContent('lab', 'Result', 'x', id)).toMatchObject({ receivedAt: '2021-04-01T00:00:00.000Z' });
      expect(store().sameContent('lab', 'Result', 'z', 'me')).toBeNull();
    });

    test('the same name: latest batch of account and folder whose content is known', () => {
      content('x', { fileName: 'n.csv' });
      content('y', { fileName: 'n.csv', folder: 'test' });
      content('y', { fileName: 'N.csv' });
      store().open(from({ fileName: 'n.csv' }));
      expect(store().sameName('lab', 'root', 'n.csv', 'me')).toMatchObject({ sha256: 'x' });
      expect(store().sameName('lab', 'root', 'm.csv', 'me')).toBeNull();
    });
  });
});
