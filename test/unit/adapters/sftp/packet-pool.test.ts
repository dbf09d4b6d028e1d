import { PacketPool } from '../../../../src/adapters/sftp/packet-pool';

const LARGE = 20_000;

test('hands a large packet out again, to one at a time, and only for its own length', () => {
  const pool = new PacketPool(10 * LARGE);
  const first = pool.take(LARGE);
  expect(pool.take(LARGE)).not.toBe(first);
  pool.give(first);
  expect(pool.take(LARGE + 1).length).toBe(LARGE + 1);
  expect(pool.take(LARGE)).toBe(first);
  expect(pool.take(LARGE)).not.toBe(first);
});

test('keeps no small ones', () => {
  const pool = new PacketPool(10 * LARGE);
  const small = pool.take(100);
  pool.give(small);
  expect(pool.take(100)).not.toBe(small);
});

test('keeps no more bytes than it may, and lets lengths go that nobody asks for', () => {
  const pool = new PacketPool(2 * LARGE);
  const given = [1, 2, 3].map(() => pool.take(LARGE));
  for (const packet of given) pool.give(packet);
  const again = [1, 2, 3].map(() => pool.take(LARGE));
  expect(given.filter((packet) => again.includes(packet))).toEqual(given.slice(0, 2));
  for (const packet of again) pool.give(packet);
  const other = pool.take(LARGE + 1);
  pool.give(other);
  expect(pool.take(LARGE + 1)).toBe(other);
});
