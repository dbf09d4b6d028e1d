/**
 * Takes a batch out of the way that cannot be processed: first the store says so, for good, then its files are moved.
 * The state it has reached stays; nothing is told to its sender. Each step may be repeated.
 */
import type { BatchOrigin, QuarantinedBatch } from '../domain/batch-record';
import { toFault } from '../domain/fault';
import type { BatchPorts } from './batch-ports';

export function setBatchAside(ports: BatchPorts, origin: BatchOrigin, reason: string): QuarantinedBatch {
  const { store, spool } = ports;
  const batch = store.open(origin);
  const at = ports.now().toISOString();
  store.quarantine(batch.id, at, reason);
  spool.setAside(batch);
  return { batch, at, reason };
}

/**
 * What a crash between the two steps left where it was is moved now. Nothing of this may keep a daemon from starting.
 * @returns what cannot be moved
 */
export function finishQuarantine({ store, spool }: BatchPorts): readonly string[] {
  return store.quarantined().flatMap(({ batch }) => {
    try {
      spool.setAside(batch);
      return [];
    } catch (error) {
      return [`the files of batch ${batch.id} stay where they are: ${toFault(error).message}`];
    }
  });
}
