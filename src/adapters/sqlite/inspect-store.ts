/**
 * The store as `labdrop check` looks at it: whether its file is sound, and which files its batches must have. It only
 * reads, and works beside a running daemon or without one. Throws Fault S902 when SQLite fails.
 */
import type Database from 'better-sqlite3';
import type { BatchRecord, QuarantinedBatch } from '../../domain/batch-record';
import { asFault } from './as-fault';
import { batchFromRow, type BatchRow, type QuarantinedRow, quarantinedFromRow, SELECT_QUARANTINED } from './batch-row';
import { isMigrated, NEWEST_VERSION, storeVersion } from './migrate';
import { openReadOnlyConnection } from './open-connection';
import { WAS_ARCHIVED } from './original-erasures';
import { findMissing } from './store-shape';

export interface StoreInspection {
  /** What SQLite finds wrong with the file, at most 100 lines; none when it is sound. Reads the whole file. */
  problems(): readonly string[];
  /** The version of the tables, and the one that this program knows. */
  version(): { readonly stored: number; readonly known: number };
  /** Tables and columns of its version that are not there; none when it is whole. */
  missing(): readonly string[];
  batch(id: string): BatchRecord | null;
  /** Not archived yet and not set aside, oldest first. */
  unfinished(): readonly BatchRecord[];
  /** Set aside for people, oldest first. */
  quarantined(): readonly QuarantinedBatch[];
  /** Batches whose original the archive must hold, received then (ISO 8601 UTC) or later, and not let go by the purge. */
  withOriginal(since: string): Iterable<BatchRecord>;
  close(): void;
}

/** @throws Fault S902 when the file is not there or is no store */
export function inspectStore(path: string): StoreInspection {
  return asFault(() => {
    const db = openReadOnlyConnection(path);
    const byId = asFault(() => db.prepare<[string], BatchRow>('SELECT * FROM batches WHERE id = ?'));
    return {
      problems: () => asFault(() => quickCheck(db)),
      version: () => asFault(() => ({ stored: storeVersion(db), known: NEWEST_VERSION })),
      missing: () => asFault(() => findMissing(db)),
      batch: (id) =>
        asFault(() => {
          const row = byId.get(id);
          return row === undefined ? null : batchFromRow(row);
        }),
      unfinished: () =>
        asFault(() =>
          db
            .prepare<[], BatchRow>(
              `SELECT * FROM batches WHERE state <> 'archived' AND quarantined_at IS NULL ORDER BY received_at, id`,
            )
            .all()
            .map(batchFromRow),
        ),
      quarantined: () =>
        asFault(() => db.prepare<[], QuarantinedRow>(SELECT_QUARANTINED).all().map(quarantinedFromRow)),
      withOriginal: (since) => listWithOriginal(db, since),
      close: () => asFault(() => void db.close()),
    };
  });
}

function quickCheck(db: Database.Database): readonly string[] {
  const rows = db.pragma('quick_check(100)') as readonly { quick_check: string }[];
  return rows.map((row) => row.quick_check).filter((line) => line !== 'ok');
}

/** A store that was not migrated yet knows of no original that was let go. */
function* listWithOriginal(db: Database.Database, since: string): Generator<BatchRecord, void, undefined> {
  const isThere = isMigrated(db) ? 'AND original_erased_at IS NULL' : '';
  const rows = db
    .prepare<[string], BatchRow>(
      `SELECT * FROM batches WHERE ${WAS_ARCHIVED} ${isThere} AND received_at >= ? ORDER BY received_at, id`,
    )
    .iterate(since);
  for (const row of rows) yield batchFromRow(row);
}
