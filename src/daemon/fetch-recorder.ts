/**
 * Hears of downloads and has the store keep when each report was first fetched completely. Fetches are gathered for a
 * moment and written by a thread; what a write cannot keep is tried again. A kill may lose those of the last moment:
 * the log has them.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SftpAuditEvent } from '../adapters/sftp/sftp-audit';
import type { ReportFetch } from '../adapters/sqlite/record-fetches';
import type { Logger } from '../ports/logger';
import type { FetchWork } from './fetch-worker';

export interface FetchRecorder {
  hear(event: SftpAuditEvent): void;
  /** Writes what is left; what cannot be written now is lost, and told. */
  close(): Promise<void>;
}

export interface FetchRecorderOptions {
  readonly storePath: string;
  readonly log: Logger;
  readonly now: () => Date;
  /** Writes fetches away; the default has a thread do it. */
  readonly write?: (work: FetchWork) => Promise<void>;
}

const GATHER_MS = 1_000;
const RETRY_MS = 30_000;
/** Fetches that wait; the oldest stay. */
const WAITING_MAX = 10_000;
const REPORT_PATH = /^\/(test\/)?reports\/([^/]+)$/;

export function createFetchRecorder(options: FetchRecorderOptions): FetchRecorder {
  const { storePath, log, now, write = writeInThread } = options;
  const waiting = new Map<string, ReportFetch>();
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();

  function hear(event: SftpAuditEvent): void {
    if (event.event !== 'transfer' || event.direction !== 'download' || event.outcome !== 'complete') return;
    const [, test, fileName] = REPORT_PATH.exec(event.path) ?? [];
    if (fileName === undefined) return;
    const key = `${event.account}${event.path}`;
    if (waiting.has(key) || waiting.size >= WAITING_MAX) return;
    const folder = test === undefined ? 'root' : 'test';
    waiting.set(key, { account: event.account, folder, fileName, at: now().toISOString() });
    timer ??= setTimeout(flush, GATHER_MS);
  }

  function flush(): void {
    timer = null;
    writing = writeWaiting();
  }

  async function writeWaiting(): Promise<void> {
    const taken = [...waiting];
    try {
      await write({ storePath, fetches: taken.map(([, fetch]) => fetch) });
      for (const [key, fetch] of taken) if (waiting.get(key) === fetch) waiting.delete(key);
      if (waiting.size > 0) timer ??= setTimeout(flush, GATHER_MS);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      log.error('fault', { code: 'S902', operation: 'keep when reports were fetched', message });
      timer ??= setTimeout(flush, RETRY_MS);
    }
  }

  async function close(): Promise<void> {
    await writing;
    if (waiting.size > 0) await writeWaiting();
    if (timer !== null) clearTimeout(timer);
  }

  return { hear, close };
}

function writeInThread(work: FetchWork): Promise<void> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(join(__dirname, 'fetch-worker.js'), { workerData: work, name: 'fetches' });
    thread.once('error', reject);
    thread.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the thread ended with status ${code}`));
    });
  });
}
