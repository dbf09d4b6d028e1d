/**
 * What lies in the archive and is no batch's original. Of an archive of many years that takes a while: it looks at a few
 * files at a time, beside everything else that the process does. It only reads; fails as Node's fs does.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DataFolders } from './data-folders';
import type { Leftover } from './find-leftovers';

/** `<sender>/<yyyy>/<mm>/`: where the originals lie. */
const DEPTH = 3;
const STEP_FILES = 100;

/** @param isOriginal whether a batch's original belongs at that path, relative to the archive folder */
export async function* findArchiveStrays(
  { dataDir }: Pick<DataFolders, 'dataDir'>,
  isOriginal: (path: string) => boolean,
  folder = '',
  depth = 0,
): AsyncGenerator<Leftover, void, undefined> {
  const place = join('archive', folder);
  const entries = await readdir(join(dataDir, place), { withFileTypes: true, encoding: 'buffer' });
  for (const [index, entry] of entries.entries()) {
    if (index % STEP_FILES === 0) await nextTurn();
    const path = join(folder, entry.name.toString());
    const stray = { folder: place, name: entry.name };
    if (depth < DEPTH) {
      if (entry.isDirectory()) yield* findArchiveStrays({ dataDir }, isOriginal, path, depth + 1);
      else yield { ...stray, why: 'only folders belong there' };
    } else if (!entry.isFile() || !isOriginal(path)) {
      yield { ...stray, why: "it is no batch's original" };
    }
  }
}
