/** Pairs sorted as runs and merged: the order that sorting all of them at once gives, whatever the hashes and whoever adds them. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseFile } from '../../../src/adapters/sqlite/table-file/database-file';
import { HashRuns, mergeRuns } from '../../../src/adapters/sqlite/table-file/hash-runs';
import { temporaryFolder } from './temporary-folder';

type Pair = readonly [hash: number, record: number];

const PAGE_BYTES = 4096;
const dir = temporaryFolder();
let files = 0;

function emptyFile(): string {
  const path = join(dir, `${++files}`);
  const fd = openSync(path, 'wx');
  writeSync(fd, Buffer.alloc(PAGE_BYTES));
  closeSync(fd);
  return path;
}

function merged(file: DatabaseFile, writers: readonly HashRuns[]): Pair[] {
  const pairs: Pair[] = [];
  const runs = writers.flatMap((writer) => writer.end());
  mergeRuns(file, runs, (hash, record) => pairs.push([hash, record]));
  return pairs;
}

/** As one writer gives them back. */
function sortAsRuns(pairs: readonly Pair[]): Pair[] {
  const file = new DatabaseFile(emptyFile(), PAGE_BYTES);
  try {
    const runs = new HashRuns(file);
    for (const [hash, record] of pairs) runs.add(hash, record);
    return merged(file, [runs]);
  } finally {
    file.close();
  }
}

const inOrder = (pairs: readonly Pair[]): Pair[] => [...pairs].sort(([a, i], [b, j]) => a - b || i - j);

/** The first place at which they differ, -1 where there is none. */
function firstDifference(one: readonly Pair[], other: readonly Pair[]): number {
  const pairs = one.length < other.length ? other : one;
  return pairs.findIndex((_, i) => one[i]?.[0] !== other[i]?.[0] || one[i]?.[1] !== other[i]?.[1]);
}

/** Numbers that look like chance, the same each time. */
function scattered(count: number, below: number): Pair[] {
  let state = 7n;
  return Array.from({ length: count }, (_, i) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return [Number(state >> 11n) % below, i + 1];
  });
}

const cases: [string, Pair[]][] = [
  ['no pair', []],
  ['one pair', [[5, 1]]],
  [
    'the ends of what a hash may be',
    [2 ** 53 - 1, 0, 2 ** 52, 1, 2 ** 32, 2 ** 21, 31, 32].map((hash, i) => [hash, i + 1]),
  ],
  [
    'hashes that differ in their last bits alone',
    Array.from({ length: 320 }, (_, i) => [2 ** 50 + ((i * 7) % 64), i + 1]),
  ],
  ['a page and a pair', scattered(PAGE_BYTES / 16 + 1, 2 ** 53)],
  ['exactly one run', scattered(65_536, 2 ** 53)],
  ['several runs', scattered(200_001, 2 ** 53)],
  ['several runs of few hashes', scattered(150_000, 97)],
  ['several runs of one hash', scattered(140_000, 1)],
  ['records with gaps, and far beyond 32 bits', scattered(1_000, 50).map(([hash, record]) => [hash, record * 5e9])],
];
test.each(cases)('%s', (_what, pairs) => {
  expect(firstDifference(sortAsRuns(pairs), inOrder(pairs))).toBe(-1);
});

test('runs of two writers of one file, among pages of others', () => {
  const path = emptyFile();
  const file = new DatabaseFile(path, PAGE_BYTES);
  const beside = new DatabaseFile(path, PAGE_BYTES, file.taken);
  const pairs = scattered(150_000, 2 ** 53);
  const first = new HashRuns(file);
  const second = new HashRuns(beside);
  const page = Buffer.alloc(PAGE_BYTES, 0xff);
  for (const [i, [hash, record]] of pairs.entries()) {
    (i < 80_000 ? first : second).add(hash, record);
    if (i % 1_000 === 0) (i % 2_000 === 0 ? file : beside).append(page);
  }
  second.end();
  beside.flush();
  beside.close();
  expect(firstDifference(merged(file, [first, second]), inOrder(pairs))).toBe(-1);
  file.close();
});
