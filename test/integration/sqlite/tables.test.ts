/** What analysts meet when they open the file. */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { assertMigrated, MIGRATIONS, migrate, NEWEST_VERSION } from '../../../src/adapters/sqlite/migrate';
import { openBatchStore } from '../../../src/adapters/sqlite/open-batch-store';
import { OUTCOMES } from '../../../src/domain/batch';
import { BATCH_CAUSES } from '../../../src/domain/batch-record';
import { JOURNEY } from '../../../src/domain/journey';
import type { MessageType } from '../../../src/domain/message-type';
import { SEVERITIES } from '../../../src/domain/severity';
import { deliver } from '../../contract/batch-store/deliver';
import { catalogueOf, messageType, origin, RESULT, staged, VARIANT } from '../../contract/batch-store/fixtures';
import { temporaryFolder } from './temporary-folder';

const dir = temporaryFolder();
let files = 0;
let path: string;
beforeEach(() => {
  path = join(dir, `${++files}.db`);
});

function inspect<T>(look: (db: Database.Database) => T): T {
  const db = new Database(path, { readonly: true });
  try {
    return look(db);
  } finally {
    db.close();
  }
}

function openOnce(...types: readonly MessageType[]): void {
  openBatchStore({ path, catalogue: catalogueOf(...types) }).close();
}

const columns = (table: string): unknown[] =>
  inspect((db) => db.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table));

test.each([
  ['batches', 'state', JOURNEY],
  ['batches', 'outcome', OUTCOMES],
  ['batches', 'cause', BATCH_CAUSES],
  ['findings', 'severity', SEVERITIES],
] as const)('the CHECK on %s.%s lists what the code lists', (table, column, expected) => {
  openOnce(RESULT);
  const sql = inspect((db) => db.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').pluck().get(table)) as string;
  const listed = new RegExp(`CHECK \\(${column} IN \\(([^)]*)\\)`).exec(sql)?.[1] ?? '';
  expect(listed.split(', ').map((word) => word.replaceAll("'", ''))).toEqual([...expected]);
});

test('every table of ours is STRICT', () => {
  openOnce(RESULT, VARIANT);
  const loose = inspect((db) =>
    db
      .prepare(`SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%'`)
      .pluck()
      .all(),
  );
  expect(loose).toEqual([]);
});

test('a message type is a table with the names of its source, and a view of what is current', () => {
  const store = openBatchStore({ path, catalogue: catalogueOf(RESULT) });
  deliver(store, {
    origin: origin('one', { receivedAt: '2021-04-03T10:00:00.000Z' }),
    records: [staged(1, ['a', 'p', '1', ''])],
  });
  const next = { fileTime: '2021-04-05 00:00:00', receivedAt: '2021-04-05T10:00:00.000Z' };
  deliver(store, {
    origin: origin('two', next),
    records: [staged(4, ['a', 'p', '', 'x']), staged(5, ['b', 'p', '', ''])],
  });
  store.close();
  const wanted =
    '_id, _batch_id, _line, _record, _version, _superseded_by, _received_at, TestId, "CT/Value", CollectedAt';
  const rows = inspect((db) => db.prepare(`SELECT ${wanted} FROM Result ORDER BY _id`).raw().all());
  expect(rows).toEqual([
    [1, 'one', 2, 1, 1, 5, '2021-04-03T10:00:00.000Z', 'a', '1', null],
    [5, 'two', 5, 4, 2, null, '2021-04-05T10:00:00.000Z', 'a', null, 'x'],
    [6, 'two', 6, 5, 1, null, '2021-04-05T10:00:00.000Z', 'b', null, null],
  ]);
  expect(inspect((db) => db.prepare('SELECT _id FROM current_Result').pluck().all())).toEqual([5, 6]);
});

test('a field added to a schema becomes a column, one taken out stays, and stored records compare as before', () => {
  const narrow = messageType('Growing', ['Id', 'P', 'Old']);
  const wide = messageType('Growing', ['Id', 'P', 'New/1']);
  const first = openBatchStore({ path, catalogue: catalogueOf(narrow) });
  deliver(first, {
    origin: origin('one', { messageType: 'Growing' }),
    type: narrow,
    records: [staged(1, ['a', 'p', 'x'])],
  });
  first.close();
  const before = columns('Growing');
  const second = openBatchStore({ path, catalogue: catalogueOf(wide) });
  const next = origin('two', { messageType: 'Growing', fileTime: '2021-05-01 00:00:00' });
  const records = [staged(1, ['a', 'p', '']), staged(2, ['b', 'p', 'y'])];
  expect(deliver(second, { origin: next, type: wide, records }).codes).toEqual(['D402@1']);
  second.close();
  expect(columns('Growing')).toEqual([...before, 'New/1']);
  expect(inspect((db) => db.prepare('SELECT Old, "New/1" FROM current_Growing ORDER BY _id').raw().all())).toEqual([
    ['x', null],
    [null, 'y'],
  ]);
});

test('opening again changes nothing', () => {
  openOnce(RESULT, VARIANT);
  const version = (): unknown => inspect((db) => db.pragma('schema_version', { simple: true }));
  const before = version();
  openOnce(RESULT, VARIANT);
  openOnce();
  expect(version()).toBe(before);
});

test('patients have their places where a rule looks them up, and nowhere else', () => {
  openOnce(RESULT, VARIANT);
  const tables = inspect((db) =>
    db
      .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%\\_by\\_%' ESCAPE '\\'`)
      .pluck()
      .all(),
  );
  const places = ['Result_by_key', 'Result_by_patient', 'Variant_by_key'];
  expect(tables.sort()).toEqual(places.flatMap((name) => [name, `${name}_recent`]));
});

test('a rule that comes later finds the records that were there', () => {
  const before = openBatchStore({ path, catalogue: catalogueOf(RESULT) });
  deliver(before, { origin: origin('one'), records: [staged(1, ['a', 'p', '', '2021-04-01'])] });
  before.close();
  const after = openBatchStore({ path, catalogue: catalogueOf(RESULT, VARIANT) });
  const { codes } = deliver(after, {
    origin: origin('two', { messageType: 'Variant', fileTime: '2021-05-01 00:00:00' }),
    type: VARIANT,
    records: [staged(1, ['v', 'p', '2021-04-02']), staged(2, ['w', 'q', '2021-04-02'])],
  });
  after.close();
  expect(codes).toEqual(['R311@2']);
});

test.each([
  ['a type named as a table of ours', [messageType('Batches', ['a'])]],
  ['two types that differ in case only', [messageType('Abc', ['a']), messageType('ABC', ['a'])]],
  ['a type named as a table beside another', [messageType('Abc', ['a']), messageType('abc_BY_key', ['a'])]],
  ['a type named as a view', [messageType('Abc', ['a']), messageType('current_abc', ['a'])]],
  ['two fields that differ in case only', [messageType('Abc', ['Id', 'ID'])]],
  ['a field named as a column of ours', [messageType('Abc', ['_Id'])]],
  ['a name SQLite keeps for itself', [messageType('sqlite_abc', ['a'])]],
])('%s is refused', (_name, types) => {
  expect(() => openOnce(...types)).toThrow('it is taken');
});

test('names are names, whatever they hold', () => {
  const odd = messageType('Odd "type"; DROP TABLE batches', ['a"b', 'c]d', "e'f", 'select', 'é à']);
  const store = openBatchStore({ path, catalogue: catalogueOf(odd) });
  const { counts } = deliver(store, {
    origin: origin('b', { messageType: odd.name }),
    type: odd,
    records: [staged(1, ['1', '2', '3', '4', '5'])],
  });
  store.close();
  expect(counts.accepted).toBe(1);
  expect(
    inspect((db) => db.prepare('SELECT "a""b", "é à" FROM "current_Odd ""type""; DROP TABLE batches"').raw().all()),
  ).toEqual([['1', '5']]);
});

test('migrations are numbered without a gap, and each is done once', () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  const db = new Database(path);
  const steps = [
    { version: 1, sql: 'CREATE TABLE a (x)' },
    { version: 2, sql: 'CREATE TABLE b (x)' },
  ];
  migrate(db, steps.slice(0, 1));
  migrate(db, steps);
  migrate(db, steps);
  expect(db.pragma('user_version', { simple: true })).toBe(2);
  const broken = { version: 3, sql: 'CREATE TABLE c (x); CREATE TABLE a (x)' };
  expect(() => migrate(db, [...steps, broken])).toThrow('already exists');
  expect(db.pragma('user_version', { simple: true })).toBe(2);
  expect(db.prepare(`SELECT name FROM sqlite_schema ORDER BY 1`).pluck().all()).toEqual(['a', 'b']);
  expect(() => migrate(db, steps.slice(0, 1))).toThrow('made by a newer program');
  db.close();
});

test.each([
  ['an older', NEWEST_VERSION - 1, 'start its daemon first'],
  ['a newer', NEWEST_VERSION + 1, 'it was made by a newer program; labdrop check tells what to do'],
])('a command that writes tells what to do about the store of %s program', (_which, version, what) => {
  const db = new Database(path);
  db.pragma(`user_version = ${NEWEST_VERSION}`);
  expect(() => {
    assertMigrated(db);
  }).not.toThrow();
  db.pragma(`user_version = ${version}`);
  expect(() => {
    assertMigrated(db);
  }).toThrow(`the store has version ${version}, this program knows ${NEWEST_VERSION}: ${what}`);
  db.close();
});
