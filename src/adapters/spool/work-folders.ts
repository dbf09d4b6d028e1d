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

/** It is gone already, or a former run was cut short in it. */
const NOT_TO_BE_KEPT = new Set(['ENOENT', 'ENOTEMPTY', 'EEXIST']);

export class WorkFolders {
  readonly #folders: DataFolders;
  readonly #sync: SyncDirectory;
  /** Paths of folders that were empty; null before they are asked for. Another thread may take one of them first. */
  #spares: string[] | null = null;

  constructor(folders: DataFolders, sync: SyncDirectory) {
    this.#folders = folders;
    this.#sync = sync;
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
      if (!this.#keep(path, batchId)) rmdirSync(path);
    } catch (error) {
      if (!NOT_TO_BE_KEPT.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      removeDirectory(path, this.#sync);
      return;
    }
    this.#sync(this.#folders.workDir);
  }

  /** False where there are enough of them, or it is not empty. */
  #keep(path: string, batchId: string): boolean {
    const spares = this.#known();
    if (spares.length >= SPARES_MAX || !isEmpty(path)) return false;
    const spare = spareFolderPath(this.#folders.stagingDir, batchId);
    renameSync(path, spare);
    spares.push(spare);
    return true;
  }

  #takeSpare(path: string): boolean {
    const spares = this.#known();
    for (let spare = spares.pop(); spare !== undefined; spare = spares.pop()) {
      try {
        if (!isEmpty(spare)) continue;
        renameSync(spare, path);
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
    return false;
  }

  /** At first those that a former run has left. */
  #known(): string[] {
    this.#spares ??= leftSpares(this.#folders.stagingDir);
    return this.#spares;
  }
}

function leftSpares(stagingDir: string): string[] {
  if (!exists(stagingDir)) return [];
  const entries = readdirSync(stagingDir, { withFileTypes: true });
  const left = entries.filter((entry) => entry.isDirectory() && entry.name.startsWith(`${SPARE_ID}.`));
  return left.map(({ name }) => join(stagingDir, name));
}

function isEmpty(path: string): boolean {
  return readdirSync(path).length === 0;
}
