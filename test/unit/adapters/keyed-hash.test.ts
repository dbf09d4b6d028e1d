import fc from 'fast-check';
import { createKeyedHash } from '../../../src/adapters/sqlite/keyed-hash';

const hash = createKeyedHash(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));

test('the same text has the same hash, an exact integer of at most 53 bits', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const value = hash(text);
      expect(value).toBe(hash(`${text} `.slice(0, -1)));
      expect(Number.isSafeInteger(value) && value >= 0).toBe(true);
    }),
  );
});

test('texts that differ a little have other hashes, spread over all bits', () => {
  const hashes = new Set(Array.from({ length: 100_000 }, (_, i) => hash(`81365677\u001fT-${i}`)));
  expect(hashes.size).toBe(100_000);
  const high = [...hashes].filter((value) => value >= 2 ** 52).length;
  expect(high).toBeGreaterThan(49_000);
  expect(high).toBeLessThan(51_000);
});

const pairs = [
  ['', '\0'],
  ['a', 'a\0'],
  ['ab', 'ba'],
  ['abc', 'abd'],
  ['é', 'e'],
];
test.each(pairs)('%j and %j differ', (one, other) => {
  expect(hash(one)).not.toBe(hash(other));
});

test('another secret gives other hashes', () => {
  const other = createKeyedHash(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 9));
  expect(other('81365677')).not.toBe(hash('81365677'));
});
