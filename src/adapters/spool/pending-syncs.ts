/**
 * Files and directories whose changes are to be made durable. A sync waits for the disk, and what was changed before the
 * first of several is most often durable with it: so they are collected and done one after the other, each path once.
 * Outside of `together` each is done at once. Fails as Node's fs does.
 */
import { type SyncDirectory, syncDirectory, syncFile } from './durable-files';

export class PendingSyncs {
  #open = false;
  readonly #paths = new Map<string, (path: string) => void>();

  /** All that `action` asked for is durable when this returns. When it throws, what it got done is made durable too. */
  together<T>(action: () => T): T {
    if (this.#open) return action();
    this.#open = true;
    try {
      return action();
    } finally {
      this.#open = false;
      this.#syncAll();
    }
  }

  readonly directory: SyncDirectory = (path) => this.#ask(path, syncDirectory);

  readonly file = (path: string): void => this.#ask(path, syncFile);

  #ask(path: string, sync: (path: string) => void): void {
    if (this.#open) this.#paths.set(path, sync);
    else sync(path);
  }

  /** In the order in which they were first asked for. */
  #syncAll(): void {
    const paths = [...this.#paths];
    this.#paths.clear();
    for (const [path, sync] of paths) sync(path);
  }
}
