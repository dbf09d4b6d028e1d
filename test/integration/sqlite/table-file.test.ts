/** Tables written as pages, read back by SQLite itself: every row as it was given, and a file that its own check passes. */
import Database from 'better-sqlite3';
import { closeSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseFile } from '../../../src/adapters/sqlite/table-file/database-file';
import type { ColumnValue } from '../../../src/adapters/sqlite/table-file/record-encoder';
import { TableWriter } from '../../../src/adapters/sqlite/table-file/table-writer';
import { temporaryFolder } from './temporary-folder';

const dir = temporaryFolder();
let files = 0;

type Row = readonly ColumnValue[];

/** Writes the rows, the first with rowid 10, the next 11; `other` goes into a table of the same file, in turn. */
function write(rows: readonly Row[], other: readonly Row[] = [], pageBytes = 16_384): string {
  const path = join(dir, `${++files}.db`);
  const width = rows[0]?.length ?? 2;
  const made = new Database(path);
  made.pragma(`page_size = ${pageBytes}`);
  const columns = Array.from({ length: width - 1 }, (_, i) => `c${i}`);
  made.exec(
    `CREATE TABLE one (id INTEGER PRIMARY KEY, ${columns.join(', ')}); CREATE TABLE two (id INTEGER PRIMARY KEY, c)`,
  );
  const roots = made.prepare('SELECT rootpage FROM sqlite_schema ORDER BY name').pluck().all() as [number, number];
  made.close();
  const file = new DatabaseFile(path, pageBytes);
  const one = new TableWriter(file, roots[0], width);
  const two = new TableWriter(file, roots[1], 2);
  rows.forEach((row, i) => {
    one.add(10 + i, row);
    const beside = other[i];
    if (beside !== undefined) two.add(i + 1, beside);
  });
  one.finish();
  two.finish();
  file.finish();
  return path;
}

function read(path: string): { check: unknown; one: unknown[][]; two: unknown[][] } {
  const db = new Database(path, { readonly: true });
  try {
    const all = (table: string): unknown[][] => db.prepare(`SELECT * FROM ${table}`).raw().all() as unknown[][];
    return { check: db.pragma('integrity_check', { simple: true }), one: all('one'), two: all('two') };
  } finally {
    db.close();
  }
}

const withId = (rows: readonly Row[], first: number): unknown[][] => rows.map((row, i) => [first + i, ...row.slice(1)]);

const texts = ['', 'a', 'é', '€uro', '\u{1f600}', 'x'.repeat(57), 'x'.repeat(58), 'ü'.repeat(64), 'x'.repeat(16_333)];
const numbers = [0, 1, 2, 127, 128, 32_767, 32_768, 8_388_607, 8_388_608, 2 ** 31 - 1, 2 ** 31, 2 ** 47, 2 ** 53 - 1];

const cases: [string, Row[]][] = [
  ['no row', []],
  ['one row', [[null, 'a', null, 3]]],
  ['every size of an integer', numbers.map((number) => [null, number])],
  ['texts of many lengths and alphabets', texts.map((text) => [null, text])],
  ['texts beside one another, with gaps', [[null, '', 'é', null, 'b', '', 7, 'ü', 'c', null, '']]],
  ['halves of a pair in neighbouring columns', [[null, 'a\ud83d', '\ude00b', 'é']]],
  ['rows that fill several pages', [15_000, 16_349, 16_350, 40_000, 70_000, 33].map((n) => [null, 'y'.repeat(n), n])],
  ['long rows that are not ASCII', [20_000, 90_000].map((n) => [null, 'é'.repeat(n), n])],
  ['many columns', [[null, ...Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? `v${i}` : i))]]],
];
test.each(cases)('%s', (_what, rows) => {
  const { check, one } = read(write(rows));
  const expected = withId(rows, 10).map((row) =>
    // A half of a pair is no character: it is stored as U+FFFD.
    row.map((value) => (typeof value === 'string' ? Buffer.from(value).toString() : value)),
  );
  expect({ check, one }).toEqual({ check: 'ok', one: expected });
});

test('a table that is added when the file was finished before', () => {
  const path = join(dir, `${++files}.db`);
  const db = new Database(path);
  db.exec('CREATE TABLE one (id INTEGER PRIMARY KEY, c); CREATE TABLE two (id INTEGER PRIMARY KEY, c)');
  const file = new DatabaseFile(path, 4096);
  const fill = (root: number): void => {
    const table = new TableWriter(file, root, 2);
    for (let i = 1; i <= 5_000; i++) table.add(i, [null, `value ${i} of ${root}`]);
    table.finish();
    file.finish();
  };
  const counts = db.prepare('SELECT (SELECT count(c) FROM one), (SELECT count(c) FROM two)').raw();
  expect(counts.get()).toEqual([0, 0]);
  fill(2);
  expect(counts.get()).toEqual([5_000, 0]);
  fill(3);
  expect(counts.get()).toEqual([5_000, 5_000]);
  file.close();
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  db.close();
});

test.each([512, 4096, 16_384])('two tables of one file, thousands of rows, pages of %d bytes', (pageBytes) => {
  const rows = Array.from({ length: 6_000 }, (_, i) => [null, `key ${i}`, i % 5 === 0 ? null : 'z'.repeat(i % 90), i]);
  const other = Array.from({ length: 3_000 }, (_, i) => [null, i * 1e9]);
  const { check, one, two } = read(write(rows, other, pageBytes));
  expect(check).toBe('ok');
  expect(one).toEqual(withId(rows, 10));
  expect(two).toEqual(withId(other, 1));
});

test('a connection that has the file open sees what was written', () => {
  const path = join(dir, 'open.db');
  const db = new Database(path);
  db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, c)');
  expect(db.prepare('SELECT count(*) FROM t').pluck().get()).toBe(0);
  const file = new DatabaseFile(path, 4096);
  const writer = new TableWriter(file, 2, 2);
  for (let i = 1; i <= 1000; i++) writer.add(i, [null, 'text']);
  writer.finish();
  file.finish();
  expect(db.prepare('SELECT count(*), max(id) FROM t').raw().get()).toEqual([1000, 1000]);
  db.exec(`INSERT INTO t VALUES (NULL, 'more')`);
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  db.close();
});

test('the page of the lock byte stays free', () => {
  const path = join(dir, 'lock.db');
  const pageBytes = 65_536;
  const lockPage = 2 ** 30 / pageBytes + 1;
  const fd = openSync(path, 'w');
  const count = Buffer.alloc(4);
  count.writeUInt32BE(lockPage - 2);
  writeSync(fd, count, 0, 4, 28);
  ftruncateSync(fd, (lockPage - 2) * pageBytes);
  closeSync(fd);
  const file = new DatabaseFile(path, pageBytes);
  const page = Buffer.alloc(pageBytes, 1);
  expect([file.append(page), file.append(page)]).toEqual([lockPage - 1, lockPage + 1]);
  file.finish();
  expect(statSync(path).size).toBe((lockPage + 1) * pageBytes);
});
