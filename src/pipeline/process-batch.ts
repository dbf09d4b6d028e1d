/**
 * Moves ONE batch along its journey, from wherever it stands to the end: the same function for a new batch and for one
 * that a crash left behind. Each step may be repeated; what is done already is found done.
 *
 *   ready -> claimed -> validated -> committed -> reported -> archived
 *
 * Throws a `Fault` when the world fails; the batch then stays in the state it has reached and is tried again.
 */
import type { BatchOrigin, BatchRecord } from '../domain/batch-record';
import { Fault } from '../domain/fault';
import { hasReached } from '../domain/journey';
import type { FindingGroup } from '../ports/report-source';
import type { BatchPorts, Submitter } from './batch-ports';
import { isNeedless } from './is-needless';
import { judgeBatch } from './judge-batch';
import { reportBatch } from './report-batch';

export type BatchResult =
  | { readonly kind: 'done'; readonly batch: BatchRecord; readonly groups: readonly FindingGroup[] }
  /** Nothing was taken and nothing is owed: the file was gone or another one, or there is nothing new to say. */
  | { readonly kind: 'withdrawn'; readonly id: string };

export function processBatch(ports: BatchPorts, origin: BatchOrigin, submitter: Submitter): BatchResult {
  const { store, spool } = ports;
  const batch = store.open(origin);
  if (!hasReached(batch.state, 'committed')) {
    const previous = batch.previousBatch === null ? null : store.batch(batch.previousBatch);
    if (isNeedless(batch, previous, ports.rules)) {
      spool.archive(batch);
      store.withdraw(batch.id);
      return { kind: 'withdrawn', id: batch.id };
    }
    const claimed = claimIfAny(ports, batch);
    if (claimed === null) {
      if (hasReached(batch.state, 'claimed')) {
        throw new Fault('S901', `the data file of batch ${batch.id} is gone from the work folder`, {
          retryable: false,
        });
      }
      store.withdraw(batch.id);
      return { kind: 'withdrawn', id: batch.id };
    }
    judgeBatch(ports, batch, claimed.file, submitter);
  }
  const committed = reread(ports, batch.id);
  const source = store.reportSource(batch.id);
  const groups = source.groups();
  if (!hasReached(committed.state, 'reported')) {
    reportBatch(ports, { batch: committed, source, groups });
    store.markReported(batch.id, timestamp(ports));
  }
  if (!hasReached(committed.state, 'archived')) {
    spool.archive(committed);
    store.markArchived(batch.id, timestamp(ports));
  }
  return { kind: 'done', batch: reread(ports, batch.id), groups };
}

/** Takes the data file, where the batch has one; null when it should have one and it cannot be had. */
function claimIfAny(ports: BatchPorts, batch: BatchRecord): { file: ReturnType<BatchPorts['spool']['claim']> } | null {
  if (batch.dataIdentity === null || batch.cause === 'unmarked') return { file: null };
  const file = ports.spool.claim(batch);
  if (file === null) return null;
  if (!hasReached(batch.state, 'claimed')) ports.store.markClaimed(batch.id, timestamp(ports));
  return { file };
}

function reread(ports: BatchPorts, id: string): BatchRecord {
  const batch = ports.store.batch(id);
  if (batch === null) throw new Fault('S902', `batch ${id} vanished from the store`, { retryable: false });
  return batch;
}

function timestamp(ports: BatchPorts): string {
  return ports.now().toISOString();
}
