/**
 * Finds records of one file that share a key and says what becomes of them (see decide-within-file). Works on the
 * staging area alone, before the store is locked. D405 findings wait until the store was asked: where the first of
 * equal records cannot be stored, the later ones cannot either.
 */
import type Database from 'better-sqlite3';
import { FINDING_CODES } from '../../domain/codes';
import { shownKey, valueColumn } from './staging-database';

/** Other records' lines that a D403 finding names at most. */
export const CONFLICT_LINES_MAX = 20;

/** Undoes all that was decided on staged records, so that they can be judged again. */
export function forgetDecisions(db: Database.Database): void {
  db.exec(`
    DELETE FROM staging.decision;
    DELETE FROM staging.twin;
    DELETE FROM staging.finding WHERE code IN ('D402', 'D403', 'D404', 'D405', 'D406', 'R311');
    DELETE FROM staging.rejected WHERE record IN (SELECT record FROM staging.record);
    UPDATE staging.record SET warned = warned & 1 WHERE warned > 1;`);
}

export function settleWithinFile(db: Database.Database, fieldCount: number): void {
  db.exec(`
    CREATE INDEX IF NOT EXISTS staging.record_by_key ON record (key);
    INSERT INTO staging.twin (key, first)
      SELECT key, min(record) FROM staging.record GROUP BY key HAVING count(*) > 1;`);
  if (db.prepare('SELECT 1 FROM staging.twin LIMIT 1').get() === undefined) return;
  const differs = Array.from({ length: fieldCount }, (_, i) => `r.${valueColumn(i)} IS NOT f.${valueColumn(i)}`);
  db.exec(`
    UPDATE staging.twin SET differing = EXISTS (
      SELECT 1 FROM staging.record f CROSS JOIN staging.record r ON r.key = f.key
      WHERE f.record = twin.first AND (${differs.join(' OR ')}));
    INSERT INTO staging.decision (record, kind)
      SELECT record, kind FROM (
        SELECT r.record, decide_within_file(t.differing, r.record = t.first) AS kind
        FROM staging.twin t CROSS JOIN staging.record r ON r.key = t.key)
      WHERE kind <> 'kept';
    INSERT INTO staging.rejected (record, line, byte_offset, byte_length)
      SELECT r.record, r.line, r.byte_offset, r.byte_length
      FROM staging.decision d CROSS JOIN staging.record r ON r.record = d.record WHERE d.kind = 'conflict';`);
  db.prepare(
    `INSERT INTO staging.finding (severity, code, scope, line, record, record_key, params)
      SELECT ?, 'D403', ?, r.line, r.record, ${shownKey('r')}, json_object('lines', (
        SELECT group_concat(iif(place <= ${CONFLICT_LINES_MAX}, other, '...'), ', ' ORDER BY place) FROM (
          SELECT o.line AS other, row_number() OVER (ORDER BY o.record) AS place FROM (
            SELECT line, record FROM staging.record o WHERE o.key = r.key AND o.record <> r.record
            ORDER BY record LIMIT ${CONFLICT_LINES_MAX + 1}) o)))
      FROM staging.decision d CROSS JOIN staging.record r ON r.record = d.record
      WHERE d.kind = 'conflict' ORDER BY r.record`,
  ).run(FINDING_CODES.D403.severity, FINDING_CODES.D403.scope);
}

/** Raised after the store was asked; see above. */
export function tellRepeated(db: Database.Database): void {
  db.prepare(
    `INSERT INTO staging.finding (severity, code, scope, line, record, record_key, params)
      SELECT ?, 'D405', ?, r.line, r.record, ${shownKey('r')}, json_object('firstLine', f.line)
      FROM staging.decision d
      CROSS JOIN staging.record r ON r.record = d.record
      CROSS JOIN staging.twin t ON t.key = r.key
      CROSS JOIN staging.record f ON f.record = t.first
      WHERE d.kind = 'repeated' ORDER BY r.record`,
  ).run(FINDING_CODES.D405.severity, FINDING_CODES.D405.scope);
}
