import { setTimeout as pause } from 'node:timers/promises';
import { youngCollector } from '../../../../src/adapters/sftp/collect-young';

test('frees buffers that nobody uses any more', async () => {
  const collect = youngCollector();
  collect();
  const before = process.memoryUsage().arrayBuffers;
  const held = (): number => process.memoryUsage().arrayBuffers - before;
  for (let count = 0; count < 20; count += 1) Buffer.allocUnsafeSlow(100_000);
  // The engine lets go of them in a thread of its own.
  for (let turn = 0; turn < 100 && held() >= 500_000; turn += 1) {
    collect();
    await pause(5);
  }
  expect(held()).toBeLessThan(500_000);
});
