/**
 * Makes the data folder ready for a start: all folders exist and lie on one file system, so that every move between
 * them is a rename.
 */
import { statSync } from 'node:fs';
import { type DataFolders } from '../adapters/spool/data-folders';
import { makeDirectory } from '../adapters/spool/durable-files';
import { Fault, toFault } from '../domain/fault';

/** @throws Fault S901 when a folder cannot be made or lies on another file system */
export function prepareDataFolders(folders: DataFolders): void {
  const { dataDir, accountsDir, uploadsDir, workDir, archiveDir, quarantineDir, logsDir } = folders;
  try {
    const device = deviceOf(dataDir);
    for (const path of [accountsDir, uploadsDir, workDir, archiveDir, quarantineDir, logsDir]) {
      if (deviceOf(path) !== device) {
        throw new Fault('S901', `${path} must lie on the same file system as ${dataDir}`, { retryable: false });
      }
    }
  } catch (error) {
    throw toFault(error);
  }
}

function deviceOf(path: string): number {
  makeDirectory(path);
  return statSync(path).dev;
}
