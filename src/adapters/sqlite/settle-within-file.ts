/**
 * Finds records of one file that share a key and says what becomes of them (see decide-within-file). Works on the
 * staging area alone, before the store is locked. D405 findings wait until the store was asked: where the first of
 * equal records cannot be stored, the later ones cannot either.
 */
import type Database from 'better-sqlite3';
import { FINDING_CODES } from '../../domain/codes';
import type { MessageType } from '../../domain/message-type';
import { quoteIdentifier } from './quote-identifier';
import { joinRow, shownKey } from './staging-database';
import { prepared } from './prepared';

/** Other records' lines that a D403 finding names at most. */
export const CONFLICT_LINES_MAX = 20;

/** Undoes all that was decided on staged records, so that they can be judged again. */
export function forgetDecisions(db: Database.Database): void {
  db.exec(`
    DELETE FROM staging.decision;
    DELETE FROM staging.candidate;
    DELETE FROM staging.twin;
    DELETE FROM staging.finding WHERE code IN ('D402', 'D403', 'D404', 'D405', 'D406', 'R311');
    DELETE FROM staging.rejected WHERE record IN (SELECT record FROM incoming.places);`);
}

/** Finds the records that share a key. Once, before anything is settled. */
export function findSameKeys(db: Database.Database, base: number): void {
  prepared(
    db,
    `INSERT INTO staging.same_key (key, record)
      WITH pair AS MATERIALIZED (
        SELECT s.record AS one, o.record AS other
        FROM incoming.sorted_key s CROSS JOIN incoming.sorted_key o ON o.place = s.place + 1 WHERE o.hash = s.hash)
      SELECT r._key, p.record FROM (SELECT one AS record FROM pair UNION SELECT other FROM pair) p
      ${joinRow('r', 'p.record')} ORDER BY 1, 2`,
  ).run({ base });
}

export interface WithinFileInput {
  readonly type: MessageType;
  readonly base: number;
}

export function settleWithinFile(db: Database.Database, { type, base }: WithinFileInput): void {
  prepared(
    db,
    `INSERT INTO staging.twin (key, first)
      SELECT key, min(record) FROM staging.same_key GROUP BY key HAVING count(*) > 1`,
  ).run();
  if (prepared(db, 'SELECT 1 FROM staging.twin LIMIT 1').get() === undefined) return;
  const differs = type.fields.map(({ name }) => `r.${quoteIdentifier(name)} IS NOT f.${quoteIdentifier(name)}`);
  prepared(
    db,
    `UPDATE staging.twin SET differing = EXISTS (
      SELECT 1 FROM staging.same_key k ${joinRow('r', 'k.record')} ${joinRow('f', 'twin.first')}
      WHERE k.key = twin.key AND (${differs.join(' OR ')}))`,
  ).run({ base });
  db.exec(`
    INSERT INTO staging.decision (record, kind)
      SELECT record, kind FROM (
        SELECT k.record, decide_within_file(t.differing, k.record = t.first) AS kind
        FROM staging.twin t CROSS JOIN staging.same_key k ON k.key = t.key)
      WHERE kind <> 'kept';
    INSERT INTO staging.rejected (record, line, byte_offset, byte_length)
      SELECT p.record, p.line, p.byte_offset, p.byte_length
      FROM staging.decision d CROSS JOIN incoming.places p ON p.record = d.record WHERE d.kind = 'conflict';`);
  prepared(
    db,
    `INSERT INTO staging.finding (severity, code, scope, line, record, record_key, params)
      SELECT ?, 'D403', ?, r._line, r._record, ${shownKey('r')}, (
        SELECT iif(max(line = r._line), json_object('lines', ${listed('line')}, 'records', ${listed('record')}),
            json_object('lines', ${listed('line')})) FROM (
          SELECT p.line, p.record, row_number() OVER (ORDER BY o.record) AS place FROM (
            SELECT k.record FROM staging.same_key k WHERE k.key = r._key AND k.record <> r._record
            ORDER BY k.record LIMIT ${CONFLICT_LINES_MAX + 1}) o CROSS JOIN incoming.places p ON p.record = o.record))
      FROM staging.decision d ${joinRow('r', 'd.record')}
      WHERE d.kind = 'conflict' ORDER BY d.record`,
  ).run(FINDING_CODES.D403.severity, FINDING_CODES.D403.scope, { base });
}

/** SQL: the first ones of what the other records have in `column`. */
function listed(column: string): string {
  return `group_concat(iif(place <= ${CONFLICT_LINES_MAX}, ${column}, '...'), ', ' ORDER BY place)`;
}

/** Raised after the store was asked; see above. */
export function tellRepeated(db: Database.Database, base: number): void {
  prepared(
    db,
    `INSERT INTO staging.finding (severity, code, scope, line, record, record_key, params)
      SELECT ?, 'D405', ?, r._line, r._record, ${shownKey('r')},
        iif(f.line = r._line, json_object('firstLine', f.line, 'firstRecord', f.record), json_object('firstLine', f.line))
      FROM staging.decision d ${joinRow('r', 'd.record')}
      CROSS JOIN staging.twin t ON t.key = r._key
      CROSS JOIN incoming.places f ON f.record = t.first
      WHERE d.kind = 'repeated' ORDER BY d.record`,
  ).run(FINDING_CODES.D405.severity, FINDING_CODES.D405.scope, { base });
}
