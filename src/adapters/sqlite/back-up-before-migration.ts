/**
 * Before a start changes the tables of an older store: a checked copy of it beside it, `<store>.before-<version>`. A
 * store that is new, or has this program's tables already, is left alone. Fails with the fault of the copy, or where the
 * store lacks tables of its own version; then nothing was changed, and the daemon must not start.
 */
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Fault, toFault } from '../../domain/fault';
import { asFault } from './as-fault';
import { backUpStore } from './back-up-store';
import { type Migration, MIGRATIONS, storeVersion } from './migrate';
import { openConnection } from './open-connection';
import { assertShape } from './store-shape';

const MIB = 1024 ** 2;

export interface MigrationBackup {
  readonly path: string;
  readonly bytes: number;
  /** The store's version until now. */
  readonly from: number;
  /** The one that it is about to get. */
  readonly to: number;
}

/**
 * Only for the one process that holds the data folder, before it opens the store to write.
 * @returns null when nothing is about to change
 * @throws Fault S901 or S902
 */
export async function backUpBeforeMigration(
  storePath: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<MigrationBackup | null> {
  if (!existsSync(storePath)) return null;
  try {
    const from = asFault(() => versionOf(storePath, migrations));
    const to = migrations.at(-1)?.version ?? 0;
    if (from === 0 || from >= to) return null;
    const path = `${storePath}.before-${to}`;
    const { bytes } = await backUpStore({ storePath, targetPath: path, onProgress: () => undefined });
    return { path, bytes, from, to };
  } catch (error) {
    throw noRoom(storePath, toFault(error));
  }
}

/** The fault itself where it is another one. */
function noRoom(storePath: string, fault: Fault): Fault {
  if (!/\b(?:ENOSPC|EDQUOT|SQLITE_FULL|SQLITE_IOERR_SHMSIZE)\b/.test(fault.message)) return fault;
  const bytes = [storePath, `${storePath}-wal`].reduce((sum, path) => sum + sizeOf(path), 0);
  const message = `the start wants room in ${dirname(storePath)}, for a copy of the store where its tables are to be changed: make room for ${Math.ceil(bytes / MIB)} MiB; nothing was changed (${fault.message})`;
  return new Fault(fault.code, message, { retryable: fault.retryable, cause: fault });
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** A crash while the store was made may have left a journal: only a connection that may write can play it back. */
function versionOf(path: string, migrations: readonly Migration[]): number {
  const db = openConnection(path);
  try {
    assertShape(db, migrations);
    return storeVersion(db);
  } finally {
    db.close();
  }
}
