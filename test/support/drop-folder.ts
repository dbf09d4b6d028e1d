/** The drop folder of an account of the built daemon, used on the disk as another program on the machine would. */
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from './built-daemon';

export function dropFolder(home: Home, account: string): string {
  return join(home.dataDir, 'accounts', account);
}

/**
 * Places a data file and its marker, each whole, by renames from elsewhere on the same disk.
 * @param fileName of the data file, with or without its extension
 */
export function placeBatch(home: Home, folder: string, fileName: string, content: string | Uint8Array): void {
  for (const [name, bytes] of [
    [fileName, content],
    [`${fileName.replace(/\.(csv|json)$/, '')}.ok`, ''],
  ] as const) {
    writeFileSync(join(home.dataDir, name), bytes);
    renameSync(join(home.dataDir, name), join(folder, name));
  }
}

/** Whether all reports on a batch are there: this one comes last. */
export function isAnswered(folder: string, baseName: string): boolean {
  return existsSync(join(folder, 'reports', `${baseName}.report.ok`));
}
