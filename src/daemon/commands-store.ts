/** The store as commands read it: read-only, beside a running daemon or without one. */
import { dataFolders } from '../adapters/spool/data-folders';
import { exists } from '../adapters/spool/durable-files';
import { openStoreReader, type StoreReader } from '../adapters/sqlite/open-store-reader';
import type { Config } from '../config/config';

export { ID_BEGINNING_MIN } from '../adapters/sqlite/open-store-reader';
export type {
  BatchFilter,
  BatchNameColumn,
  Erased,
  Rejection,
  ReportFetched,
  StoreReader,
} from '../adapters/sqlite/open-store-reader';

/** Null as long as no daemon has made the store. @throws Fault S902 when it cannot be read; errors of the file system */
export function openReader(config: Config): StoreReader | null {
  const { storePath } = dataFolders(config.dataDir);
  return exists(storePath) ? openStoreReader(storePath) : null;
}
