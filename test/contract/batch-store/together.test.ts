/** Writes of several batches in one transaction: all of them or none. */
import { openBatchStore } from '../../../src/adapters/sqlite/open-batch-store';
import type { BatchCounts } from '../../../src/domain/batch';
import { Fault } from '../../../src/domain/fault';
import type { BatchStore, Staging } from '../../../src/ports/batch-store';
import { verdict } from './deliver';
import { CATALOGUE, origin, RESULT, staged } from './fixtures';

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
