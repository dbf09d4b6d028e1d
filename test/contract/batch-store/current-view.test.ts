/**
 * Whatever the order in which files of one key are processed, the current version is what the last of them says, and
 * nothing is stored twice. Each order gets a key of its own in one store.
 */
import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBatchStore } from '../../../src/adapters/sqlite/open-batch-store';
import type { BatchStore } from '../../../src/ports/batch-store';
import { permutations } from '../../unit/stages/route/permutations';
import { deliver } from './deliver';
import { CATALOGUE, origin, staged } from './fixtures';

interface File {
  readonly name: string;
  readonly day: number;
  readonly content: string;
  readonly replayOf: File | null;
}

const file = (name: string, day: number, content: string): File => ({ name, day, content, replayOf: null });
const replay = (of: File): File => ({ ...of, name: `replay of ${of.name}`, replayOf: of });

const original = file('original', 1, 'A');
const correction = file('correction', 3, 'B');
const back = file('correction back', 4, 'A');

let dir: string;
let path: string;
let store: BatchStore;
let batches = 0;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'current-view-'));
  path = join(dir, 'labdrop.db');
  store = openBatchStore({ path, catalogue: CATALOGUE });
});
afterAll(() => {
  store.close();
  rmSync(dir, { recursive: true });
});

test.each([
  [
    'original, duplicate, correction, replays',
    [original, file('duplicate', 2, 'A'), correction, replay(original), replay(correction)],
    'B',
    2,
  ],
  ['original, correction, correction back, replay', [original, correction, back, replay(correction)], 'A', 2],
  ['two corrections back and forth', [original, correction, back, file('correction again', 5, 'B')], 'B', 2],
] as const)('%s', (name, files, expected, distinct) => {
  const orders = permutations<File>(files, ({ replayOf }) => replayOf);
  expect(orders.length).toBeGreaterThanOrEqual(12);
  for (const [number, order] of orders.entries()) {
    const key = `${name} ${number}`;
    const ids = new Map<File, string>();
    for (const each of order)
      ids.set(each, process(key, each, each.replayOf === null ? null : ids.get(each.replayOf)!));
  }
  const db = new Database(path, { readonly: true });
  const current = db.prepare(
    'SELECT "CT/Value" AS content, count(*) AS keys FROM current_Result WHERE _key LIKE ? GROUP BY 1',
  );
  const contents = db.prepare('SELECT DISTINCT _key, "CT/Value" FROM Result WHERE _key LIKE ?');
  const dangling = db.prepare(
    'SELECT 1 FROM Result r WHERE _superseded_by IS NOT NULL AND _superseded_by NOT IN (SELECT _id FROM Result s WHERE s._key = r._key)',
  );
  expect(current.all(`${name} %`)).toEqual([{ content: expected, keys: orders.length }]);
  expect(contents.all(`${name} %`)).toHaveLength(orders.length * distinct);
  expect(dangling.all()).toEqual([]);
  db.close();
});

function process(key: string, { name, day, content }: File, replayOf: string | null): string {
  const id = `b${++batches}`;
  const receivedAt = replayOf === null ? `2021-04-0${day}T10:00:00.000Z` : `2021-06-01T10:00:00.000Z`;
  const fileTime = `2021-04-0${day} 12:00:00`;
  deliver(store, {
    origin: origin(id, {
      baseName: name,
      fileTime,
      receivedAt,
      replayOf,
      cause: replayOf === null ? 'upload' : 'replay',
    }),
    records: [staged(1, [key, 'p', content, ''])],
  });
  return id;
}
