/** What `export` needs: the records of the store, and a file that is there only when it is complete. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { dataFolders } from '../adapters/spool/data-folders';
import { exists, syncDirectory } from '../adapters/spool/durable-files';
import { openRecordExport, type RecordExport } from '../adapters/sqlite/open-record-export';
import type { Config } from '../config/config';
import { toFault } from '../domain/fault';

export type { RecordCell, RecordExport, RecordRows } from '../adapters/sqlite/open-record-export';

/** Null as long as no daemon has made the store. @throws Fault S902 when it cannot be read */
export function openExport(config: Config): RecordExport | null {
  const { storePath } = dataFolders(config.dataDir);
  return exists(storePath) ? openRecordExport(storePath) : null;
}

export interface ExportFile {
  write(text: string): void;
  /** Puts the file in place, whole and durable. */
  finish(): void;
  /** Leaves nothing behind. */
  discard(): void;
}

/**
 * A file that nobody else may read: it holds patients' data.
 * @param path absolute, in a folder that exists
 * @throws Fault S901
 */
export function createExportFile(path: string): ExportFile {
  const unfinished = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  const fd = guarded(() => openSync(unfinished, 'w', 0o600));
  let isOpen = true;

  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    closeSync(fd);
  }

  return {
    write: (text) =>
      guarded(() => {
        const bytes = Buffer.from(text);
        for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
      }),
    finish: () =>
      guarded(() => {
        fsyncSync(fd);
        close();
        renameSync(unfinished, path);
        syncDirectory(dirname(path));
      }),
    discard: () =>
      guarded(() => {
        rmSync(unfinished, { force: true });
        close();
      }),
  };
}

function guarded<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw toFault(error);
  }
}
