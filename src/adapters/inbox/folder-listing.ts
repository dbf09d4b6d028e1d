/** What the inbox tells of one drop folder. */
import type { DroppedFile } from './list-folder';

export type DropFolderName = 'root' | 'test';

export interface FolderListing {
  readonly account: string;
  readonly folder: DropFolderName;
  readonly files: readonly DroppedFile[];
  /** Of each base name among the files all that lies there, or only what belongs to the names of one hint. */
  readonly complete: boolean;
  /** Whether the SFTP server told a name lately: it publishes whole files only. */
  readonly cameWhole: (fileName: string) => boolean;
}
