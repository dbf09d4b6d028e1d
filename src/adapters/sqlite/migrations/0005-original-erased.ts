/** When the purge found that the original of a batch is gone by its rule: see original-erasures. */
import type { Migration } from '../migrate';

export const markOriginalErased: Migration = {
  version: 5,
  sql: 'ALTER TABLE batches ADD COLUMN original_erased_at TEXT;',
};
