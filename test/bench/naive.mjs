/**
 * The obvious composition of the same packages, as a rival: papaparse to objects, ajv on each with the published formats,
 * better-sqlite3 with named parameters, one transaction for 10,000 rows, an index on the same key. It has no findings,
 * no other rules, no duplicates, no reports and no journey. Run as a program: `node naive.mjs FILE DATABASE`.
 */
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, TYPE } from '../flood/daemon.mjs';

const require = createRequire(import.meta.url);
const Ajv = require('ajv').default;
const Database = require('better-sqlite3');
const Papa = require('papaparse');

const [file, path] = process.argv.slice(2);
const ROWS_A_TRANSACTION = 10_000;
const PATTERNS = { date: '^(\\d{4}-\\d\\d-\\d\\d)?$', datetime: '^(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d)?$' };

const schema = JSON.parse(readFileSync(join(ROOT, 'schemas/covid19', `${TYPE}.json`), 'utf8'));
const properties = Object.fromEntries(
  Object.entries(schema.properties).map(([name, field]) => [
    name,
    { type: 'string', maxLength: field.maxLength ?? 65_536, pattern: PATTERNS[field['x-format']] ?? '' },
  ]),
);
const validate = new Ajv({ allErrors: true }).compile({ type: 'object', properties });
const columns = Object.keys(properties);

const db = new Database(path);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(`
  CREATE TABLE "${TYPE}" (${columns.map((name) => `"${name}" TEXT`).join(', ')});
  CREATE INDEX by_key ON "${TYPE}" ("HealthcareProviderIdentificationNumberLab", "TestId1");`);
const insert = db.prepare(`INSERT INTO "${TYPE}" VALUES (${columns.map((name) => `@${name}`).join(', ')})`);
let inTransaction = 0;
let rejected = 0;
db.exec('BEGIN');
Papa.parse(createReadStream(file), {
  header: true,
  delimiter: ';',
  skipEmptyLines: true,
  step({ data }) {
    if (!validate(data)) {
      rejected++;
      return;
    }
    insert.run(data);
    if (++inTransaction < ROWS_A_TRANSACTION) return;
    db.exec('COMMIT; BEGIN');
    inTransaction = 0;
  },
  complete() {
    db.exec('COMMIT');
    db.close();
    process.stdout.write(`rejected ${rejected}\n`);
  },
});
