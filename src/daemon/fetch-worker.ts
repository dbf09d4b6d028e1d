/**
 * Entry of a thread that writes fetched reports into the store and ends: a write may have to wait for the commit of a
 * large batch, and the main thread waits for nobody. A fault ends the thread and is told by whoever started it.
 */
import { isMainThread, workerData } from 'node:worker_threads';
import { recordFetches, type ReportFetch } from '../adapters/sqlite/record-fetches';

export interface FetchWork {
  readonly storePath: string;
  readonly fetches: readonly ReportFetch[];
}

if (!isMainThread) {
  const { storePath, fetches } = workerData as FetchWork;
  recordFetches(storePath, fetches);
}
