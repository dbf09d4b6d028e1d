/**
 * Batches, what was found in them, and which of their records were rejected. The tables of records are not made here:
 * they follow the schemas (see ensure-record-tables). A migration never changes once released.
 */
import type { Migration } from '../migrate';

export const createBatches: Migration = {
  version: 1,
  sql: `
CREATE TABLE batches (
  id TEXT NOT NULL PRIMARY KEY,
  cause TEXT NOT NULL CHECK (cause IN ('upload', 'cancelled', 'orphan-marker', 'unmarked', 'replay')),
  account TEXT NOT NULL,
  sender TEXT,
  message_type TEXT,
  file_name TEXT NOT NULL,
  base_name TEXT NOT NULL,
  folder TEXT NOT NULL CHECK (folder IN ('root', 'test')),
  delivery INTEGER NOT NULL,
  previous_batch TEXT,
  run INTEGER NOT NULL,
  replay_of TEXT,
  mode TEXT NOT NULL CHECK (mode IN ('production', 'test')),
  language TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('received', 'ready', 'claimed', 'validated', 'committed', 'reported', 'archived')),
  outcome TEXT CHECK (outcome IN ('ACCEPTED', 'PARTIAL', 'REJECTED', 'DUPLICATE')),
  sha256 TEXT,
  bytes INTEGER NOT NULL,
  records INTEGER NOT NULL DEFAULT 0,
  accepted INTEGER NOT NULL DEFAULT 0,
  accepted_with_warning INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  duplicate INTEGER NOT NULL DEFAULT 0,
  corrected INTEGER NOT NULL DEFAULT 0,
  schema_version TEXT,
  dialect TEXT,
  header_offset INTEGER,
  header_length INTEGER,
  file_time TEXT,
  marker_name TEXT,
  marker_identity TEXT,
  data_identity TEXT,
  commit_seq INTEGER,
  received_at TEXT NOT NULL,
  claimed_at TEXT,
  committed_at TEXT,
  reported_at TEXT,
  archived_at TEXT,
  quarantined_at TEXT,
  quarantine_reason TEXT,
  CHECK (records = accepted + rejected + duplicate),
  CHECK (accepted_with_warning <= accepted AND corrected <= accepted),
  CHECK ((outcome IS NULL) = (committed_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX batches_by_delivery ON batches (account, folder, base_name, delivery);
CREATE INDEX batches_by_file_name ON batches (account, file_name);
CREATE INDEX batches_by_content ON batches (sha256) WHERE sha256 IS NOT NULL;
CREATE UNIQUE INDEX batches_by_commit ON batches (commit_seq) WHERE commit_seq IS NOT NULL;
CREATE INDEX batches_unfinished ON batches (id) WHERE state <> 'archived';
CREATE INDEX batches_quarantined ON batches (id) WHERE quarantined_at IS NOT NULL;

CREATE TABLE findings (
  batch_id TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('error', 'warning', 'info')),
  code TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('file', 'header', 'record', 'cell')),
  line INTEGER,
  record INTEGER,
  record_key TEXT,
  field TEXT,
  column_no INTEGER,
  value TEXT,
  expected TEXT,
  suggestion TEXT,
  params TEXT,
  PRIMARY KEY (batch_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE rejected_records (
  batch_id TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
  record INTEGER NOT NULL,
  line INTEGER NOT NULL,
  byte_offset INTEGER NOT NULL,
  byte_length INTEGER NOT NULL,
  PRIMARY KEY (batch_id, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE record_tables (
  message_type TEXT NOT NULL PRIMARY KEY,
  shape TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE hash_secret (bytes BLOB NOT NULL) STRICT;
INSERT INTO hash_secret VALUES (randomblob(8));
`,
};
