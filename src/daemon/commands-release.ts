/**
 * Gives a batch that was set aside another try: its files go back into the work folder, then the store lets it go on.
 * A crash between the two leaves it set aside: the next start moves its files to the quarantine again.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolders } from '../adapters/spool/data-folders';
import { moveFile } from '../adapters/spool/durable-files';
import { releaseBatch } from '../adapters/sqlite/release-batch';
import type { Config } from '../config/config';
import type { BatchRecord } from '../domain/batch-record';
import { needsData } from './needs-data';

/** What must be there before the batch can go on and is not; null when it can. */
export function whyNoRelease(config: Config, batch: BatchRecord): string | null {
  const { quarantineDir, workDir } = dataFolders(config.dataDir);
  const data = join(quarantineDir, batch.id, 'data');
  if (!needsData(batch) || existsSync(data) || existsSync(join(workDir, batch.id, 'data'))) return null;
  return batch.cause === 'replay' ? null : `its data file is gone: put it back as ${data}`;
}

/** @returns whether it was set aside until now. @throws Fault S901 or S902 */
export function release(config: Config, { id }: BatchRecord): boolean {
  const { quarantineDir, workDir, storePath } = dataFolders(config.dataDir);
  const [aside, work] = [join(quarantineDir, id), join(workDir, id)];
  if (existsSync(aside) && !existsSync(work)) moveFile(aside, work);
  return releaseBatch(storePath, id);
}
