/**
 * The tables that analysts read: one per message type, named as the type, with its fields as columns named as in the
 * source, and the view `current_<type>` of the latest versions. A field new in the schema becomes a column; nothing is
 * ever dropped. A hash of each table's shape tells when there is nothing to do.
 * The tables have no index: rows then move into them as they are, a million within a second. Which row has a key or a
 * patient stands in tables beside them (see record-places).
 * Fails with Fault S903 where the store cannot have a name: the catalogue lets none of these through (see store-names).
 */
import type Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { Fault } from '../../domain/fault';
import type { Catalogue, MessageType } from '../../domain/message-type';
import { quoteIdentifier } from './quote-identifier';
import { ensurePatientPlaces } from './patient-places';
import { ensureKeyPlaces } from './record-places';
import { FIELDS_MAX, findColumnProblems, findTableProblems, OWN_COLUMNS } from './store-names';

const OWN_COLUMN_DEFINITIONS = Object.entries(OWN_COLUMNS)
  .map(([name, holds]) => `${name} ${holds}`)
  .join(', ');

export function ensureRecordTables(db: Database.Database, catalogue: Catalogue): void {
  const types = [...catalogue.types.values()];
  const followed = new Set(types.map((type) => type.rules.follows?.messageType));
  const pending = types
    .map((type) => ({ type, byPatient: followed.has(type.name), shape: shapeOf(type, followed.has(type.name)) }))
    .filter(({ type, shape }) => storedShape(db, type.name) !== shape);
  if (pending.length === 0) return;
  assertNames(types);
  db.transaction(() => {
    for (const { type, byPatient, shape } of pending) {
      ensureTable(db, type);
      ensureKeyPlaces(db, type.name);
      if (byPatient) ensurePatientPlaces(db, type.name);
      db.prepare(
        'INSERT INTO record_tables (message_type, shape) VALUES (?, ?) ON CONFLICT DO UPDATE SET shape = excluded.shape',
      ).run(type.name, shape);
    }
  }).immediate();
}

function ensureTable(db: Database.Database, { name, fields }: MessageType): void {
  const table = quoteIdentifier(name);
  db.exec(`CREATE TABLE IF NOT EXISTS ${table} (${OWN_COLUMN_DEFINITIONS}) STRICT`);
  const columns = db.prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)').all(name);
  const present = new Set(columns.map((column) => column.name.toLowerCase()));
  for (const field of fields) {
    if (present.has(field.name.toLowerCase())) continue;
    db.exec(`ALTER TABLE ${table} ADD COLUMN ${quoteIdentifier(field.name)} TEXT`);
  }
  db.exec(`
    CREATE VIEW IF NOT EXISTS ${quoteIdentifier(`current_${name}`)} AS
      SELECT * FROM ${table} WHERE _superseded_by IS NULL;`);
}

function storedShape(db: Database.Database, name: string): string | null {
  const row = db
    .prepare<[string], { shape: string }>('SELECT shape FROM record_tables WHERE message_type = ?')
    .get(name);
  return row?.shape ?? null;
}

function shapeOf(type: MessageType, byPatient: boolean): string {
  const shape = JSON.stringify({ layout: 3, fields: type.fields.map((field) => field.name), byPatient });
  return createHash('sha256').update(shape).digest('hex');
}

function assertNames(types: readonly MessageType[]): void {
  for (const { name, fields } of types) {
    if (fields.length > FIELDS_MAX) {
      throw refusal(`the store cannot hold ${name}: more than ${FIELDS_MAX} fields`);
    }
    for (const { what } of findColumnProblems(fields.map((field) => field.name))) throw refusal(`${name}: ${what}`);
  }
  for (const { what } of findTableProblems(types.map(({ name }) => name))) throw refusal(what);
}

function refusal(message: string): Fault {
  return new Fault('S903', message, { retryable: false });
}
