/**
 * Brings the store's tables to this program's version: each migration once, in its number's order, each in one
 * transaction. Several connections may start at once: the lock decides who migrates. A store that a newer program
 * made is refused (Fault S902), never touched.
 */
import type Database from 'better-sqlite3';
import { Fault } from '../../domain/fault';
import { createBatches } from './migrations/0001-batches';
import { markRetention } from './migrations/0002-retention';
import { createReportFetches } from './migrations/0003-report-fetches';
import { postponePlaces } from './migrations/0004-places';
import { markOriginalErased } from './migrations/0005-original-erased';

export interface Migration {
  /** 1, 2, 3...: what `PRAGMA user_version` is afterwards. */
  readonly version: number;
  readonly sql: string;
}

export const MIGRATIONS: readonly Migration[] = [
  createBatches,
  markRetention,
  createReportFetches,
  postponePlaces,
  markOriginalErased,
];

/** The one that this program knows. */
export const NEWEST_VERSION = MIGRATIONS.at(-1)?.version ?? 0;

export function migrate(db: Database.Database, migrations: readonly Migration[] = MIGRATIONS): void {
  const newest = migrations.at(-1)?.version ?? 0;
  if (storeVersion(db) > newest) throw madeByNewer(storeVersion(db), newest);
  for (const { version, sql } of migrations) {
    if (storeVersion(db) >= version) continue;
    db.transaction(() => {
      if (storeVersion(db) >= version) return;
      db.exec(sql);
      db.pragma(`user_version = ${version}`);
    }).immediate();
  }
}

/** Whether the store has the tables that this program knows, no older and no newer ones. */
export function isMigrated(db: Database.Database): boolean {
  return storeVersion(db) === NEWEST_VERSION;
}

/** For commands, which leave bringing the store to another version to the daemon. @throws Fault S902 */
export function assertMigrated(db: Database.Database): void {
  if (isMigrated(db)) return;
  const version = storeVersion(db);
  if (version > NEWEST_VERSION) throw madeByNewer(version, NEWEST_VERSION);
  const message = `the store has version ${version}, this program knows ${NEWEST_VERSION}: start its daemon first`;
  throw new Fault('S902', message, { retryable: false });
}

function madeByNewer(version: number, known: number): Fault {
  const message = `the store has version ${version}, this program knows ${known}: it was made by a newer program; labdrop check tells what to do`;
  return new Fault('S902', message, { retryable: false });
}

/** 0: no tables yet. */
export function storeVersion(db: Database.Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}
