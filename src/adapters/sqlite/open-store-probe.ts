/**
 * The store as health checks and metrics look at it, from the main thread: a few rows by index, a lock that is let go at
 * once, and never a wait for anybody. Throws Fault S902 when SQLite fails.
 */
import Database from 'better-sqlite3';
import { statSync } from 'node:fs';
import { asFault, isBusy } from './as-fault';

export interface StoreProbe {
  /** Batches on their way, by state; those that are set aside are not. */
  unfinished(): readonly { readonly state: string; readonly total: number; readonly oldestAt: string }[];
  /** Size of the file and its write-ahead log. */
  bytes(): number;
  /** Each account's last production batch that was not rejected. Reads all batches. */
  lastSuccess(): readonly { readonly account: string; readonly at: string }[];
  /** @throws Fault S902 when nobody could write; somebody else's writing is a good sign */
  assertWritable(): void;
  close(): void;
}

/** @throws Fault S902 when the file is not there or is no store */
export function openStoreProbe(path: string): StoreProbe {
  return asFault(() => {
    const db = new Database(path, { fileMustExist: true, timeout: 0 });
    db.pragma('trusted_schema = OFF');
    const unfinished = db.prepare<[], { state: string; total: number; oldestAt: string }>(
      `SELECT state, count(*) AS total, min(received_at) AS oldestAt FROM batches
        WHERE state <> 'archived' AND quarantined_at IS NULL GROUP BY state`,
    );
    const lastSuccess = db.prepare<[], { account: string; at: string }>(
      `SELECT account, max(committed_at) AS at FROM batches
        WHERE mode = 'production' AND outcome IN ('ACCEPTED', 'PARTIAL', 'DUPLICATE') GROUP BY account`,
    );
    return {
      unfinished: () => asFault(() => unfinished.all()),
      bytes: () => sizeOf(path) + sizeOf(`${path}-wal`),
      lastSuccess: () => asFault(() => lastSuccess.all()),
      assertWritable: () => asFault(() => tryLock(db)),
      close: () => asFault(() => void db.close()),
    };
  });
}

function tryLock(db: Database.Database): void {
  try {
    db.exec('BEGIN IMMEDIATE');
  } catch (error) {
    if (isBusy(error)) return;
    throw error;
  }
  db.exec('ROLLBACK');
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
