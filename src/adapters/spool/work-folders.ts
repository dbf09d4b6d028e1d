/**
 * The folder that each batch in work has. The empty one that a batch leaves is kept and serves the next: a folder costs
 * several times as much to make and to remove as to rename. Fails as Node's fs does.
 */
import { readdirSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DataFolders, SPARE_ID, spareFolderPath } from './data-folders';
import { exists, makeDirectory, removeDirectory, type SyncDirectory } from './durable-files';

/** As many as go together. */
const SPARES_MAX = 32;

export class WorkFolders {
  readonly #folders: DataFolders;
  readonly #sync: SyncDirectory;
  /** Paths of empty folders. Another thread may take one of them first. */
  readonly #spares: string[];

  constructor(folders: DataFolders, sync: SyncDirectory) {
    this.#folders = folders;
    this.#sync = sync;
    const { stagingDir } = folders;
    const names = exists(stagingDir) ? readdirSync(stagingDir) : [];
    const left = names.filter((name) => name.startsWith(`${SPARE_ID}.`)).map((name) => join(stagingDir, name));
    this.#spares = left.filter((path) => readdirSync(path).length === 0);
  }

  path(batchId: string): string {
    return join(this.#folders.workDir, batchId);
  }

  make(batchId: string): void {
    const path = this.path(batchId);
    if (exists(path)) return;
    if (this.#takeSpare(path)) this.#sync(this.#folders.workDir);
    else makeDirectory(path, this.#sync);
  }

  /** With all it holds; the one that a batch leaves is empty, unless a former run was cut short in it. */
  remove(batchId: string): void {
    const path = this.path(batchId);
    try {
      if (this.#spares.length < SPARES_MAX && readdirSync(path).length === 0) this.#keep(path, batchId);
      else rmdirSync(path);
      this.#sync(this.#folders.workDir);
    } catch {
      removeDirectory(path, this.#sync);
    }
  }

  #keep(path: string, batchId: string): void {
    const spare = spareFolderPath(this.#folders.stagingDir, batchId);
    renameSync(path, spare);
    this.#spares.push(spare);
  }

  #takeSpare(path: string): boolean {
    for (let spare = this.#spares.pop(); spare !== undefined; spare = this.#spares.pop()) {
      try {
        renameSync(spare, path);
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
    return false;
  }
}
