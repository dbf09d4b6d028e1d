/**
 * An online copy of the store: one read transaction is kept open from the first page to the last, so that the copy is
 * the store at one moment, whatever is written meanwhile, and no write makes it start again. The copy is one file
 * without a write-ahead log, checked, synced, and there under its name only when all that succeeded.
 */
import Database from 'better-sqlite3';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setImmediate as pause } from 'node:timers/promises';
import { Fault } from '../../domain/fault';
import type { OnInterrupt } from '../../ports/on-interrupt';
import { syncDirectory } from '../spool/durable-files';
import { asFault, storeFault } from './as-fault';
import { openReadOnlyConnection } from './open-connection';

export interface StoreBackup {
  readonly bytes: number;
  readonly batches: number;
  /** When the last batch in it was committed, ISO 8601 UTC. */
  readonly lastCommittedAt: string | null;
}

export interface BackupOptions {
  /** Of the store, which exists. */
  readonly storePath: string;
  /** Absolute, in a folder that exists; a file of that name is replaced. */
  readonly targetPath: string;
  /** Called now and then with the part that is done, 0 to 1. */
  readonly onProgress: (done: number) => void;
  readonly onInterrupt?: OnInterrupt;
}

/** Between two steps the caller's signals are heard. */
const PAGES_PER_STEP = 1_000;

/** @throws Fault S901 or S902; then there is no new file */
export async function backUpStore(options: BackupOptions): Promise<StoreBackup> {
  const { storePath, targetPath, onProgress } = options;
  const unfinished = join(dirname(targetPath), `.${basename(targetPath)}.${process.pid}.part`);
  const takeAway = (): void => {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(unfinished + suffix, { force: true });
  };
  const done = options.onInterrupt?.(takeAway);
  try {
    // It holds patients' data: made with its mode, not given it later.
    closeSync(openSync(unfinished, 'wx', 0o600));
    await copyPages(storePath, unfinished, onProgress);
    settleJournal(unfinished);
    const backup = inspectBackup(unfinished);
    syncFile(unfinished);
    // A signal that came meanwhile is heard here.
    await pause();
    renameSync(unfinished, targetPath);
    syncDirectory(dirname(targetPath));
    return backup;
  } catch (error) {
    throw storeFault(error);
  } finally {
    takeAway();
    done?.();
  }
}

/**
 * Reads a backup from its first page to its last.
 * @throws Fault S902 with what SQLite finds wrong with it
 */
export function inspectBackup(path: string): StoreBackup {
  return asFault(() => {
    const db = new Database(path, { readonly: true, fileMustExist: true });
    try {
      const problems = (db.pragma('integrity_check(10)') as readonly { integrity_check: string }[])
        .map((row) => row.integrity_check)
        .filter((line) => line !== 'ok');
      if (problems.length > 0) {
        throw new Fault('S902', `the copy is damaged: ${problems.join('; ')}`, { retryable: false });
      }
      if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'batches'").get() === undefined) {
        throw new Fault('S902', 'it is no copy of a store: it has no batches', { retryable: false });
      }
      const row = db
        .prepare<[], { batches: number; last: string | null }>(
          'SELECT count(*) AS batches, max(committed_at) AS last FROM batches',
        )
        .get();
      return { bytes: statSync(path).size, batches: row?.batches ?? 0, lastCommittedAt: row?.last ?? null };
    } finally {
      db.close();
    }
  });
}

async function copyPages(storePath: string, copyPath: string, onProgress: (done: number) => void): Promise<void> {
  const db = openReadOnlyConnection(storePath);
  try {
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    await db.backup(copyPath, {
      progress: ({ totalPages, remainingPages }) => {
        onProgress(totalPages === 0 ? 1 : 1 - remainingPages / totalPages);
        return PAGES_PER_STEP;
      },
    });
  } finally {
    db.close();
  }
}

/** The copy says of itself that it has a write-ahead log, as the store does; a file to carry about must not. */
function settleJournal(path: string): void {
  const db = new Database(path, { fileMustExist: true });
  try {
    db.pragma('journal_mode = DELETE');
  } finally {
    db.close();
  }
}

function syncFile(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
