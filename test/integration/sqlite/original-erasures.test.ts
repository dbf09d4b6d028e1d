import { join } from 'node:path';
import { openBatchStore } from '../../../src/adapters/sqlite/open-batch-store';
import { openFindingsPurge } from '../../../src/adapters/sqlite/purge-findings';
import { deliver } from '../../contract/batch-store/deliver';
import { CATALOGUE, origin, staged } from '../../contract/batch-store/fixtures';
import { temporaryFolder } from './temporary-folder';

const dir = temporaryFolder();
const BEFORE = '2021-05-01T00:00:00.000Z';

test('batches whose original is not noted as erased come in pages, and those that are noted no more', () => {
  const path = join(dir, 'labdrop.db');
  const store = openBatchStore({ path, catalogue: CATALOGUE });
  const ids = ['aaaa-1', 'aaaa-2', 'aaaa-3', 'aaaa-4', 'aaaa-5'];
  for (const id of ids) {
    const receivedAt = id === 'aaaa-4' ? BEFORE : '2021-04-30T23:59:59.999Z';
    deliver(store, { origin: origin(id, { receivedAt }), records: [staged(1, [id, 'p', '1', ''])] });
    store.markReported(id, receivedAt);
    store.markArchived(id, receivedAt);
  }
  store.close();

  const purge = openFindingsPurge(path);
  const page = (after: string): readonly string[] =>
    purge.unerasedOriginals({ before: BEFORE, after, limit: 2 }).map(({ id }) => id);
  expect([page(''), page('aaaa-2'), page('aaaa-5')]).toEqual([['aaaa-1', 'aaaa-2'], ['aaaa-3', 'aaaa-5'], []]);
  purge.noteErasedOriginals(['aaaa-1', 'aaaa-3'], new Date());
  expect(page('')).toEqual(['aaaa-2', 'aaaa-5']);
  purge.close();
});
