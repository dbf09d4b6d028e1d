/**
 * A folder's entries in portions, sorted by name: `.` and `..`, the fixed folders, published files and partial uploads
 * under the names they will have. Names are taken when the listing is opened, sizes and times when they are asked for.
 */
import { lstat, readdir } from 'node:fs/promises';
import { buildNameEntry } from '../codec/build-reply';
import type { FileAttributes } from '../codec/file-attributes';
import { errorCode } from '../refusal';
import type { AccountSpace } from './account-space';
import { findFile } from './find-file';
import { renderLongName } from './render-long-name';
import { isDropFolder, subfolders, type FolderName } from './resolve-path';
import { fileAttributes, folderAttributes, mtimeSeconds } from './visible-attributes';

/** Old clients take no longer packets than this. */
const PORTION_MAX_BYTES = 30_000;
const LOOKED_UP_AT_ONCE = 32;

export class FolderListing {
  private position = 0;

  private constructor(
    private readonly space: AccountSpace,
    private readonly folder: FolderName,
    private readonly names: readonly string[],
    private readonly now: () => number,
  ) {}

  /** @param now seconds since 1970 */
  static async open(space: AccountSpace, folder: FolderName, now: () => number): Promise<FolderListing> {
    const names = new Set(await fileNames(space.folders.path(folder)));
    if (isDropFolder(folder)) {
      for (const name of await fileNames(space.folders.partialPath(folder))) names.add(name);
    }
    for (const name of subfolders(folder).keys()) names.delete(name);
    const sorted = [...names].sort();
    return new FolderListing(space, folder, ['.', '..', ...subfolders(folder).keys(), ...sorted], now);
  }

  /** The next entries; empty at the end. */
  async next(): Promise<readonly Buffer[]> {
    const portion: Buffer[] = [];
    let bytes = 0;
    while (bytes < PORTION_MAX_BYTES && this.position < this.names.length) {
      const names = this.names.slice(this.position, this.position + LOOKED_UP_AT_ONCE);
      this.position += names.length;
      for (const entry of await Promise.all(names.map((name) => this.entry(name)))) {
        if (entry === null) continue;
        portion.push(entry);
        bytes += entry.length;
      }
    }
    return portion;
  }

  /** Null for what is gone meanwhile, or is no regular file. */
  private async entry(name: string): Promise<Buffer | null> {
    const folder = name === '.' || name === '..' ? this.folder : subfolders(this.folder).get(name);
    if (folder !== undefined) {
      const stats = await lstat(this.space.folders.path(folder));
      return this.render(name, true, folderAttributes(stats), stats.size);
    }
    const found = findFile(this.space, this.folder, name);
    if (found === null) return null;
    const { stats } = found;
    return this.render(name, false, fileAttributes(stats.size, mtimeSeconds(stats)), stats.size);
  }

  private render(name: string, folder: boolean, attributes: FileAttributes, size: number): Buffer {
    const mtime = attributes.times?.mtime ?? 0;
    const longName = renderLongName({ name, folder, size, mtime }, this.space.account, this.now());
    return buildNameEntry({ name, longName, attributes });
  }
}

async function fileNames(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
