/**
 * Moves what is staged into the store: statements for one transaction that the caller holds. Records that no decision
 * keeps out become rows of their message type's table; versions they replace are marked superseded; findings get their
 * number in report order.
 */
import type Database from 'better-sqlite3';
import type { BatchRecord } from '../../domain/batch-record';
import { Fault } from '../../domain/fault';
import type { MessageType } from '../../domain/message-type';
import type { CommitVerdict } from '../../ports/batch-store';
import { quoteIdentifier } from './quote-identifier';
import type { StoreComparisonInput } from './settle-against-store';
import { valueColumn } from './staging-database';

/** @throws Fault S903 when the batch is committed already: nothing is ever stored twice */
export function commitBatchRow(db: Database.Database, id: string, verdict: CommitVerdict): void {
  const { counts, header, dialect } = verdict;
  const { changes } = db
    .prepare(
      `UPDATE main.batches SET state = 'committed', outcome = :outcome, records = :records, accepted = :accepted,
        accepted_with_warning = :acceptedWithWarning, rejected = :rejected, duplicate = :duplicate,
        corrected = :corrected, sha256 = :sha256, schema_version = :schemaVersion, dialect = :dialect,
        header_offset = :headerOffset, header_length = :headerLength, committed_at = :committedAt,
        commit_seq = (SELECT coalesce(max(commit_seq), 0) + 1 FROM main.batches)
      WHERE id = :id AND outcome IS NULL`,
    )
    .run({
      ...counts,
      id,
      outcome: verdict.outcome,
      sha256: verdict.sha256,
      schemaVersion: verdict.schemaVersion,
      dialect: dialect === null ? null : JSON.stringify(dialect),
      headerOffset: header?.offset ?? null,
      headerLength: header?.length ?? null,
      committedAt: verdict.committedAt,
    });
  if (changes !== 1) throw new Fault('S903', `batch ${id} is unknown or committed already`, { retryable: false });
}

export function commitRecords(db: Database.Database, batch: BatchRecord, input: StoreComparisonInput): void {
  const { type, sender, order } = input;
  const table = `main.${quoteIdentifier(type.name)}`;
  db.prepare(
    `INSERT INTO ${table} (_batch_id, _line, _record, _version, _superseded_by, _received_at, _sender, _key, _patient,
        _order${fieldColumns(type)})
      SELECT :batch, r.line, r.record, coalesce(d.version, 1), iif(d.kind = 'older-version', d.stored_id, NULL),
        :receivedAt, :sender, r.key, r.patient, :order${valueColumns(type)}
      FROM staging.record r LEFT JOIN staging.decision d ON d.record = r.record
      WHERE d.kind IS NULL OR d.kind IN ('correction', 'older-version') ORDER BY r.record`,
  ).run({ batch: batch.id, receivedAt: batch.receivedAt, sender, order });
  db.prepare(
    `UPDATE ${table} AS s SET _superseded_by = n._id
      FROM staging.decision d CROSS JOIN staging.record r ON r.record = d.record
      CROSS JOIN ${table} n ON n._sender = :sender AND n._key = r.key AND n._version = d.version
      WHERE d.kind = 'correction' AND s._id = d.stored_id`,
  ).run({ sender });
  db.prepare(
    `UPDATE ${table} SET _order = ?
      WHERE _id IN (SELECT stored_id FROM staging.decision WHERE kind = 'confirmation')`,
  ).run(order);
}

/**
 * Copies findings and rejected records into the tables of those names in `schema`. Only the sort keys of findings are
 * sorted, not the findings: a batch may have millions.
 */
export function copyFindings(db: Database.Database, schema: 'main' | 'staging', batchId: string): void {
  const columns =
    'severity, code, scope, line, record, record_key, field, column_no, value, expected, suggestion, params';
  db.prepare(
    `WITH placed AS MATERIALIZED (
      SELECT ord, row_number() OVER (ORDER BY scope NOT IN ('file', 'header'), line, record, ord) AS seq
      FROM staging.finding)
    INSERT INTO ${schema}.findings (batch_id, seq, ${columns})
      SELECT ?, placed.seq, ${columns} FROM placed CROSS JOIN staging.finding f ON f.ord = placed.ord`,
  ).run(batchId);
  db.prepare(
    `INSERT INTO ${schema}.rejected_records (batch_id, record, line, byte_offset, byte_length)
      SELECT ?, record, line, byte_offset, byte_length FROM staging.rejected ORDER BY record`,
  ).run(batchId);
}

function fieldColumns(type: MessageType): string {
  return type.fields.map(({ name }) => `, ${quoteIdentifier(name)}`).join('');
}

function valueColumns(type: MessageType): string {
  return type.fields.map(({ index }) => `, r.${valueColumn(index)}`).join('');
}
