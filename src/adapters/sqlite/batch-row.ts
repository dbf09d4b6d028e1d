/** A row of `batches` and the `BatchRecord` it stands for. Pure mapping; the tables' CHECKs keep the unions true. */
import type { BatchOrigin, BatchRecord, QuarantinedBatch } from '../../domain/batch-record';
import type { Dialect } from '../../domain/batch';

/** The columns that `batchFromRow` reads, in the order of the table. */
export interface BatchRow {
  readonly id: string;
  readonly cause: BatchRecord['cause'];
  readonly account: string;
  readonly sender: string | null;
  readonly message_type: string | null;
  readonly file_name: string;
  readonly base_name: string;
  readonly folder: BatchRecord['folder'];
  readonly delivery: number;
  readonly previous_batch: string | null;
  readonly run: number;
  readonly replay_of: string | null;
  readonly mode: BatchRecord['mode'];
  readonly language: BatchRecord['language'];
  readonly state: BatchRecord['state'];
  readonly outcome: BatchRecord['outcome'];
  readonly sha256: string | null;
  readonly bytes: number;
  readonly records: number;
  readonly accepted: number;
  readonly accepted_with_warning: number;
  readonly rejected: number;
  readonly duplicate: number;
  readonly corrected: number;
  readonly schema_version: string | null;
  readonly dialect: string | null;
  readonly header_offset: number | null;
  readonly header_length: number | null;
  readonly file_time: string | null;
  readonly marker_name: string | null;
  readonly marker_identity: string | null;
  readonly data_identity: string | null;
  readonly commit_seq: number | null;
  readonly received_at: string;
  readonly claimed_at: string | null;
  readonly committed_at: string | null;
  readonly reported_at: string | null;
  readonly archived_at: string | null;
}

export function batchFromRow(row: BatchRow): BatchRecord {
  const { header_offset: offset, header_length: length } = row;
  return {
    id: row.id,
    cause: row.cause,
    account: row.account,
    sender: row.sender,
    messageType: row.message_type,
    fileName: row.file_name,
    baseName: row.base_name,
    folder: row.folder,
    delivery: row.delivery,
    previousBatch: row.previous_batch,
    run: row.run,
    replayOf: row.replay_of,
    mode: row.mode,
    language: row.language,
    state: row.state,
    outcome: row.outcome,
    sha256: row.sha256,
    bytes: row.bytes,
    records: row.records,
    accepted: row.accepted,
    acceptedWithWarning: row.accepted_with_warning,
    rejected: row.rejected,
    duplicate: row.duplicate,
    corrected: row.corrected,
    schemaVersion: row.schema_version,
    dialect: row.dialect === null ? null : (JSON.parse(row.dialect) as Dialect),
    header: offset === null || length === null ? null : { offset, length },
    fileTime: row.file_time,
    markerName: row.marker_name,
    markerIdentity: row.marker_identity,
    dataIdentity: row.data_identity,
    receivedAt: row.received_at,
    claimedAt: row.claimed_at,
    committedAt: row.committed_at,
    reportedAt: row.reported_at,
    archivedAt: row.archived_at,
  };
}

/** A row of a batch that was set aside. */
export interface QuarantinedRow extends BatchRow {
  readonly quarantined_at: string;
  readonly quarantine_reason: string;
}

export const SELECT_QUARANTINED = `SELECT * FROM batches
  WHERE quarantined_at IS NOT NULL AND state <> 'archived' ORDER BY quarantined_at, id`;

export function quarantinedFromRow(row: QuarantinedRow): QuarantinedBatch {
  return { batch: batchFromRow(row), at: row.quarantined_at, reason: row.quarantine_reason };
}

/** The columns that are known when a batch is taken up. */
export function originColumns(origin: BatchOrigin): Partial<BatchRow> {
  return {
    id: origin.id,
    cause: origin.cause,
    account: origin.account,
    sender: origin.sender,
    message_type: origin.messageType,
    file_name: origin.fileName,
    base_name: origin.baseName,
    folder: origin.folder,
    run: origin.run,
    replay_of: origin.replayOf,
    mode: origin.mode,
    language: origin.language,
    bytes: origin.bytes,
    file_time: origin.fileTime,
    marker_name: origin.markerName,
    marker_identity: origin.markerIdentity,
    data_identity: origin.dataIdentity,
    received_at: origin.receivedAt,
  };
}
