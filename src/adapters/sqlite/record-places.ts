/**
 * Where the records of a key or of a patient lie: tables `<type>_by_key` and, for types that a rule looks up by patient,
 * `<type>_by_patient`, each with the hash of what is looked up (see keyed-hash) and the `_id` of the row. They are what
 * an index would be, but may be written before the row is: every stored row has its places; a place whose row is not
 * there, or is another one, means nothing. So whoever looks a row up by its place compares the row itself.
 * Hashes are random: each place of a small batch would change a page of its own. So they come into a small table beside
 * (`..._recent`) and move from there many at once, when the batch has its answer. Whoever looks for a place looks in both.
 * What is special about patients' places: patient-places.
 */
import type Database from 'better-sqlite3';
import { quoteIdentifier } from './quote-identifier';
import type { StoreTransactions } from './store-transactions';
import { prepared } from './prepared';

/** Places written in one transaction: short enough that nobody waits for it. */
const CHUNK_ROWS = 20_000;

/** Recent places of one table: a few pages of them. When there are more, all of them move. */
const RECENT_MAX = 4_000;
/** A batch with more brings its own at once. */
const RECENT_OF_BATCH_MAX = 2_000;

/** Tables in which a place may stand. */
export interface Places {
  readonly all: string;
  readonly recent: string;
}

export function keyPlaces(type: string): Places {
  return placesNamed(`${type}_by_key`);
}

export function patientPlaces(type: string): Places {
  return placesNamed(`${type}_by_patient`);
}

function placesNamed(name: string): Places {
  return { all: `main.${quoteIdentifier(name)}`, recent: `main.${quoteIdentifier(`${name}_recent`)}` };
}

export function ensureKeyPlaces(db: Database.Database, type: string): void {
  ensurePlaces(db, keyPlaces(type));
}

export function ensurePlaces(db: Database.Database, { all, recent }: Places): void {
  for (const name of [all, recent]) {
    db.exec(`CREATE TABLE IF NOT EXISTS ${name} (
      hash INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (hash, id)) STRICT, WITHOUT ROWID`);
  }
}

export interface PlacesInput {
  readonly type: string;
  /** SQL: whether the record with the number `record` is stored. */
  readonly kept: (record: string) => string;
  /** `_id` of a row is `base` + its record's number. */
  readonly base: number;
}

/** Writes the places of keys in the transaction that is open. @param count how many records there are */
export function addKeyPlaces(db: Database.Database, { type, kept, base }: PlacesInput, count: number): void {
  prepared(
    db,
    `INSERT OR IGNORE INTO ${tableFor(keyPlaces(type), count)} (hash, id)
      SELECT hash, ? + record FROM incoming.sorted_key s WHERE ${kept('s.record')} ORDER BY place`,
  ).run(base);
}

/** The same ahead of the rows. */
export function addKeyPlacesAhead(db: Database.Database, input: PlacesInput, transactions: StoreTransactions): void {
  addInChunks(db, { ...input, places: keyPlaces(input.type), source: 'incoming.sorted_key' }, transactions);
}

/** Where so many new places come. */
export function tableFor({ all, recent }: Places, count: number): string {
  return count > RECENT_OF_BATCH_MAX ? all : recent;
}

export interface ChunksInput extends PlacesInput {
  readonly places: Places;
  /** A table `(place, hash, record)`, sorted by hash; `place` counts from 1. */
  readonly source: string;
}

/** Writes places in many short transactions: others write in between. */
export function addInChunks(db: Database.Database, input: ChunksInput, transactions: StoreTransactions): void {
  const { places, source, kept, base } = input;
  const count = prepared<[], { n: number }>(db, `SELECT count(*) AS n FROM ${source}`).get()?.n ?? 0;
  const statement = prepared(
    db,
    `INSERT OR IGNORE INTO ${places.all} (hash, id)
      SELECT hash, ? + record FROM ${source} s WHERE place > ? AND place <= ? AND ${kept('s.record')} ORDER BY place`,
  );
  for (let done = 0; done < count; done += CHUNK_ROWS) {
    transactions.write(() => void statement.run(base, done, done + CHUNK_ROWS));
  }
}

/** Leaves no more than a few recent places. */
export function moveRecentPlaces(
  db: Database.Database,
  { all, recent }: Places,
  transactions: StoreTransactions,
): void {
  const count = prepared<[], { n: number }>(db, `SELECT count(*) AS n FROM ${recent}`).get()?.n ?? 0;
  if (count <= RECENT_MAX) return;
  transactions.write(() => {
    prepared(db, `INSERT OR IGNORE INTO ${all} SELECT hash, id FROM ${recent} ORDER BY hash, id`).run();
    prepared(db, `DELETE FROM ${recent}`).run();
  });
}
