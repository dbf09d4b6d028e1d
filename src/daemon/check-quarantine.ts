/** What lies in the quarantine: batches and leftovers that wait for people. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DataFolders } from '../adapters/spool/data-folders';
import { listFoundFolders } from '../adapters/spool/found-folders';
import type { StoreInspection } from '../adapters/sqlite/inspect-store';
import { type CheckResult, orFine, shellWord, wrong } from './check-result';
import { fetchFromArchive } from './fetch-from-archive';
import { needsData } from './needs-data';

export function checkQuarantine(
  folders: DataFolders,
  store: Pick<StoreInspection, 'quarantined'> | null,
): readonly CheckResult[] {
  const area = 'quarantine';
  const batches = (store?.quarantined() ?? []).map(({ batch, reason }) => {
    const { id, fileName, account } = batch;
    const data = join(folders.quarantineDir, id, 'data');
    const isMissed = needsData(batch) && !existsSync(data);
    const fetch = isMissed ? fetchFromArchive(folders, batch, data) : null;
    const first = isMissed ? `${fetch ?? `put its data file back as ${shellWord(data)}`}, then ` : '';
    const what = `batch ${id} (${fileName} of ${account}) was set aside: ${reason}`;
    return wrong(area, what, `${first}labdrop release ${id}: it gets another try`);
  });
  const found = listFoundFolders(folders).map(({ path }) =>
    wrong(area, `${path} holds leftovers that a start set aside`, `look at them, then rm -r ${shellWord(path)}`),
  );
  return orFine([...batches, ...found], area, 'nothing was set aside');
}
