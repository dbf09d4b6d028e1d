import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { youngCollector } from '../../../../src/adapters/sftp/collect-young';

/** What the engine tells of a collection. */
interface Collection {
  readonly detail: { readonly kind: number; readonly flags: number };
}

test('each call is one collection of what is young', async () => {
  const collect = youngCollector();
  const forced: number[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { detail } of list.getEntries() as unknown as readonly Collection[]) {
      if ((detail.flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0) forced.push(detail.kind);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  for (let times = 0; times < 3; times += 1) collect();
  for (let turn = 0; turn < 100 && forced.length < 3; turn += 1) await pause(10);
  observer.disconnect();
  expect(forced).toEqual(new Array(3).fill(constants.NODE_PERFORMANCE_GC_MINOR));
});
