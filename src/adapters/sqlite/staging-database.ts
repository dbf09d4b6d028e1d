/**
 * The databases that hold one batch while it is judged: `incoming` with its records (see incoming-records), and `staging`
 * with all that is found and decided. In memory for a small file, else files of their own that are neither synced nor
 * journaled, because they are worth nothing after a crash. Their directory entries are removed as soon as they are open,
 * so that no end of the process leaves them behind.
 */
import type Database from 'better-sqlite3';
import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../domain/fault';
import { FINDING_VALUE_MAX } from '../../domain/finding';
import { IN_MEMORY } from './open-connection';
import { findingTable, rejectedTable } from './record-rows';

/** Files below this size are staged in memory, unless told otherwise. */
export const STAGED_IN_MEMORY_MAX_BYTES = 8 * 1024 * 1024;

/** As in the store: rows move from one to the other as they are. */
export const SCRATCH_PAGE_BYTES = 16_384;

const ENDINGS = ['.staging', '.incoming'];

/** Records are read from end to end and in order: there is little to keep of them. */
const CACHE_KIB = { staging: 16_384, incoming: 8_192 };

export interface StagingPlace {
  readonly batchId: string;
  readonly bytes: number;
  /** Folder for large ones, which exists; null stages everything in memory. */
  readonly directory: string | null;
  /** Below this size they are staged in memory. */
  readonly inMemoryMaxBytes: number;
}

/** Where a large batch is staged, without an ending; null for one that is staged in memory. */
export function stagingPath(place: StagingPlace): string | null {
  const { directory, batchId } = place;
  return directory === null || isStagedInMemory(place) ? null : join(directory, batchId);
}

export function isStagedInMemory({ bytes, directory, inMemoryMaxBytes }: Omit<StagingPlace, 'batchId'>): boolean {
  return directory === null || bytes < inMemoryMaxBytes;
}

/** Removes what a process that is gone left of the same batch. @param path as `stagingPath` gives it */
export function clearStaged(path: string): void {
  for (const ending of ENDINGS) rmSync(`${path}${ending}`, { force: true });
}

/** @param path as `stagingPath` gives it */
export function attachStaging(db: Database.Database, path: string | null): void {
  const file = path === null ? null : `${path}.staging`;
  if (file !== null) makeEmptyFile(file);
  attachScratch(db, 'staging', file ?? IN_MEMORY);
  db.exec(TABLES);
  if (file !== null) rmSync(file);
}

export function makeEmptyFile(path: string): void {
  closeSync(openSync(path, 'wx', 0o600));
}

/** Attaches a database that is neither synced nor journaled. The connection must be in no transaction. */
export function attachScratch(db: Database.Database, schema: 'staging' | 'incoming', path: string): void {
  db.prepare(`ATTACH ? AS ${schema}`).run(path);
  db.pragma(`${schema}.page_size = ${SCRATCH_PAGE_BYTES}`);
  switchJournalOff(db, schema);
  db.pragma(`${schema}.synchronous = OFF`);
  db.pragma(`${schema}.cache_size = -${CACHE_KIB[schema]}`);
}

/** SQLite's defensive mode refuses it, rightly for any database that must survive: it is lifted for this one statement. */
function switchJournalOff(db: Database.Database, schema: string): void {
  db.unsafeMode(true);
  const mode = db.pragma(`${schema}.journal_mode = OFF`, { simple: true });
  db.unsafeMode(false);
  if (mode !== 'off')
    throw new Fault('S902', `the staging area keeps its journal: ${String(mode)}`, { retryable: false });
}

/** Drops one of them with all it holds, if it is there. The connection must be in no transaction. */
export function detachScratch(db: Database.Database, schema: 'staging' | 'incoming'): void {
  const attached = db.prepare('SELECT 1 FROM pragma_database_list WHERE name = ?').get(schema);
  if (attached !== undefined) db.exec(`DETACH ${schema}`);
}

export const STAGING_TABLES = ['rejected', 'finding', 'placed', 'same_key', 'twin', 'candidate', 'decision'];

/**
 * `placed` has the findings in report order; `same_key` the records whose key stands more than once.
 * `candidate` has the stored rows that may have the key of the record at `place` of `incoming.sorted_key`.
 * `decision` holds only records about which something is decided besides plain storing: `kind` is a `TwinDecision` or a
 * `StoredDecision`, `stored_id` the version it is about, `version` the number a new version gets.
 */
const TABLES = `
${rejectedTable('staging.rejected')};
${findingTable('staging.finding')};
CREATE TABLE staging.placed (seq INTEGER PRIMARY KEY, ord INTEGER);
CREATE TABLE staging.same_key (key TEXT, record INTEGER, PRIMARY KEY (key, record)) WITHOUT ROWID;
CREATE TABLE staging.twin (key TEXT PRIMARY KEY, first INTEGER, differing INTEGER);
CREATE TABLE staging.candidate (place INTEGER, id INTEGER, PRIMARY KEY (place, id)) WITHOUT ROWID;
CREATE TABLE staging.decision (record INTEGER PRIMARY KEY, kind TEXT, stored_id INTEGER, version INTEGER);`;

/** SQL: the key of a record's row as its findings show it. `alias` stands for `incoming.rows`. */
export function shownKey(alias: string): string {
  return `nullif(substr(${alias}._key, 1, ${FINDING_VALUE_MAX}), '')`;
}

/** SQL: joins `incoming.rows` as `alias` for the record's number that `record` gives, behind the parameter `base`. */
export function joinRow(alias: string, record: string): string {
  return `CROSS JOIN incoming.rows ${alias} ON ${alias}._id = :base + ${record}`;
}
