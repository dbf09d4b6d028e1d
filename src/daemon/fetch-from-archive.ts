/**
 * The command that gives a batch on its way its data file back out of the archive: there it lies when the store was put
 * back from a copy that was made while the batch was in work. It only looks.
 */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { archivePath, type DataFolders } from '../adapters/spool/data-folders';
import type { BatchRecord } from '../domain/batch-record';
import { shellWord } from './check-result';

/** @param dataPath where the file is missed. @returns null where the archive does not have it either */
export function fetchFromArchive(
  { archiveDir, dataDir }: DataFolders,
  batch: BatchRecord,
  dataPath: string,
): string | null {
  const original = join(archiveDir, archivePath(batch));
  if (!existsSync(original)) return null;
  const { uid, gid } = statSync(dataDir);
  const folder = `install -d -o ${uid} -g ${gid} -m 0700 ${shellWord(dirname(dataPath))}`;
  return `${folder} && mv ${shellWord(original)} ${shellWord(dataPath)}`;
}
