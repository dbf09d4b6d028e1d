/**
 * The database that holds one batch while it is judged, attached as `staging`: in memory for a small file, else a file
 * of its own that is neither synced nor journaled, because it is worth nothing after a crash. Its directory entry is
 * removed as soon as it is open, so that no end of the process leaves it behind.
 */
import type Database from 'better-sqlite3';
import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../domain/fault';
import { FINDING_VALUE_MAX } from '../../domain/finding';
import { IN_MEMORY } from './open-connection';

/** Files below this size are staged in memory. */
export const STAGED_IN_MEMORY_MAX_BYTES = 8 * 1024 * 1024;

const CACHE_KIB = 32_768;

export interface StagingPlace {
  readonly batchId: string;
  readonly bytes: number;
  readonly fieldCount: number;
  /** Folder for large ones, which exists; null stages everything in memory. */
  readonly directory: string | null;
}

/** Whether the area is a file: then the batch is large. */
export function attachStaging(db: Database.Database, place: StagingPlace): { readonly large: boolean } {
  const path = place.directory === null ? null : join(place.directory, `${place.batchId}.staging`);
  if (path !== null) rmSync(path, { force: true });
  const inMemory = path === null || place.bytes < STAGED_IN_MEMORY_MAX_BYTES;
  if (!inMemory) closeSync(openSync(path, 'wx', 0o600));
  db.prepare('ATTACH ? AS staging').run(inMemory ? IN_MEMORY : path);
  db.pragma('staging.page_size = 16384');
  switchJournalOff(db);
  db.pragma('staging.synchronous = OFF');
  db.pragma('staging.locking_mode = EXCLUSIVE');
  db.pragma(`staging.cache_size = -${CACHE_KIB}`);
  db.exec(tables(place.fieldCount));
  if (!inMemory) rmSync(path);
  return { large: !inMemory };
}

/** SQLite's defensive mode refuses it, rightly for any database that must survive: it is lifted for this one statement. */
function switchJournalOff(db: Database.Database): void {
  db.unsafeMode(true);
  const mode = db.pragma('staging.journal_mode = OFF', { simple: true });
  db.unsafeMode(false);
  if (mode !== 'off')
    throw new Fault('S902', `the staging area keeps its journal: ${String(mode)}`, { retryable: false });
}

/** Drops the area with all it holds. The connection must be in no transaction. */
export function detachStaging(db: Database.Database): void {
  db.exec('DETACH staging');
}

/** The column of a field's value. */
export function valueColumn(index: number): string {
  return `c${index}`;
}

/**
 * `decision` holds only records about which something is decided besides plain storing: `kind` is a `TwinDecision` or a
 * `StoredDecision`, `stored_id` the version it is about, `version` the number a new version gets.
 */
function tables(fieldCount: number): string {
  const values = Array.from({ length: fieldCount }, (_, index) => `, ${valueColumn(index)} TEXT`).join('');
  return `
CREATE TABLE staging.record (
  record INTEGER PRIMARY KEY, line INTEGER, byte_offset INTEGER, byte_length INTEGER, warned INTEGER, key TEXT,
  patient TEXT${values}
);
CREATE TABLE staging.rejected (record INTEGER PRIMARY KEY, line INTEGER, byte_offset INTEGER, byte_length INTEGER);
CREATE TABLE staging.finding (
  ord INTEGER PRIMARY KEY, severity TEXT, code TEXT, scope TEXT, line INTEGER, record INTEGER,
  record_key TEXT, field TEXT, column_no INTEGER, value TEXT, expected TEXT, suggestion TEXT, params TEXT
);
CREATE TABLE staging.twin (key TEXT PRIMARY KEY, first INTEGER, differing INTEGER);
CREATE TABLE staging.decision (record INTEGER PRIMARY KEY, kind TEXT, stored_id INTEGER, version INTEGER);`;
}

/** SQL: the key of a staged record as its findings show it. `alias` stands for `staging.record`. */
export function shownKey(alias: string): string {
  return `nullif(substr(${alias}.key, 1, ${FINDING_VALUE_MAX}), '')`;
}
