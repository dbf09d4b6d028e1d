/**
 * Rows whose places by patient are still to be written (see patient-places). From here on a place may also stand in a
 * second table (see record-places), which is made with the tables of each message type: a program that looks into the
 * first one alone must not open the store, for it would not find some records and store them twice.
 */
import type { Migration } from '../migrate';

export const postponePlaces: Migration = {
  version: 4,
  sql: `
CREATE TABLE unplaced_patients (
  message_type TEXT NOT NULL,
  first_id INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  PRIMARY KEY (message_type, first_id)
) STRICT, WITHOUT ROWID;
`,
};
