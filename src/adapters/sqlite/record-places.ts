/**
 * Where the records of a key or of a patient lie: tables `<type>_by_key` and, for types that a rule looks up by patient,
 * `<type>_by_patient`, each with the `_id` of the row. They are what an index would be, but may be written before the
 * row is: every stored row has its places; a place whose row is not there, or is another one, means nothing. So whoever
 * looks a row up by its place compares the row itself.
 */
import type Database from 'better-sqlite3';
import { quoteIdentifier } from './quote-identifier';
import type { StoreTransactions } from './store-transactions';

/** Places written in one transaction: short enough that nobody waits for it. */
const CHUNK_ROWS = 20_000;

export function keyPlaces(type: string): string {
  return `main.${quoteIdentifier(`${type}_by_key`)}`;
}

export function patientPlaces(type: string): string {
  return `main.${quoteIdentifier(`${type}_by_patient`)}`;
}

/** Their names, which no message type may have. */
export function placesTables(type: string): readonly string[] {
  return [`${type}_by_key`, `${type}_by_patient`];
}

export function ensureKeyPlaces(db: Database.Database, type: string): void {
  db.exec(`CREATE TABLE IF NOT EXISTS ${keyPlaces(type)} (
    sender TEXT NOT NULL, key TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (sender, key, id)) STRICT, WITHOUT ROWID`);
}

/** A rule may come later than the records it asks for. */
export function ensurePatientPlaces(db: Database.Database, type: string): void {
  db.exec(`
    CREATE TABLE IF NOT EXISTS ${patientPlaces(type)} (
      patient TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (patient, id)) STRICT, WITHOUT ROWID;
    INSERT OR IGNORE INTO ${patientPlaces(type)} (patient, id)
      SELECT _patient, _id FROM main.${quoteIdentifier(type)} ORDER BY 1, 2;`);
}

function hasPatientPlaces(db: Database.Database, type: string): boolean {
  const found = db.prepare('SELECT 1 FROM main.sqlite_schema WHERE name = ?').get(`${type}_by_patient`);
  return found !== undefined;
}

export interface PlacesInput {
  readonly type: string;
  readonly sender: string;
  /** A query of the rows to come: columns `record` (what `_id` counts from `base`), `key`, `patient`. */
  readonly rows: string;
  /** `_id` of a row is `base` + its record's number. */
  readonly base: number;
}

/** Writes the places of rows in the transaction that is open. */
export function addPlaces(db: Database.Database, { type, sender, rows, base }: PlacesInput): void {
  db.prepare(
    `INSERT OR IGNORE INTO ${keyPlaces(type)} (sender, key, id) SELECT ?, key, ? + record FROM (${rows}) ORDER BY 2, 3`,
  ).run(sender, base);
  if (!hasPatientPlaces(db, type)) return;
  db.prepare(
    `INSERT OR IGNORE INTO ${patientPlaces(type)} (patient, id) SELECT patient, ? + record FROM (${rows}) ORDER BY 1, 2`,
  ).run(base);
}

/** The same ahead of the rows, in many short transactions: others write in between. */
export function addPlacesAhead(
  db: Database.Database,
  { type, sender, rows, base }: PlacesInput,
  transactions: StoreTransactions,
): void {
  const sorted = (column: string): number => {
    transactions.bulk();
    db.exec(`
      DROP TABLE IF EXISTS staging.place;
      CREATE TABLE staging.place (value TEXT, record INTEGER);
      INSERT INTO staging.place SELECT ${column}, record FROM (${rows}) ORDER BY 1, 2;`);
    return (db.prepare('SELECT count(*) AS n FROM staging.place').get() as { n: number }).n;
  };
  const inChunks = (insert: string, values: readonly unknown[], count: number): void => {
    const statement = db.prepare(`${insert} FROM staging.place WHERE rowid > ? AND rowid <= ?`);
    for (let done = 0; done < count; done += CHUNK_ROWS) {
      transactions.write(() => void statement.run(...values, done, done + CHUNK_ROWS));
    }
  };
  const byKey = `INSERT OR IGNORE INTO ${keyPlaces(type)} (sender, key, id) SELECT ?, value, ? + record`;
  inChunks(byKey, [sender, base], sorted('key'));
  if (hasPatientPlaces(db, type)) {
    const byPatient = `INSERT OR IGNORE INTO ${patientPlaces(type)} (patient, id) SELECT value, ? + record`;
    inChunks(byPatient, [base], sorted('patient'));
  }
}
