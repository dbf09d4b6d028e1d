/**
 * Opens the store's file as every connection must: WAL, and synchronous=FULL both set and asserted, because this build
 * of SQLite falls back to NORMAL in WAL mode, where a power cut takes acknowledged commits away. A new file's directory
 * entry is synced here: SQLite does not report an error of that sync.
 * Throws what SQLite throws; callers turn it into a fault.
 */
import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Fault } from '../../domain/fault';
import { syncDirectory } from '../spool/durable-files';

/** How long a statement waits for another connection's transaction before it fails with S902, unless told otherwise. */
const BUSY_TIMEOUT_MS = 60_000;

const FULL = 2;
const PROBE = 'SELECT count(*) FROM sqlite_schema';
const PAGE_BYTES = 16_384;
const CACHE_KIB = 32_768;
const WAL_KEPT_BYTES = 64 * 1024 * 1024;

export const IN_MEMORY = ':memory:';

/** @param path absolute, or `:memory:` for a store that nobody else sees and that is gone with the connection */
export function openConnection(path: string, busyTimeoutMs = BUSY_TIMEOUT_MS): Database.Database {
  const isNew = path !== IN_MEMORY && !existsSync(path);
  const db = new Database(path, { timeout: busyTimeoutMs });
  try {
    db.pragma(`page_size = ${PAGE_BYTES}`);
    const journal = db.pragma('journal_mode = WAL', { simple: true });
    if (path !== IN_MEMORY && journal !== 'wal') throw refused('journal_mode', journal);
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma('trusted_schema = OFF');
    // No copy of a value stays in the unused part of a page, where a purge could not reach it.
    db.pragma('secure_delete = FAST');
    db.pragma(`cache_size = -${CACHE_KIB}`);
    db.pragma(`journal_size_limit = ${WAL_KEPT_BYTES}`);
    db.prepare(PROBE).get();
    assertDurable(db);
    if (isNew) syncDirectory(dirname(path));
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** @throws Fault S902 when a commit on this connection would not be synced */
export function assertDurable(db: Database.Database): void {
  const level = db.pragma('synchronous', { simple: true });
  if (level !== FULL) throw refused('synchronous', level);
}

/** A connection that reads and never waits for, or blocks, the writers. */
export function openReadOnlyConnection(path: string): Database.Database {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  db.pragma('trusted_schema = OFF');
  return db;
}

/**
 * A connection that reads, on a full disk too. Where nobody has the store open, SQLite wants room for the index of its
 * log (-shm): without that room this one keeps the index to itself, and nobody else can open the store meanwhile. Two of
 * them at once wait for each other.
 */
export function openConnectionAnyhow(path: string): Database.Database {
  const usual = openReadOnlyConnection(path);
  try {
    usual.prepare(PROBE).get();
    return usual;
  } catch (error) {
    usual.close();
    if (!String((error as { code?: unknown }).code).startsWith('SQLITE_IOERR_SHM')) throw error;
  }
  const alone = new Database(path, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  try {
    alone.pragma('locking_mode = EXCLUSIVE');
    alone.pragma('query_only = ON');
    alone.pragma('trusted_schema = OFF');
    alone.prepare(PROBE).get();
    return alone;
  } catch (error) {
    alone.close();
    throw error;
  }
}

function refused(pragma: string, value: unknown): Fault {
  return new Fault('S902', `the store refuses ${pragma}: it is ${String(value)}`, { retryable: false });
}
