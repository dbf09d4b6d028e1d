import { ConnectionRate } from '../../../../../src/adapters/sftp/login/connection-rate';
import { RefusalTally } from '../../../../../src/adapters/sftp/login/refusal-tally';

test('lets a minute’s worth in at once, then as many as come back evenly', () => {
  let now = 0;
  const rate = new ConnectionRate(60, () => now);
  const admitted = (): number => Array.from({ length: 100 }, () => rate.admit('192.0.2.1')).filter(Boolean).length;
  expect(admitted()).toBe(60);
  expect(rate.admit('192.0.2.2')).toBe(true);
  now += 5_000;
  expect(admitted()).toBe(5);
  now += 3_600_000;
  expect(admitted()).toBe(60);
});

test('an IPv6 /64 is one', () => {
  const rate = new ConnectionRate(2, () => 0);
  expect(['::1', '::2', '::3'].map((end) => rate.admit(`2001:db8:1:1${end}`))).toEqual([true, true, false]);
});

test('of many refusals one is told in a while, with how many it stands for', () => {
  let now = 0;
  const tally = new RefusalTally(() => now);
  expect([1, 2, 3].map(() => tally.count('192.0.2.1'))).toEqual([1, null, null]);
  expect(tally.count('192.0.2.2')).toBe(1);
  now += 10_000;
  expect(tally.count('192.0.2.1')).toBe(3);
});
