/**
 * What came before a batch: the same content, a file of the same name, the delivery that it replays. Throws what SQLite
 * throws.
 */
import type Database from 'better-sqlite3';
import type { BatchRecord } from '../../domain/batch-record';
import type { EarlierDelivery } from '../../ports/batch-store';
import { prepared } from './prepared';

interface Asked {
  readonly account: string;
  /** Id of the batch that asks. */
  readonly except: string;
}

/** See `BatchStore.sameContent`. */
export function findSameContent(
  db: Database.Database,
  { sha256, account, messageType, except }: Asked & { readonly messageType: string; readonly sha256: string },
): EarlierDelivery | null {
  const condition = `sha256 = ? AND account = ? AND message_type = ? AND id <> ? AND mode = 'production'
        AND outcome IN ('ACCEPTED', 'DUPLICATE')`;
  return findLatest(db, condition, [sha256, account, messageType, except]);
}

/** See `BatchStore.sameName`. */
export function findSameName(
  db: Database.Database,
  { account, folder, fileName, except }: Asked & { readonly folder: string; readonly fileName: string },
): EarlierDelivery | null {
  const condition = 'account = ? AND folder = ? AND file_name = ? AND id <> ? AND sha256 IS NOT NULL';
  return findLatest(db, condition, [account, folder, fileName, except]);
}

function findLatest(db: Database.Database, condition: string, values: readonly string[]): EarlierDelivery | null {
  const row = prepared<unknown[], EarlierDelivery>(
    db,
    `SELECT id, file_name AS fileName, sha256, records, received_at AS receivedAt FROM main.batches
        WHERE ${condition} ORDER BY received_at DESC, id DESC LIMIT 1`,
  ).get(...values);
  return row ?? null;
}

/** When the first of a chain of replays came, ISO 8601 UTC: a replay keeps its original's place among the files. */
export function firstReceivedAt(db: Database.Database, batch: BatchRecord): string {
  if (batch.replayOf === null) return batch.receivedAt;
  const row = prepared<[string], { first: string | null }>(
    db,
    `WITH RECURSIVE chain (id, replay_of, received_at) AS (
        SELECT id, replay_of, received_at FROM main.batches WHERE id = ?
        UNION SELECT b.id, b.replay_of, b.received_at FROM main.batches b JOIN chain ON b.id = chain.replay_of)
      SELECT min(received_at) AS first FROM chain`,
  ).get(batch.replayOf);
  return row?.first ?? batch.receivedAt;
}
