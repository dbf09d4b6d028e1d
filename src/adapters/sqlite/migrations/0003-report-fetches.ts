/** When an account first fetched each report of a batch completely: see record-fetches. */
import type { Migration } from '../migrate';

export const createReportFetches: Migration = {
  version: 3,
  sql: `
CREATE TABLE report_fetches (
  batch_id TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
  file_name TEXT NOT NULL,
  fetched_at TEXT NOT NULL,
  PRIMARY KEY (batch_id, file_name)
) STRICT, WITHOUT ROWID;
`,
};
