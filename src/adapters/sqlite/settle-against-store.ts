/**
 * Compares staged records with the versions stored under the same key of the same sender (see decide-against-stored)
 * and raises D402, D404 and D406; then R311 for records that follow no earlier message of their patient. Set-wise, on
 * one state of the store: under its write lock, or on a snapshot that is compared with the store again once it is locked.
 */
import type Database from 'better-sqlite3';
import { FINDING_CODES, type FindingCode } from '../../domain/codes';
import type { MessageType } from '../../domain/message-type';
import { quoteIdentifier } from './quote-identifier';
import { keyPlaces, patientPlaces } from './record-places';
import { shownKey, valueColumn } from './staging-database';

export interface StoreComparisonInput {
  readonly type: MessageType;
  readonly sender: string;
  /** Place of the batch's file among all, see `versionOrder`. */
  readonly order: string;
}

export function settleAgainstStore(db: Database.Database, input: StoreComparisonInput): void {
  const table = `main.${quoteIdentifier(input.type.name)}`;
  const known = db.prepare(`SELECT 1 FROM ${keyPlaces(input.type.name)} WHERE sender = ? LIMIT 1`).get(input.sender);
  if (known === undefined) return;
  decideMatches(db, table, input);
  spreadToRepeated(db);
  rejectOtherPatients(db);
  const earlier = "'earlierFile', coalesce(b.file_name, ''), 'earlierLine', s._line";
  tell(db, table, {
    code: 'D402',
    kinds: ['duplicate', 'confirmation'],
    params: `${earlier}, 'earlierBatch', s._batch_id`,
  });
  tell(db, table, { code: 'D404', kinds: ['correction', 'older-version'], params: `'version', d.version, ${earlier}` });
  tell(db, table, { code: 'D406', kinds: ['other-patient'], params: earlier });
}

function decideMatches(db: Database.Database, table: string, { type, sender, order }: StoreComparisonInput): void {
  const sameAs = (alias: string): string =>
    type.fields.map(({ name, index }) => `${alias}.${quoteIdentifier(name)} IS r.${valueColumn(index)}`).join(' AND ');
  /** All stored versions of the record's key, as `alias`. */
  const versions = (alias: string): string =>
    `${keyPlaces(type.name)} ${alias}_place CROSS JOIN ${table} ${alias}
      ON ${alias}._id = ${alias}_place.id AND ${alias}._sender = :sender AND ${alias}._key = r.key`;
  const ofKey = (alias: string): string => `${alias}_place.sender = :sender AND ${alias}_place.key = r.key`;
  db.prepare(
    `WITH match AS MATERIALIZED (
      SELECT r.record, s._id AS current_id, s._patient = r.patient AS same_patient, ${sameAs('s')} AS same_as_current,
        CASE WHEN :order < s._order AND NOT (${sameAs('s')}) THEN (
          SELECT max(v._id) FROM ${versions('v')} WHERE ${ofKey('v')} AND ${sameAs('v')}) END AS superseded_id,
        CASE WHEN :order > s._order THEN 'later' WHEN :order = s._order THEN 'equal' ELSE 'earlier' END AS file_order,
        (SELECT max(v._version) + 1 FROM ${versions('v')} WHERE ${ofKey('v')}) AS version
      FROM staging.record r CROSS JOIN ${versions('s')}
      WHERE ${ofKey('s')} AND s._superseded_by IS NULL AND NOT EXISTS (
        SELECT 1 FROM staging.decision d WHERE d.record = r.record))
    INSERT INTO staging.decision (record, kind, stored_id, version)
      SELECT record, decide_against_stored(same_patient, same_as_current, superseded_id IS NOT NULL, file_order),
        coalesce(superseded_id, current_id), version
      FROM match ORDER BY record`,
  ).run({ order, sender });
}

/** Where the first of equal records belongs to another patient, all of them do. */
function spreadToRepeated(db: Database.Database): void {
  db.exec(`
    UPDATE staging.decision SET kind = f.kind, stored_id = f.stored_id
    FROM staging.record r, staging.twin t, staging.decision f
    WHERE decision.kind = 'repeated' AND r.record = decision.record AND t.key = r.key AND f.record = t.first
      AND f.kind = 'other-patient'`);
}

function rejectOtherPatients(db: Database.Database): void {
  db.exec(`
    INSERT INTO staging.rejected (record, line, byte_offset, byte_length)
      SELECT r.record, r.line, r.byte_offset, r.byte_length
      FROM staging.decision d CROSS JOIN staging.record r ON r.record = d.record WHERE d.kind = 'other-patient'`);
}

interface Telling {
  readonly code: FindingCode;
  readonly kinds: readonly string[];
  /** Arguments of json_object, over `d` decision, `s` stored version, `b` its batch. */
  readonly params: string;
}

function tell(db: Database.Database, table: string, { code, kinds, params }: Telling): void {
  const { severity, scope } = FINDING_CODES[code];
  db.prepare(
    `INSERT INTO staging.finding (severity, code, scope, line, record, record_key, params)
      SELECT ?, ?, ?, r.line, r.record, ${shownKey('r')}, json_object(${params})
      FROM staging.decision d
      CROSS JOIN staging.record r ON r.record = d.record
      CROSS JOIN ${table} s ON s._id = d.stored_id
      LEFT JOIN main.batches b ON b.id = s._batch_id
      WHERE d.kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')}) ORDER BY r.record`,
  ).run(severity, code, scope);
}

/** R311: warns where no message of the declared type is stored for the patient within the declared days. */
export function settleFollows(db: Database.Database, type: MessageType): void {
  const { follows } = type.rules;
  const field = type.fields.find(({ name }) => name === follows?.date);
  if (follows === null || field === undefined) return;
  const { severity, scope } = FINDING_CODES.R311;
  const date = `julianday(substr(r.${valueColumn(field.index)}, 1, 10))`;
  const near = follows.earlierDates.map(
    (name) => `abs(julianday(substr(e.${quoteIdentifier(name)}, 1, 10)) - ${date}) <= :days`,
  );
  db.prepare(
    `INSERT INTO staging.finding (severity, code, scope, line, record, record_key, field, value, params)
      SELECT :severity, 'R311', :scope, r.line, r.record, ${shownKey('r')}, :field, r.${valueColumn(field.index)},
        json_object('messageType', :messageType, 'days', :days)
      FROM staging.record r LEFT JOIN staging.decision d ON d.record = r.record
      WHERE (d.kind IS NULL OR d.kind IN ('correction', 'older-version')) AND r.patient <> '' AND ${date} IS NOT NULL
        AND NOT EXISTS (
          SELECT 1 FROM ${patientPlaces(follows.messageType)} p
          CROSS JOIN main.${quoteIdentifier(follows.messageType)} e ON e._id = p.id AND e._patient = r.patient
          WHERE p.patient = r.patient AND e._superseded_by IS NULL AND (${near.join(' OR ')}))
      ORDER BY r.record`,
  ).run({ severity, scope, field: field.name, messageType: follows.messageType, days: follows.days });
  db.exec(
    `UPDATE staging.record SET warned = warned | 2 WHERE record IN (SELECT record FROM staging.finding WHERE code = 'R311')`,
  );
}
