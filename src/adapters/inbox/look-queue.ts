/**
 * Folders that somebody says have changed, on their way to be looked at: a few side by side, each by one at a time, so
 * that its files are found in the order they came. Names that are told for sure go first, and cost a look at those
 * names; a folder that may have changed is listed whole, and not again before it had a rest. As long as the queue is,
 * it holds no folder twice.
 */
import type { DropFolderName } from './folder-listing';

export interface DropFolder {
  readonly account: string;
  readonly folder: DropFolderName;
}

export interface LookQueue {
  /** A name that arrived for sure. */
  name(folder: DropFolder, fileName: string): void;
  /** Something may have arrived. */
  folder(folder: DropFolder): void;
  /** Nothing more is looked at; resolves when what was begun has ended. */
  close(): Promise<void>;
}

export interface LookQueueOptions {
  /** Never rejects. `names` are all that is to be looked at, null for the whole folder. */
  readonly look: (folder: DropFolder, names: readonly string[] | null) => Promise<void>;
  /** How long a folder that was listed is not listed again. */
  readonly restMs: number;
}

/** The thread pool belongs to the uploads as well. */
const AT_ONCE = 4;

export function createLookQueue({ look, restMs }: LookQueueOptions): LookQueue {
  const named = new Map<string, { readonly folder: DropFolder; readonly names: Set<string> }>();
  const changed = new Map<string, DropFolder>();
  const running = new Map<string, Promise<void>>();
  const resting = new Map<string, NodeJS.Timeout>();
  let closed = false;

  function begin(key: string, folder: DropFolder, names: readonly string[] | null): void {
    const ended = look(folder, names).finally(() => {
      running.delete(key);
      if (names === null && !closed) rest(key);
      pump();
    });
    running.set(key, ended);
  }

  function rest(key: string): void {
    resting.set(
      key,
      setTimeout(() => {
        resting.delete(key);
        pump();
      }, restMs),
    );
  }

  function pump(): void {
    for (const [key, { folder, names }] of named) {
      if (closed || running.size >= AT_ONCE) return;
      if (running.has(key)) continue;
      named.delete(key);
      begin(key, folder, [...names]);
    }
    for (const [key, folder] of changed) {
      if (closed || running.size >= AT_ONCE) return;
      if (running.has(key) || resting.has(key)) continue;
      changed.delete(key);
      begin(key, folder, null);
    }
  }

  return {
    name(folder, fileName) {
      const key = keyOf(folder);
      const waiting = named.get(key);
      if (waiting === undefined) named.set(key, { folder, names: new Set([fileName]) });
      else waiting.names.add(fileName);
      pump();
    },
    folder(folder) {
      changed.set(keyOf(folder), folder);
      pump();
    },
    async close() {
      closed = true;
      for (const timer of resting.values()) clearTimeout(timer);
      await Promise.all(running.values());
    },
  };
}

function keyOf({ account, folder }: DropFolder): string {
  return `${account}/${folder}`;
}
