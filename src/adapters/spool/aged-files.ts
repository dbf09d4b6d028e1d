/**
 * Files that retention lets go: originals in the archive, report sets in the senders' folders. It finds and removes;
 * whether a file may go is the caller's to say. What another process removes meanwhile is gone all the same. Fails as
 * Node's fs does.
 */
import { type Dirent, lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type DataFolders, reportsFolder } from './data-folders';
import { syncDirectory } from './durable-files';

/** Files of one folder that go together, in the order in which they go. */
export interface AgedFiles {
  readonly folder: string;
  readonly names: readonly string[];
  readonly bytes: number;
}

/** Originals that lie in one folder of the archive. */
export interface ArchivedFiles {
  readonly folder: string;
  readonly files: readonly { readonly name: string; readonly batchId: string; readonly bytes: number }[];
}

const ID_LENGTH = 36;

/** Originals in the archive's folders of that month and earlier ones. @param month `yyyy-mm` */
export function* archivedUntil({ archiveDir }: DataFolders, month: string): Generator<ArchivedFiles, void, undefined> {
  for (const folder of monthFolders(archiveDir, month)) {
    const files = filesIn(folder).map(({ name, size }) => ({ name, batchId: name.slice(0, ID_LENGTH), bytes: size }));
    yield { folder, files };
  }
}

/** Removes empty folders of months before that one. @param month `yyyy-mm` */
export function removeEmptyMonths({ archiveDir }: DataFolders, month: string): void {
  for (const folder of monthFolders(archiveDir, month)) {
    if (folder.endsWith(month.replace('-', '/'))) continue;
    if (removeIfEmpty(folder) && !folder.includes(`/${month.slice(0, 4)}/`)) removeIfEmpty(join(folder, '..'));
  }
}

/**
 * Report sets of which every file was written before that moment. The file that announces a set goes first: what is
 * left of a set never looks whole.
 */
export function* agedReports(folders: DataFolders, before: Date): Generator<AgedFiles, void, undefined> {
  for (const account of entriesOf(folders.accountsDir).filter((entry) => entry.isDirectory())) {
    for (const place of ['root', 'test'] as const) {
      yield* agedSets(reportsFolder(folders, account.name, place), before.getTime());
    }
  }
}

/** Copies of the store from before a migration, last written before that moment. */
export function* agedStoreCopies({ dataDir }: DataFolders, before: Date): Generator<AgedFiles, void, undefined> {
  const copies = filesIn(dataDir).filter(({ name, mtimeMs }) => STORE_COPY.test(name) && mtimeMs < before.getTime());
  for (const { name, size } of copies) yield { folder: dataDir, names: [name], bytes: size };
}

/** Removes them, durably; those that are gone are no problem. */
export function removeFiles(folder: string, names: readonly string[]): void {
  for (const name of names) {
    try {
      unlinkSync(join(folder, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  syncDirectory(folder);
}

const REPORT_NAME = /^(.+)\.(?:errors\.csv|rejected\.(?:csv|json)|[A-Z]+\.txt|report\.(?:json|ok))$/;
const ANNOUNCEMENT = '.report.ok';
const STORE_COPY = /^labdrop\.db\.before-\d+$/;

function* agedSets(folder: string, beforeMs: number): Generator<AgedFiles, void, undefined> {
  const sets = new Map<string, { readonly names: string[]; bytes: number; lastMs: number }>();
  for (const { name, size, mtimeMs } of filesIn(folder)) {
    const stem = REPORT_NAME.exec(name)?.[1] ?? name;
    const set = sets.get(stem) ?? { names: [], bytes: 0, lastMs: 0 };
    set.names.push(name);
    set.bytes += size;
    set.lastMs = Math.max(set.lastMs, mtimeMs);
    sets.set(stem, set);
  }
  for (const { names, bytes, lastMs } of sets.values()) {
    if (lastMs >= beforeMs) continue;
    names.sort((a, b) => Number(b.endsWith(ANNOUNCEMENT)) - Number(a.endsWith(ANNOUNCEMENT)));
    yield { folder, names, bytes };
  }
}

/** `archive/<sender>/<yyyy>/<mm>`, of that month and before it. */
function* monthFolders(archiveDir: string, month: string): Generator<string, void, undefined> {
  for (const sender of foldersIn(archiveDir)) {
    for (const year of foldersIn(join(archiveDir, sender))) {
      for (const part of foldersIn(join(archiveDir, sender, year))) {
        if (`${year}-${part}` <= month) yield join(archiveDir, sender, year, part);
      }
    }
  }
}

function filesIn(
  folder: string,
): readonly { readonly name: string; readonly size: number; readonly mtimeMs: number }[] {
  return entriesOf(folder)
    .filter((entry) => entry.isFile())
    .flatMap(({ name }) => {
      const found = lstatSync(join(folder, name), { throwIfNoEntry: false });
      return found === undefined ? [] : [{ name, size: found.size, mtimeMs: found.mtimeMs }];
    });
}

function foldersIn(path: string): readonly string[] {
  return entriesOf(path)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

function removeIfEmpty(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOENT') return false;
    throw error;
  }
}

/** None where there is no such folder. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
