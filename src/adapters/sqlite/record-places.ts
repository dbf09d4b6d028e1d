/**
 * Where the records of a key or of a patient lie: tables `<type>_by_key` and, for types that a rule looks up by patient,
 * `<type>_by_patient`, each with the hash of what is looked up (see keyed-hash) and the `_id` of the row. They are what
 * an index would be, but may be written before the row is: every stored row has its places; a place whose row is not
 * there, or is another one, means nothing. So whoever looks a row up by its place compares the row itself.
 */
import type Database from 'better-sqlite3';
import { quoteIdentifier } from './quote-identifier';
import type { StoreTransactions } from './store-transactions';
import { prepared } from './prepared';

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
  db.exec(placesTable(keyPlaces(type)));
}

/** A rule may come later than the records it asks for. `place_hash` must be registered. */
export function ensurePatientPlaces(db: Database.Database, type: string): void {
  db.exec(`
    ${placesTable(patientPlaces(type))};
    INSERT OR IGNORE INTO ${patientPlaces(type)} (hash, id)
      SELECT place_hash(_patient), _id FROM main.${quoteIdentifier(type)} ORDER BY 1, 2;`);
}

function placesTable(name: string): string {
  return `CREATE TABLE IF NOT EXISTS ${name} (
    hash INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (hash, id)) STRICT, WITHOUT ROWID`;
}

function hasPatientPlaces(db: Database.Database, type: string): boolean {
  const found = prepared(db, 'SELECT 1 FROM main.sqlite_schema WHERE name = ?').get(`${type}_by_patient`);
  return found !== undefined;
}

export interface PlacesInput {
  readonly type: string;
  /** SQL: whether the record with the number `record` is stored. */
  readonly kept: (record: string) => string;
  /** `_id` of a row is `base` + its record's number. */
  readonly base: number;
}

/** Writes the places of rows in the transaction that is open. */
export function addPlaces(db: Database.Database, { type, kept, base }: PlacesInput): void {
  prepared(
    db,
    `INSERT OR IGNORE INTO ${keyPlaces(type)} (hash, id)
      SELECT hash, ? + record FROM staging.sorted_key s WHERE ${kept('s.record')} ORDER BY place`,
  ).run(base);
  if (!hasPatientPlaces(db, type)) return;
  prepared(
    db,
    `INSERT OR IGNORE INTO ${patientPlaces(type)} (hash, id)
      SELECT patient_hash, ? + record FROM incoming.places p WHERE ${kept('p.record')} ORDER BY 1, 2`,
  ).run(base);
}

/** The same ahead of the rows, in many short transactions: others write in between. */
export function addPlacesAhead(
  db: Database.Database,
  { type, kept, base }: PlacesInput,
  transactions: StoreTransactions,
): void {
  const inChunks = (places: string, source: string): void => {
    const count = prepared<[], { n: number }>(db, `SELECT count(*) AS n FROM ${source}`).get()?.n ?? 0;
    const statement = prepared(
      db,
      `INSERT OR IGNORE INTO ${places} (hash, id)
        SELECT hash, ? + record FROM ${source} s WHERE place > ? AND place <= ? AND ${kept('s.record')} ORDER BY place`,
    );
    for (let done = 0; done < count; done += CHUNK_ROWS) {
      transactions.write(() => void statement.run(base, done, done + CHUNK_ROWS));
    }
  };
  inChunks(keyPlaces(type), 'staging.sorted_key');
  if (!hasPatientPlaces(db, type)) return;
  transactions.bulk();
  db.exec(`
    DROP TABLE IF EXISTS staging.sorted_patient;
    CREATE TABLE staging.sorted_patient (place INTEGER PRIMARY KEY, hash INTEGER, record INTEGER);
    INSERT INTO staging.sorted_patient (hash, record)
      SELECT patient_hash, record FROM incoming.places ORDER BY patient_hash, record;`);
  inChunks(patientPlaces(type), 'staging.sorted_patient');
}
