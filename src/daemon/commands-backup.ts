/** What `backup` needs: an online copy of the store, whether a daemon runs or not. */
import { dataFolders } from '../adapters/spool/data-folders';
import { exists } from '../adapters/spool/durable-files';
import { backUpStore, type StoreBackup } from '../adapters/sqlite/back-up-store';
import type { Config } from '../config/config';
import type { OnInterrupt } from '../ports/on-interrupt';

export { inspectBackup, type StoreBackup } from '../adapters/sqlite/back-up-store';

export interface BackupRequest {
  /** Absolute, in a folder that exists; a file of that name is replaced. */
  readonly targetPath: string;
  /** The part that is done, 0 to 1. */
  readonly onProgress: (done: number) => void;
  readonly onInterrupt?: OnInterrupt;
}

/** Null as long as no daemon has made the store. @throws Fault S901 or S902 */
export async function backUp(config: Config, request: BackupRequest): Promise<StoreBackup | null> {
  const { storePath } = dataFolders(config.dataDir);
  return exists(storePath) ? backUpStore({ storePath, ...request }) : null;
}
