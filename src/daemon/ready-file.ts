/**
 * Whether a file of a drop folder is part of a batch that is complete and was not taken up yet: then it is no longer its
 * sender's to replace. A look at the disk, for names at which a file lies.
 */
import { lookAtOnce } from '../adapters/inbox/list-folder';
import { dropFolder, type DataFolders } from '../adapters/spool/data-folders';
import type { BatchOrigin } from '../domain/batch-record';
import { relatedNames } from '../stages/name/split-file-name';
import { pairFiles } from '../stages/settle/pair-files';

export type FindReadyFile = (account: string, folder: BatchOrigin['folder'], fileName: string) => string | null;

/**
 * Gives the file's identity; null when it is not part of such a batch, or the folder cannot be looked at.
 * @param isKnown whether a file of this identity belongs to a batch that was taken up
 */
export function createReadyFiles(folders: DataFolders, isKnown: (identity: string) => boolean): FindReadyFile {
  return (account, folder, fileName) => {
    try {
      const names = [fileName, ...relatedNames(fileName)];
      const files = lookAtOnce(dropFolder(folders, account, folder), names);
      const { ready } = pairFiles(
        files.filter(({ identity }) => !isKnown(identity)),
        { nowMs: Date.now(), markerGraceMs: Number.POSITIVE_INFINITY, busy: new Set(), cameWhole: () => true },
      );
      const found = ready.flatMap(({ data, marker }) => [data, marker]).find(({ name }) => name === fileName);
      return found?.identity ?? null;
    } catch {
      return null;
    }
  };
}
