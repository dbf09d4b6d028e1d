/** Whether the store has the tables of this program, and what to do after an upgrade or a downgrade when it has not. */
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DataFolders } from '../adapters/spool/data-folders';
import { describeMissing } from '../adapters/sqlite/store-shape';
import { type CheckResult, fine, shellWord, wrong } from './check-result';

export function checkStoreVersion(
  storePath: string,
  { stored, known }: { readonly stored: number; readonly known: number },
): CheckResult {
  const area = 'store';
  if (stored === known) return fine(area, `${storePath} is sound`);
  const what = `${storePath} has version ${stored}, this program knows ${known}`;
  if (stored < known) {
    const fix = 'restart the daemon of this version: it copies the store, then brings it to its own version';
    return wrong(area, `${what}: an earlier program made it`, fix);
  }
  const copy = findCopyBefore(storePath, known);
  const earlier =
    copy === null
      ? 'a backup that was made before the upgrade'
      : `${shellWord(copy)}, the copy that the upgrade made (what came since is not in it)`;
  const fix = `install the newer program again; or stop the daemon, keep ${shellWord(storePath)} aside, and put in its place ${earlier}`;
  return wrong(area, `${what}: a newer program made it`, fix);
}

/** A store that lacks something of its own version: no start makes it whole. */
export function checkShape(
  { dataDir, storePath }: DataFolders,
  stored: number,
  missing: readonly string[],
): CheckResult {
  const fix = `keep ${shellWord(storePath)} aside and put a backup of a released version in its place; without one, take out its records with labdrop export, mv ${shellWord(dataDir)} elsewhere, make it anew with the host_keys of the old one, start the daemon, and drop the originals of the old archive again`;
  return wrong('store', describeMissing(stored, missing), fix);
}

/** The copy that was made when a program put that version behind it; null when it is not there any more. */
function findCopyBefore(storePath: string, known: number): string | null {
  const start = `${basename(storePath)}.before-`;
  const versions = readdirSync(dirname(storePath))
    .filter((name) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length)))
    .map((name) => Number(name.slice(start.length)))
    .filter((version) => version > known);
  return versions.length === 0 ? null : join(dirname(storePath), `${start}${Math.min(...versions)}`);
}
