/** Seeded randomness, and what it does to bytes and to lists of packets. The same seed gives the same mutants. */

/** Numbers from 0 up to 1, always the same for a seed (mulberry32). */
export function createRandom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (count) => Math.floor(next() * count);
  return {
    below,
    chance: (share) => next() < share,
    pick: (values) => values[below(values.length)],
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => below(256))),
  };
}

const EDGES = [
  0, 1, 2, 3, 4, 5, 31, 32, 127, 128, 255, 256, 1023, 1024, 32767, 32768, 35000, 65535, 65536, 261120, 262144, 263168,
  263169, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];
const TEXTS = [
  '/',
  '..',
  '../../etc/passwd',
  '/reports',
  '/reports/../..',
  '\0',
  '\x1b[2J',
  'a'.repeat(300),
  '.',
  '\xff',
];

const BYTE_MUTATIONS = [
  (bytes, random) => {
    bytes[random.below(bytes.length)] ^= 1 << random.below(8);
    return bytes;
  },
  (bytes, random) => {
    bytes[random.below(bytes.length)] = random.below(256);
    return bytes;
  },
  (bytes, random) => {
    if (bytes.length >= 4) bytes.writeUInt32BE(random.pick(EDGES), random.below(bytes.length - 3));
    return bytes;
  },
  (bytes, random) => {
    if (bytes.length >= 8) bytes.writeBigUInt64BE(2n ** BigInt(random.below(64)) - 1n, random.below(bytes.length - 7));
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => {
    const at = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(40)), bytes.subarray(at)]);
  },
  (bytes, random) => {
    const [from, to] = [random.below(bytes.length), random.below(bytes.length)].sort((a, b) => a - b);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  (bytes, random) => {
    const text = Buffer.from(random.pick(TEXTS), 'latin1');
    const at = random.below(bytes.length);
    text.copy(bytes, at, 0, Math.min(text.length, bytes.length - at));
    return bytes;
  },
];

/** A copy with one to `most` changes. */
export function mutateBytes(bytes, random, most = 4) {
  let mutant = Buffer.from(bytes);
  for (let left = 1 + random.below(most); left > 0 && mutant.length > 0; left--) {
    mutant = random.pick(BYTE_MUTATIONS)(mutant, random);
  }
  return mutant;
}

const LIST_MUTATIONS = [
  (list, at) => list.splice(at, 1),
  (list, at) => list.splice(at, 0, list[at]),
  (list, at, random) => list.push(...list.splice(random.below(list.length), 1)),
  (list, at, random) => list.splice(at, 0, random.pick(list)),
  (list, at, random) => list.splice(at, 0, ...Array.from({ length: random.below(200) }, () => list[at])),
  (list, at, random) => list.splice(at, 0, random.bytes(1 + random.below(60))),
];

/** Packets left out, repeated, moved or made up, and now and then changed themselves. */
export function mutateList(packets, random) {
  const list = [...packets];
  for (let left = random.below(4); left > 0 && list.length > 0; left--) {
    random.pick(LIST_MUTATIONS)(list, random.below(list.length), random);
  }
  return list.map((packet) => (random.chance(0.15) ? mutateBytes(packet, random) : packet));
}

/** Cut in pieces, as a network may. */
export function cut(bytes, random) {
  if (!random.chance(0.3)) return [bytes];
  const pieces = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + random.below(Math.max(1, bytes.length >> 1));
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}
