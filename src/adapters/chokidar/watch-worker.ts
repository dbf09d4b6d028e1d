/**
 * Entry of the thread that watches folders with chokidar: whatever that costs while thousands of files come, it costs
 * the server's event loop nothing. It goes on until it is terminated. Names are told as they come, at most `OVERRUN` of
 * a folder within `WINDOW_MS`: a folder that gets more is let go, because chokidar reads it whole again and again. Of a
 * parent it tells the folders that are made in it. It never fails the daemon.
 */
import { basename, dirname } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { watch } from 'chokidar';
import { fileKind } from '../../stages/name/split-file-name';
import type { WatchReport, WatchRequest } from './watch-messages';

const OVERRUN = 500;
const WINDOW_MS = 5_000;

function runWatcher(port: NonNullable<typeof parentPort>): void {
  const folders = new Set<string>();
  const seen = new Map<string, string[]>();
  const counts = new Map<string, number>();
  const watcher = watch([], {
    ignoreInitial: true,
    depth: 0,
    ignored: (path, stats) => stats?.isDirectory() === true && !folders.has(path),
  });
  const parents = watch([], { ignoreInitial: true, depth: 0, ignored: (_path, stats) => stats?.isFile() === true });
  const report = (message: WatchReport): void => port.postMessage(message);

  function letGo(folder: string): void {
    if (folders.delete(folder)) watcher.unwatch(folder);
    seen.delete(folder);
    counts.delete(folder);
  }

  function tell(): void {
    for (const [folder, names] of seen) report({ kind: 'seen', folder, names });
    seen.clear();
  }

  function come(path: string): void {
    const folder = dirname(path);
    if (!folders.has(folder)) return;
    const count = (counts.get(folder) ?? 0) + 1;
    counts.set(folder, count);
    if (count > OVERRUN) {
      letGo(folder);
      report({ kind: 'overrun', folder });
      return;
    }
    if (seen.size === 0) setImmediate(tell);
    seen.set(folder, [...(seen.get(folder) ?? []), basename(path)]);
  }

  watcher.on('add', come);
  // The next one of its name, where the one before went a moment ago; of data it would be each write of a slow copy.
  watcher.on('change', (path) => {
    const { kind } = fileKind(basename(path));
    if (kind === 'marker' || kind === 'cancel') come(path);
  });
  parents.on('addDir', (path) => report({ kind: 'made', parent: dirname(path), name: basename(path) }));
  for (const each of [watcher, parents])
    each.on('error', (error) => report({ kind: 'failed', message: String(error) }));
  setInterval(() => counts.clear(), WINDOW_MS);

  port.on('message', (request: WatchRequest) => {
    switch (request.kind) {
      case 'watch':
        folders.add(request.folder);
        watcher.add(request.folder);
        break;
      case 'unwatch':
        letGo(request.folder);
        break;
      case 'watch-parent':
        parents.add(request.folder);
    }
  });
}

if (parentPort !== null) runWatcher(parentPort);
