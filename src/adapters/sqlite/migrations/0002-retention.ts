/** When what a batch's findings held was erased, and when the findings themselves were: see purge-findings. */
import type { Migration } from '../migrate';

export const markRetention: Migration = {
  version: 2,
  sql: `
ALTER TABLE batches ADD COLUMN values_erased_at TEXT;
ALTER TABLE batches ADD COLUMN findings_erased_at TEXT;
`,
};
