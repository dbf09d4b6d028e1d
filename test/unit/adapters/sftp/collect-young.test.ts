import { youngCollector } from '../../../../src/adapters/sftp/collect-young';

test('frees buffers that nobody uses any more', () => {
  const collect = youngCollector();
  collect();
  const before = process.memoryUsage().arrayBuffers;
  for (let count = 0; count < 20; count += 1) Buffer.allocUnsafeSlow(100_000);
  collect();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(500_000);
});
