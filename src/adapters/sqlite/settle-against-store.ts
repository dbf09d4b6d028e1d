/**
 * Compares staged records with the versions stored under the same key of the same sender (see decide-against-stored)
 * and raises D402, D404 and D406; then R311 for records that follow no earlier message of their patient. Set-wise, on
 * one state of the store: under its write lock, or on a snapshot that is compared with the store again once it is locked.
 */
import type Database from 'better-sqlite3';
import { FINDING_CODES, type FindingCode } from '../../domain/codes';
import type { FieldSpec, MessageType } from '../../domain/message-type';
import { quoteIdentifier } from './quote-identifier';
import { keyPlaces, patientPlaces } from './record-places';
import { joinRow, shownKey } from './staging-database';
import { prepared } from './prepared';

export interface StoreComparisonInput {
  readonly type: MessageType;
  readonly sender: string;
  /** Place of the batch's file among all, see `versionOrder`. */
  readonly order: string;
  /** See `IncomingRecords`. */
  readonly base: number;
}

export function settleAgainstStore(db: Database.Database, input: StoreComparisonInput): void {
  if (!findCandidates(db, input.type.name)) return;
  decideMatches(db, input);
  spreadToRepeated(db, input.base);
  rejectOtherPatients(db);
  const earlier = "'earlierFile', coalesce(b.file_name, ''), 'earlierLine', s._line";
  tell(db, input, {
    code: 'D402',
    kinds: ['duplicate', 'confirmation'],
    params: `${earlier}, 'earlierBatch', s._batch_id`,
  });
  tell(db, input, { code: 'D404', kinds: ['correction', 'older-version'], params: `'version', d.version, ${earlier}` });
  tell(db, input, { code: 'D406', kinds: ['other-patient'], params: earlier });
}

/** Finds the stored rows that may have a record's key, by their places; false when there are none. */
function findCandidates(db: Database.Database, type: string): boolean {
  const { all, recent } = keyPlaces(type);
  const found = [all, recent].map((places) => {
    if (prepared(db, `SELECT 1 FROM ${places} LIMIT 1`).get() === undefined) return 0;
    const { changes } = prepared(
      db,
      `INSERT OR IGNORE INTO staging.candidate (place, id)
        SELECT k.place, p.id FROM incoming.sorted_key k CROSS JOIN ${places} p ON p.hash = k.hash`,
    ).run();
    return changes;
  });
  return found.some((count) => count > 0);
}

function decideMatches(db: Database.Database, input: StoreComparisonInput): void {
  const { type, sender, order, base } = input;
  const table = `main.${quoteIdentifier(type.name)}`;
  const sameAs = (alias: string): string =>
    type.fields.map(({ name }) => `${alias}.${quoteIdentifier(name)} IS r.${quoteIdentifier(name)}`).join(' AND ');
  /** All stored versions of the record's key, as `alias`. */
  const versions = (alias: string): string =>
    `staging.candidate ${alias}_place CROSS JOIN ${table} ${alias}
      ON ${alias}._id = ${alias}_place.id AND ${alias}._sender = :sender`;
  prepared(
    db,
    `WITH match AS MATERIALIZED (
      SELECT k.record, s._id AS current_id, s._patient = r._patient AS same_patient, ${sameAs('s')} AS same_as_current,
        CASE WHEN :order < s._order AND NOT (${sameAs('s')}) THEN (
          SELECT max(v._id) FROM ${versions('v')}
          WHERE v_place.place = k.place AND v._key = r._key AND ${sameAs('v')}) END AS superseded_id,
        CASE WHEN :order > s._order THEN 'later' WHEN :order = s._order THEN 'equal' ELSE 'earlier' END AS file_order,
        (SELECT max(v._version) + 1 FROM ${versions('v')} WHERE v_place.place = k.place AND v._key = r._key) AS version
      FROM incoming.sorted_key k CROSS JOIN ${versions('s')} ${joinRow('r', 'k.record')}
      WHERE s_place.place = k.place AND s._key = r._key AND s._superseded_by IS NULL AND NOT EXISTS (
        SELECT 1 FROM staging.decision d WHERE d.record = k.record))
    INSERT INTO staging.decision (record, kind, stored_id, version)
      SELECT record, decide_against_stored(same_patient, same_as_current, superseded_id IS NOT NULL, file_order),
        coalesce(superseded_id, current_id), version
      FROM match ORDER BY record`,
  ).run({ order, sender, base });
}

/** Where the first of equal records belongs to another patient, all of them do. */
function spreadToRepeated(db: Database.Database, base: number): void {
  prepared(
    db,
    `UPDATE staging.decision SET kind = f.kind, stored_id = f.stored_id
    FROM incoming.rows r, staging.twin t, staging.decision f
    WHERE decision.kind = 'repeated' AND r._id = :base + decision.record AND t.key = r._key AND f.record = t.first
      AND f.kind = 'other-patient'`,
  ).run({ base });
}

function rejectOtherPatients(db: Database.Database): void {
  prepared(
    db,
    `INSERT INTO staging.rejected (record, line, byte_offset, byte_length)
      SELECT p.record, p.line, p.byte_offset, p.byte_length
      FROM staging.decision d CROSS JOIN incoming.places p ON p.record = d.record WHERE d.kind = 'other-patient'`,
  ).run();
}

interface Telling {
  readonly code: FindingCode;
  readonly kinds: readonly string[];
  /** Arguments of json_object, over `d` decision, `s` stored version, `b` its batch. */
  readonly params: string;
}

function tell(db: Database.Database, { type, base }: StoreComparisonInput, { code, kinds, params }: Telling): void {
  const { severity, scope } = FINDING_CODES[code];
  prepared(
    db,
    `INSERT INTO staging.finding (severity, code, scope, line, record, record_key, params)
      SELECT ?, ?, ?, r._line, r._record, ${shownKey('r')}, json_object(${params})
      FROM staging.decision d ${joinRow('r', 'd.record')}
      CROSS JOIN main.${quoteIdentifier(type.name)} s ON s._id = d.stored_id
      LEFT JOIN main.batches b ON b.id = s._batch_id
      WHERE d.kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')}) ORDER BY d.record`,
  ).run(severity, code, scope, { base });
}

/**
 * R311: warns where no message of the declared type is stored for the patient within the declared days.
 * @returns how many records have their first warning from it
 */
export function settleFollows(
  db: Database.Database,
  { type, base }: StoreComparisonInput,
  columnOf: (fieldIndex: number) => number | null,
): number {
  const { follows } = type.rules;
  const field = follows === null ? undefined : fieldNamed(type, follows.date);
  if (follows === null || field === undefined) return 0;
  const { severity, scope } = FINDING_CODES.R311;
  const value = `r.${quoteIdentifier(field.name)}`;
  const date = `julianday(substr(${value}, 1, 10))`;
  const places = patientPlaces(follows.messageType);
  const near = follows.earlierDates.map(
    (name) => `abs(julianday(substr(e.${quoteIdentifier(name)}, 1, 10)) - ${date}) <= :days`,
  );
  const hasNone = (earlier: string): string =>
    `AND NOT EXISTS (
          SELECT 1 FROM ${earlier} e_place
          CROSS JOIN main.${quoteIdentifier(follows.messageType)} e ON e._id = e_place.id AND e._patient = r._patient
          WHERE e_place.hash = p.patient_hash AND e._superseded_by IS NULL AND (${near.join(' OR ')}))`;
  prepared(
    db,
    `INSERT INTO staging.finding (severity, code, scope, line, record, record_key, field, column_no, value, params)
      SELECT :severity, 'R311', :scope, r._line, r._record, ${shownKey('r')}, :field, :columnNo, ${value},
        json_object('messageType', :messageType, 'days', :days)
      FROM incoming.places p ${joinRow('r', 'p.record')} LEFT JOIN staging.decision d ON d.record = p.record
      WHERE (d.kind IS NULL OR d.kind IN ('correction', 'older-version')) AND r._patient <> '' AND ${date} IS NOT NULL
        ${[places.all, places.recent].map(hasNone).join(' ')}
      ORDER BY p.record`,
  ).run({
    ...{ severity, scope, field: field.name, columnNo: columnOf(field.index) },
    ...{ messageType: follows.messageType, days: follows.days, base },
  });
  const row = prepared<[], { count: number }>(
    db,
    `SELECT count(*) AS count FROM staging.finding f CROSS JOIN incoming.places p ON p.record = f.record
        WHERE f.code = 'R311' AND p.warned = 0`,
  ).get();
  return row?.count ?? 0;
}

function fieldNamed(type: MessageType, wanted: string): FieldSpec | undefined {
  for (const field of type.fields) if (field.name === wanted) return field;
  return undefined;
}
