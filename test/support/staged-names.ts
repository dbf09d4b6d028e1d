/** What lies in the staging folder; spare work folders, which stay there, left out. */
import { readdirSync } from 'node:fs';
import { type DataFolders, SPARE_ID } from '../../src/adapters/spool/data-folders';

export function stagedNames({ stagingDir }: DataFolders): readonly string[] {
  return readdirSync(stagingDir).filter((name) => !name.startsWith(`${SPARE_ID}.`));
}
