/**
 * One daemon per data folder. The lock is SQLite's own on a small file beside the store: the kernel drops it with the
 * process, whatever kills it. Who holds it stands in a text file next to it, for people only.
 * Nobody may open and close `labdrop.lock` by other means in the process that holds it: POSIX would drop the lock.
 */
import Database from 'better-sqlite3';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault, toFault } from '../../domain/fault';
import { exists } from '../spool/durable-files';
import { asFault, isBusy, storeFault } from './as-fault';

/** How long to wait for somebody who only looks who holds the lock. */
const PROBE_PATIENCE_MS = 500;

export interface LockHolder {
  readonly pid: number;
  /** ISO 8601 UTC. */
  readonly since: string;
}

export interface InstanceLock {
  release(): void;
}

/**
 * Takes the lock for this process.
 * @param dataDir absolute, exists
 * @throws Fault S902 with the holder's pid and start when another daemon has the folder or the lock cannot be made,
 * S901 when the folder is not writable
 */
export function acquireInstanceLock(dataDir: string): InstanceLock {
  const db = asFault(() => new Database(lockPath(dataDir), { timeout: PROBE_PATIENCE_MS }));
  try {
    db.exec('BEGIN EXCLUSIVE');
    const holder: LockHolder = { pid: process.pid, since: new Date().toISOString() };
    writeFileSync(holderPath(dataDir), `${JSON.stringify(holder)}\n`, { mode: 0o640 });
  } catch (error) {
    db.close();
    throw isBusy(error) ? inUse(dataDir) : storeFault(error);
  }
  return { release: () => void db.close() };
}

/**
 * Whether a daemon runs on the data folder, and which: null when none does. Leaves nothing behind.
 * @throws Fault S902 when the lock cannot be read; an error of the file system when its folder cannot
 */
export function findInstanceHolder(dataDir: string): LockHolder | null {
  if (!exists(lockPath(dataDir))) return null;
  return asFault(() => {
    const db = new Database(lockPath(dataDir), { readonly: true, timeout: 0 });
    try {
      db.prepare('SELECT count(*) FROM sqlite_schema').get();
      return null;
    } catch (error) {
      if (isBusy(error)) return readHolder(dataDir);
      throw error;
    } finally {
      db.close();
    }
  });
}

function inUse(dataDir: string): Fault {
  const { pid, since } = readHolder(dataDir);
  return new Fault('S902', `the data folder ${dataDir} is in use by process ${pid} since ${since}`, {
    retryable: false,
  });
}

/** The lock itself is what counts: a holder that was not written yet, or cannot be read, is process 0. */
function readHolder(dataDir: string): LockHolder {
  try {
    return JSON.parse(readFileSync(holderPath(dataDir), 'utf8')) as LockHolder;
  } catch (error) {
    return { pid: 0, since: `unknown (${toFault(error).message})` };
  }
}

function lockPath(dataDir: string): string {
  return join(dataDir, 'labdrop.lock');
}

function holderPath(dataDir: string): string {
  return `${lockPath(dataDir)}.json`;
}
