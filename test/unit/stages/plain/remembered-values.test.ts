import { RememberedValues } from '../../../../src/stages/plain/remembered-values';

/** All words of two letters, up to six letters long: many share a place, and many begin with one another. */
const words = Array.from({ length: 6 }, (_, i) => i + 1).flatMap((length) =>
  Array.from({ length: 2 ** length }, (_, i) => i.toString(2).padStart(length, '0')),
);
const long = ['x'.repeat(24), 'x'.repeat(25), `${'x'.repeat(23)}y`, 'é'.repeat(12), 'é'.repeat(13)];
const BEFORE = 'some bytes that stand before the value, ';

function asked(text: string): [Buffer, number, number] {
  const bytes = Buffer.from(`${BEFORE}${text};`);
  return [bytes, BEFORE.length, bytes.length - 1];
}

it('knows what it was given last at each place, and never anything else', () => {
  const known = new RememberedValues();
  const given = new Set<string>();
  for (const word of [...words, ...words.toReversed(), ...long]) {
    known.add(...asked(word));
    given.add(word);
    expect(known.has(...asked(word))).toBe(Buffer.byteLength(word) <= 24);
  }
  expect([...words, ...long].filter((word) => known.has(...asked(word))).length).toBeLessThan(66);
});

it.each(words.slice(0, 62))('is not misled by what begins like %s or shares its place', (word) => {
  const known = new RememberedValues();
  known.add(...asked(word));
  expect([...words, ...long].filter((other) => known.has(...asked(other)))).toEqual([word]);
});

it('knows nothing at first', () => {
  const known = new RememberedValues();
  expect(['', '\0', '\0\0', 'a', ...words].filter((word) => word !== '' && known.has(...asked(word)))).toEqual([]);
});
