import { PacketPool, PASSED_MAX_BYTES } from '../../../../src/adapters/sftp/packet-pool';

const LARGE = 20_000;

test('hands a large packet out again, to one at a time, and only for its own length', () => {
  const pool = new PacketPool(10 * LARGE, () => undefined);
  const first = pool.take(LARGE);
  expect(pool.take(LARGE)).not.toBe(first);
  pool.give(first);
  expect(pool.take(LARGE + 1).length).toBe(LARGE + 1);
  expect(pool.take(LARGE)).toBe(first);
  expect(pool.take(LARGE)).not.toBe(first);
});

test('keeps no small ones', () => {
  const pool = new PacketPool(10 * LARGE, () => undefined);
  const small = pool.take(100);
  pool.give(small);
  expect(pool.take(100)).not.toBe(small);
});

test('keeps no more bytes than it may, and lets lengths go that nobody asks for', () => {
  const pool = new PacketPool(2 * LARGE, () => undefined);
  const given = [1, 2, 3].map(() => pool.take(LARGE));
  for (const packet of given) pool.give(packet);
  const again = [1, 2, 3].map(() => pool.take(LARGE));
  expect(given.filter((packet) => again.includes(packet))).toEqual(given.slice(0, 2));
  for (const packet of again) pool.give(packet);
  const other = pool.take(LARGE + 1);
  pool.give(other);
  expect(pool.take(LARGE + 1)).toBe(other);
});

test('has what came with the packets collected after so many bytes of them, of any length', () => {
  let collections = 0;
  const pool = new PacketPool(10 * LARGE, () => (collections += 1));
  for (let taken = 100_000; taken < PASSED_MAX_BYTES; taken += 100_000) pool.give(pool.take(100_000));
  expect(collections).toBe(0);
  for (let times = 0; times < 3; times += 1) pool.take(PASSED_MAX_BYTES / 2);
  expect(collections).toBe(2);
});
