/**
 * Files without their batch and batches without their file, in work and in the archive. A daemon may run meanwhile:
 * what looks wrong is looked at again before it is told.
 */
import { existsSync, type Dirent, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { archivePath, type DataFolders } from '../adapters/spool/data-folders';
import type { StoreInspection } from '../adapters/sqlite/inspect-store';
import type { BatchRecord } from '../domain/batch-record';
import { type CheckResult, orFine, shellWord, wrong } from './check-result';
import { fetchFromArchive } from './fetch-from-archive';
import { needsData } from './needs-data';

export type BatchLookup = Pick<StoreInspection, 'batch' | 'unfinished' | 'withOriginal'>;

/** Told of each kind; the rest is counted. */
const TOLD_MAX = 10;
const STAGING = 'staging';
const BATCH_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @param since of earlier batches the originals may be gone: ISO 8601 UTC */
export function checkOrphans(folders: DataFolders, store: BatchLookup, since: string): readonly CheckResult[] {
  return [
    ...orFine([...workWithoutBatch(folders, store), ...batchWithoutWork(folders, store)], 'work', 'nothing left over'),
    ...orFine(
      [...batchWithoutOriginal(folders, store, since), ...archiveWithoutBatch(folders, store)],
      'archive',
      'every original has its batch, every batch its original',
    ),
  ];
}

function workWithoutBatch({ workDir, quarantineDir }: DataFolders, store: BatchLookup): readonly CheckResult[] {
  const results: CheckResult[] = [];
  for (const { name } of entriesOf(workDir)) {
    if (name === STAGING) continue;
    const path = join(workDir, name);
    const batch = store.batch(name);
    if ((batch !== null && batch.state !== 'archived') || !existsSync(path)) continue;
    const whose = batch === null ? 'belongs to no batch' : 'belongs to a batch that is done';
    results.push(wrong('work', `${path} ${whose}`, `mv ${shellWord(path)} ${shellWord(quarantineDir)}/`));
  }
  return bounded(results, 'work');
}

/** From `claimed` until the reports are out the data file is needed. */
function batchWithoutWork(folders: DataFolders, store: BatchLookup): readonly CheckResult[] {
  const { workDir } = folders;
  const needsFile = (batch: BatchRecord): boolean => needsData(batch) && !existsSync(join(workDir, batch.id, 'data'));
  const results = store
    .unfinished()
    .filter(needsFile)
    .filter(({ id }) => {
      const again = store.batch(id);
      return again !== null && needsFile(again);
    })
    .map((batch) => {
      const { id, state, fileName, account } = batch;
      const data = join(workDir, id, 'data');
      const what = `batch ${id} (${fileName}, ${state}) has lost its data file ${data}`;
      const fix = `put the file back there from a backup, or ask ${account} to send it again under a new name`;
      return wrong('work', what, fetchFromArchive(folders, batch, data) ?? fix);
    });
  return bounded(results, 'work');
}

function batchWithoutOriginal({ archiveDir }: DataFolders, store: BatchLookup, since: string): readonly CheckResult[] {
  const missing: CheckResult[] = [];
  let more = 0;
  for (const batch of store.withOriginal(since)) {
    const path = join(archiveDir, archivePath(batch));
    if (existsSync(path)) continue;
    if (missing.length < TOLD_MAX) {
      const fix = `put it back from a backup: ${shellWord(path)}; without it the batch cannot be replayed`;
      missing.push(wrong('archive', `the original of batch ${batch.id} is missing`, fix));
    } else {
      more++;
    }
  }
  return withRest(missing, more, 'archive');
}

function archiveWithoutBatch({ archiveDir, quarantineDir }: DataFolders, store: BatchLookup): readonly CheckResult[] {
  const strange: CheckResult[] = [];
  let more = 0;
  for (const path of filesBelow(archiveDir)) {
    const id = path.slice(path.lastIndexOf('/') + 1).slice(0, 36);
    const batch = BATCH_ID.test(id) ? store.batch(id) : null;
    if (batch !== null && archivePath(batch) === relative(archiveDir, path)) continue;
    if (strange.length < TOLD_MAX) {
      const fix = `mv ${shellWord(path)} ${shellWord(quarantineDir)}/`;
      strange.push(wrong('archive', `${path} belongs to no batch`, fix));
    } else {
      more++;
    }
  }
  return withRest(strange, more, 'archive');
}

function bounded(results: readonly CheckResult[], area: string): readonly CheckResult[] {
  return withRest(results.slice(0, TOLD_MAX), results.length - TOLD_MAX, area);
}

function withRest(told: readonly CheckResult[], more: number, area: string): readonly CheckResult[] {
  return more > 0
    ? [...told, wrong(area, `${more} more of the same kind`, 'mend the first ones and check again')]
    : told;
}

function* filesBelow(folder: string): Generator<string, void, undefined> {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

/** None where there is no such folder yet, or no longer. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
