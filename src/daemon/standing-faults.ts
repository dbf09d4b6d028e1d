/**
 * Faults that stand until somebody has dealt with them, as the store and the quarantine show them at this moment: no
 * restart forgets them, and none stays when its cause is gone. Never throws: what cannot be looked at is a fault, too.
 */
import type { DataFolders } from '../adapters/spool/data-folders';
import { listFoundFolders } from '../adapters/spool/found-folders';
import type { StoreReader } from '../adapters/sqlite/open-store-reader';
import type { QuarantinedBatch } from '../domain/batch-record';
import { toFault } from '../domain/fault';
import type { StandingFault } from './status-file';

const NO_BATCH = { batch: null, account: null, fileName: null, retryAt: null };

export function quarantineFault({ batch, at, reason }: QuarantinedBatch): StandingFault {
  const { id, account, fileName } = batch;
  const message = `set aside in quarantine/${id}: ${reason}; labdrop release ${id} gives it another try`;
  return { code: 'S903', message, retryable: false, at, batch: id, account, fileName, retryAt: null };
}

/** @param reader null as long as there is no store */
export function standingFaults(
  folders: DataFolders,
  reader: Pick<StoreReader, 'quarantined'> | null,
  now: Date,
): readonly StandingFault[] {
  return [
    ...looked(now, () => (reader?.quarantined() ?? []).map(quarantineFault)),
    ...looked(now, () =>
      listFoundFolders(folders).map(({ name, since }) => ({
        ...NO_BATCH,
        code: 'S901',
        message: `leftovers were set aside in quarantine/${name}: look at them, then remove that folder`,
        retryable: false,
        at: since,
      })),
    ),
  ];
}

function looked(now: Date, look: () => readonly StandingFault[]): readonly StandingFault[] {
  try {
    return look();
  } catch (error) {
    const { code, message, retryable } = toFault(error);
    return [{ ...NO_BATCH, code, message, retryable, at: now.toISOString() }];
  }
}
