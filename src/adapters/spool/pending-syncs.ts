/**
 * Files and directories whose changes are to be made durable. A sync waits for the disk, and what was changed before the
 * first of several is most often durable with it: so they are collected and done one after the other, each path once.
 * Outside of `together` each is done at once and fails as Node's fs does; `together` throws a Fault for the first that fails.
 */
import { type Fault, toFault } from '../../domain/fault';
import { type SyncDirectory, syncDirectory, syncFile } from './durable-files';

type Sync = (path: string) => void;

export class PendingSyncs {
  #open = false;
  readonly #paths = new Map<string, Sync>();
  readonly #syncs: { readonly directory: Sync; readonly file: Sync };

  constructor(syncs = { directory: syncDirectory, file: syncFile }) {
    this.#syncs = syncs;
  }

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

  readonly directory: SyncDirectory = (path) => this.#ask(path, this.#syncs.directory);

  readonly file = (path: string): void => this.#ask(path, this.#syncs.file);

  #ask(path: string, sync: Sync): void {
    if (this.#open) this.#paths.set(path, sync);
    else sync(path);
  }

  /**
   * In the order in which they were first asked for. One that fails keeps no other from it: what is found done at the next
   * try is not asked for again.
   */
  #syncAll(): void {
    const paths = [...this.#paths];
    this.#paths.clear();
    let failed: Fault | null = null;
    for (const [path, sync] of paths) {
      try {
        sync(path);
      } catch (error) {
        failed ??= toFault(error);
      }
    }
    if (failed !== null) throw failed;
  }
}
