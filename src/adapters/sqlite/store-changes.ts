/** What others have committed, by the number that each commit gets. */
import type Database from 'better-sqlite3';
import { prepared } from './prepared';

/** SQL: the number of the last commit, null before the first. The condition is that of the index which answers it. */
export const LAST_COMMIT = '(SELECT max(commit_seq) FROM main.batches WHERE commit_seq IS NOT NULL)';

/** Number of the last commit, 0 before the first. */
export function lastCommit(db: Database.Database): number {
  const row = prepared<[], { last: number | null }>(db, `SELECT ${LAST_COMMIT} AS last`).get();
  return row?.last ?? 0;
}

/** Whether a commit after `commit` stored records of this sender and type. */
export function hasStoredSince(
  db: Database.Database,
  commit: number,
  { type, sender }: { readonly type: string; readonly sender: string },
): boolean {
  const later = prepared(
    db,
    `SELECT 1 FROM main.batches
        WHERE commit_seq > ? AND message_type = ? AND coalesce(sender, '') = ? AND mode = 'production'`,
  ).get(commit, type, sender);
  return later !== undefined;
}
