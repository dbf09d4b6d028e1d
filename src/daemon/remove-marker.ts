/** Takes the marker of a withdrawn batch out of its drop folder: it is not to mean the next file of its name. */
import { join } from 'node:path';
import type { FolderListing } from '../adapters/inbox/folder-listing';
import type { DroppedFile } from '../adapters/inbox/list-folder';
import { dropFolder, type DataFolders } from '../adapters/spool/data-folders';
import { removeIfSame } from '../adapters/spool/durable-files';

/** @param failed told where it stays */
export function createMarkerRemoval(folders: DataFolders, failed: (path: string, error: Error) => void) {
  return ({ account, folder }: FolderListing, { name, identity }: DroppedFile): void => {
    const path = join(dropFolder(folders, account, folder), name);
    try {
      removeIfSame(path, identity);
    } catch (error) {
      failed(path, error instanceof Error ? error : new Error(String(error)));
    }
  };
}
