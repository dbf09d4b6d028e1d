/** What the catalogue lets through and what the store can make are held together: neither may know less than the other. */
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CatalogueProblem } from '../../../src/adapters/schemas/catalogue-problem';
import { loadCatalogue } from '../../../src/adapters/schemas/load-catalogue';
import { migrate } from '../../../src/adapters/sqlite/migrate';
import { openBatchStore } from '../../../src/adapters/sqlite/open-batch-store';
import { FIELDS_MAX, OWN_COLUMNS, OWN_TABLES } from '../../../src/adapters/sqlite/store-names';
import type { Catalogue } from '../../../src/domain/message-type';
import { temporaryFolder } from './temporary-folder';

const dir = temporaryFolder();
let folders = 0;

interface Invented {
  readonly title: string;
  readonly fields: readonly string[];
}

function schemasWith(types: readonly Invented[]): string {
  const schemas = join(dir, `schemas-${++folders}`);
  mkdirSync(join(schemas, 'rare'), { recursive: true });
  for (const { title, fields } of types) {
    const properties = Object.fromEntries(fields.map((name) => [name, { type: 'string', 'x-format': 'text' }]));
    const schema = { title, 'x-version': '1', 'x-business-key': fields.slice(0, 1), type: 'object', properties };
    writeFileSync(join(schemas, 'rare', `${title}.json`), JSON.stringify(schema));
  }
  return schemas;
}

/** The catalogue, or what is wrong with it. */
function load(types: readonly Invented[]): Catalogue | readonly string[] {
  try {
    return loadCatalogue(schemasWith(types));
  } catch (error) {
    if (error instanceof CatalogueProblem) return error.problems;
    throw error;
  }
}

function openStore(catalogue: Catalogue): void {
  openBatchStore({ path: join(dir, `${++folders}.db`), catalogue }).close();
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `F${index}`);

test('every table that a new store has is known as its own', () => {
  const db = new Database(':memory:');
  migrate(db);
  const tables = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`);
  expect(tables.pluck().all().sort()).toEqual([...OWN_TABLES].sort());
  db.close();
});

const rare = { title: 'RareCase', fields: ['CaseId'] };
const SAME = '(it ignores case)';

test.each<[string, readonly Invented[], readonly string[]]>([
  [
    'titles of its own tables',
    [...['batches', 'Findings'].map((title) => ({ ...rare, title })), rare],
    [
      'rare/Findings.json: /title: the store cannot hold the name "Findings": it is taken by a table of its own',
      'rare/batches.json: /title: the store cannot hold the name "batches": it is taken by a table of its own',
    ],
  ],
  [
    'titles that differ in case only',
    [rare, { ...rare, title: 'Rarecase' }],
    [`rare/Rarecase.json: /title: the store cannot hold the name "Rarecase": it is taken by "RareCase" ${SAME}`],
  ],
  [
    'fields that differ in case only',
    [{ ...rare, fields: ['CaseId', 'caseid'] }],
    [
      `rare/RareCase.json: /properties/caseid: the store cannot hold the name "caseid": it is taken by "CaseId" ${SAME}`,
    ],
  ],
  [
    'fields named as its own columns',
    [{ ...rare, fields: Object.keys(OWN_COLUMNS) }],
    Object.keys(OWN_COLUMNS).map(
      (name) =>
        `rare/RareCase.json: /properties/${name}: the store cannot hold the name "${name}": it is taken by a column of its own`,
    ),
  ],
  [
    'a field named as if it were ours',
    [{ ...rare, fields: ['CaseId', '_note'] }],
    [
      'rare/RareCase.json: /properties/_note: the name "_note" begins with an underscore: files and exports pass such columns over as our own',
    ],
  ],
  [
    'a name that SQL cannot write',
    [{ ...rare, fields: ['a\0b'] }],
    [
      String.raw`rare/RareCase.json: /properties/a\u0000b: the store cannot hold the name "a\u0000b": it has a character that is none for a name`,
    ],
  ],
  [
    'more fields than a table has columns',
    [{ ...rare, fields: numbered(FIELDS_MAX + 1) }],
    [`rare/RareCase.json: /properties: more than ${FIELDS_MAX} fields: the store cannot hold them`],
  ],
])('a catalogue with %s is refused', (_what, types, problems) => {
  expect(load(types)).toEqual(problems);
});

test('as many fields as the store can hold are let through, and held', () => {
  const catalogue = load([{ ...rare, fields: numbered(FIELDS_MAX) }]) as Catalogue;
  expect(catalogue.types.get('RareCase')?.fields).toHaveLength(FIELDS_MAX);
  openStore(catalogue);
});

test('whatever is let through, the store can make', () => {
  const near = ['CaseId', 'caseid', '_id', '_KEY', '_new', 'sqlite_a', 'rowid', 'É', 'é', '"', "'", 'a\nb', '\ud800'];
  const field = fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...near) },
    { weight: 2, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }) },
  );
  const title = fc.constantFrom('batches', 'Findings', 'RareCase', 'Rarecase', 'current', 'Rows', 'Sqlite', 'Main');
  const type = fc.record({ title, fields: fc.uniqueArray(field, { minLength: 1, maxLength: 4 }) });
  const seen = { refused: 0, made: 0 };
  fc.assert(
    fc.property(fc.uniqueArray(type, { minLength: 1, maxLength: 2, selector: ({ title: name }) => name }), (types) => {
      const loaded = load(types);
      seen[Array.isArray(loaded) ? 'refused' : 'made']++;
      if (!Array.isArray(loaded)) openStore(loaded as Catalogue);
    }),
    { numRuns: 150 },
  );
  expect(Math.min(seen.refused, seen.made)).toBeGreaterThan(10);
});
