/** Where everything lies below the data folder: the one place that knows. */
import { join } from 'node:path';
import type { BatchRecord } from '../../domain/batch-record';
import { shortName } from '../../domain/short-name';

export interface DataFolders {
  readonly dataDir: string;
  readonly storePath: string;
  readonly hostKeyPath: string;
  /** One folder per account: what its SFTP client sees. */
  readonly accountsDir: string;
  /** Uploads that are not complete yet, out of every client's sight. */
  readonly uploadsDir: string;
  /** One folder per batch in work. */
  readonly workDir: string;
  /** What is worth nothing after a crash, named by its batch's id and an ending. */
  readonly stagingDir: string;
  readonly archiveDir: string;
  readonly quarantineDir: string;
  readonly logsDir: string;
  /** Requests of commands to lift bans. */
  readonly liftDir: string;
}

export function dataFolders(dataDir: string): DataFolders {
  return {
    dataDir,
    storePath: join(dataDir, 'labdrop.db'),
    hostKeyPath: join(dataDir, 'host_keys', 'ssh_host_ed25519_key'),
    accountsDir: join(dataDir, 'accounts'),
    uploadsDir: join(dataDir, 'uploads'),
    workDir: join(dataDir, 'work'),
    stagingDir: join(dataDir, 'work', 'staging'),
    archiveDir: join(dataDir, 'archive'),
    quarantineDir: join(dataDir, 'quarantine'),
    logsDir: join(dataDir, 'logs'),
    liftDir: join(dataDir, 'lift'),
  };
}

/** The folder of a batch's account in which it was dropped. */
export function dropFolder(folders: DataFolders, account: string, folder: 'root' | 'test'): string {
  const root = join(folders.accountsDir, account);
  return folder === 'root' ? root : join(root, 'test');
}

/** The uploads to it that are not complete. */
export function partialsFolder(folders: DataFolders, account: string, folder: 'root' | 'test'): string {
  return join(folders.uploadsDir, account, folder);
}

export function reportsFolder(folders: DataFolders, account: string, folder: 'root' | 'test'): string {
  return join(dropFolder(folders, account, folder), 'reports');
}

/**
 * Where a report is written before it is published: by the ending of its name, of which a batch has each once. All lie in
 * one folder that is always there: files come into a new one much more slowly.
 */
export function stagedReportPath({ stagingDir }: DataFolders, batchId: string, name: string): string {
  return join(stagingDir, `${batchId}.${name.split('.').slice(-2).join('.')}`);
}

/** Where a batch's marker lies from when it leaves the drop folder until it is removed or set aside. */
export function markerApartPath({ stagingDir }: DataFolders, batchId: string): string {
  return join(stagingDir, `${batchId}.marker`);
}

/** Stands for a batch's id in a warm-up; each replaces what was left of the last one. */
export const WARM_UP_ID = 'warm-up';

/** The part of a waiting file that a thread warms up with. */
export function warmUpPath(stagingDir: string): string {
  return join(stagingDir, `${WARM_UP_ID}.data`);
}

/**
 * Archive path of a batch's original, relative to the archive folder: `<sender>/<yyyy>/<mm>/<batch id>_<file name>`, a
 * very long name shortened.
 */
export function archivePath(batch: Pick<BatchRecord, 'id' | 'sender' | 'account' | 'receivedAt' | 'fileName'>): string {
  const [year = '', month = ''] = batch.receivedAt.split('-');
  return join(batch.sender ?? batch.account, year, month, `${batch.id}_${shortName(batch.fileName)}`);
}

/** Stands for a batch's id in the names of work folders that serve no batch now. */
export const SPARE_ID = 'spare';

/** An empty work folder, by the batch that left it. */
export function spareFolderPath(stagingDir: string, batchId: string): string {
  return join(stagingDir, `${SPARE_ID}.${batchId}`);
}
