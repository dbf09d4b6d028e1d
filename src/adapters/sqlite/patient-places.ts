/**
 * Places by patient (see record-places), for the message types that a rule looks up so. Those of a large batch may wait
 * until it has its answer: its rows come with a mark `unplaced_patients` (from one `_id` to another), which goes once
 * they have all their places. Who looks patients up first gives those rows their places, whatever the mark was left by.
 * Throws what SQLite throws.
 */
import type Database from 'better-sqlite3';
import { quoteIdentifier } from './quote-identifier';
import { prepared } from './prepared';
import { addInChunks, ensurePlaces, patientPlaces, type PlacesInput, tableFor } from './record-places';
import type { StoreTransactions } from './store-transactions';

/** A rule may come later than the records it asks for. `place_hash` must be registered. */
export function ensurePatientPlaces(db: Database.Database, type: string): void {
  ensurePlaces(db, patientPlaces(type));
  placeRows(db, type, 'TRUE').run();
}

export function hasPatientPlaces(db: Database.Database, type: string): boolean {
  const found = prepared(db, 'SELECT 1 FROM main.sqlite_schema WHERE name = ?').get(`${type}_by_patient`);
  return found !== undefined;
}

/** Writes the places of new rows in the transaction that is open. @param count how many records there are */
export function addPatientPlaces(db: Database.Database, { type, kept, base }: PlacesInput, count: number): void {
  prepared(
    db,
    `INSERT OR IGNORE INTO ${tableFor(patientPlaces(type), count)} (hash, id)
      SELECT patient_hash, ? + record FROM incoming.places p WHERE ${kept('p.record')} ORDER BY 1, 2`,
  ).run(base);
}

/** Marks the rows from `first` to `last`, in the transaction that brings them. */
export function markUnplaced(db: Database.Database, type: string, first: number, last: number): void {
  if (last < first) return;
  prepared(db, 'INSERT INTO main.unplaced_patients (message_type, first_id, last_id) VALUES (?, ?, ?)').run(
    type,
    first,
    last,
  );
}

/** Places what `markUnplaced` marked, from the staging area that the rows came from, in many short transactions. */
export function placeMarked(db: Database.Database, input: PlacesInput, transactions: StoreTransactions): void {
  const source = 'incoming.sorted_patient';
  addInChunks(db, { ...input, places: patientPlaces(input.type), source }, transactions);
  const unmark = prepared(db, 'DELETE FROM main.unplaced_patients WHERE message_type = ? AND first_id = ? + 1');
  transactions.write(() => void unmark.run(input.type, input.base));
}

export function hasUnplaced(db: Database.Database, type: string): boolean {
  const found = prepared(db, 'SELECT 1 FROM main.unplaced_patients WHERE message_type = ? LIMIT 1').get(type);
  return found !== undefined;
}

/** Places all marked rows, in the transaction that is open. */
export function placeUnplaced(db: Database.Database, type: string): void {
  const marks = prepared<[string], { first: number; last: number }>(
    db,
    'SELECT first_id AS first, last_id AS last FROM main.unplaced_patients WHERE message_type = ?',
  ).all(type);
  for (const { first, last } of marks) placeRows(db, type, '_id BETWEEN ? AND ?').run(first, last);
  prepared(db, 'DELETE FROM main.unplaced_patients WHERE message_type = ?').run(type);
}

function placeRows(db: Database.Database, type: string, condition: string): Database.Statement {
  return prepared(
    db,
    `INSERT OR IGNORE INTO ${patientPlaces(type).all} (hash, id)
      SELECT place_hash(_patient), _id FROM main.${quoteIdentifier(type)} WHERE ${condition} ORDER BY 1, 2`,
  );
}
