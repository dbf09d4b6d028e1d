/**
 * Watches folders in a thread of its own and tells the names of files that appear in them, as far as it can: names may
 * be lost, and a folder that gets too many at once, or a thread that dies, is not watched any more (`lost`). Nobody may
 * rely on it.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { WatchReport, WatchRequest } from './watch-messages';

export interface FolderWatcher {
  watch(folder: string): void;
  unwatch(folder: string): void;
  /** Tells the folders that are made in this one, and none of its files. */
  watchParent(folder: string): void;
  close(): Promise<void>;
}

export interface FolderWatcherEvents {
  seen(folder: string, names: readonly string[]): void;
  /** A folder of that name was made in a parent. */
  made(parent: string, name: string): void;
  /** This folder, or every one and every parent (null), is not watched any more. */
  lost(folder: string | null): void;
  failed(error: Error): void;
}

const MEMORY_MB = 256;

export function createFolderWatcher(events: FolderWatcherEvents): FolderWatcher {
  let thread: Worker | null = null;
  let closed = false;

  function start(): Worker {
    const worker = new Worker(join(__dirname, 'watch-worker.js'), {
      name: 'watch',
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    worker.on('message', (report: WatchReport) => {
      if (closed) return;
      switch (report.kind) {
        case 'seen':
          events.seen(report.folder, report.names);
          break;
        case 'made':
          events.made(report.parent, report.name);
          break;
        case 'overrun':
          events.lost(report.folder);
          break;
        case 'failed':
          events.failed(new Error(report.message));
      }
    });
    worker.on('error', (error) => events.failed(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => {
      if (thread === worker) thread = null;
      if (!closed) events.lost(null);
    });
    return worker;
  }

  function send(request: WatchRequest): void {
    if (closed) return;
    thread ??= start();
    thread.postMessage(request);
  }

  return {
    watch: (folder) => send({ kind: 'watch', folder }),
    unwatch: (folder) => send({ kind: 'unwatch', folder }),
    watchParent: (folder) => send({ kind: 'watch-parent', folder }),
    async close() {
      closed = true;
      // Not asked to end: where folders change at that moment chokidar keeps watching one, and its thread goes on for ever.
      await thread?.terminate();
    },
  };
}
