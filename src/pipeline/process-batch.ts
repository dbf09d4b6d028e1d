/**
 * Moves ONE batch along its journey, from wherever it stands to the end: the same for a new batch and for one that a
 * crash left behind. Each step may be repeated; what is done already is found done.
 *
 *   ready -> claimed -> validated -> committed -> reported -> archived
 *
 * A step ends where something must be durable before anything else is done. Throws a `Fault` when the world fails; the
 * batch then stays in the state it has reached and is tried again.
 */
import type { BatchOrigin, BatchRecord } from '../domain/batch-record';
import { Fault } from '../domain/fault';
import { hasReached } from '../domain/journey';
import type { FindingGroup } from '../ports/report-source';
import type { BatchPorts, Submitter } from './batch-ports';
import { isNeedless } from './is-needless';
import { judgeBatch } from './judge-batch';
import { readAhead } from './read-ahead';
import { reportBatch } from './report-batch';

export type BatchResult =
  | { readonly kind: 'done'; readonly batch: BatchRecord; readonly groups: readonly FindingGroup[] }
  /** Nothing was taken and nothing is owed: the file was gone or another one, or there is nothing new to say. */
  | { readonly kind: 'withdrawn'; readonly id: string };

/** Each `yield` is the end of a step: what was done must be durable before it goes on. */
export type Journey = Generator<undefined, BatchResult, undefined>;

export function processBatch(ports: BatchPorts, origin: BatchOrigin, submitter: Submitter): BatchResult {
  const journey = beginJourney(ports, origin, submitter);
  for (;;) {
    const step = ports.spool.together(() => journey.next());
    if (step.done === true) return step.value;
  }
}

export function* beginJourney(ports: BatchPorts, origin: BatchOrigin, submitter: Submitter): Journey {
  const { store } = ports;
  const batch = store.open(origin);
  yield;
  if (!hasReached(batch.state, 'committed')) {
    const previous = batch.previousBatch === null ? null : store.batch(batch.previousBatch);
    const needless = isNeedless(batch, previous, ports.rules);
    if (needless) yield* putAway(ports, batch);
    if (needless || !(yield* judge(ports, batch, submitter))) {
      store.withdraw(batch.id);
      yield;
      return { kind: 'withdrawn', id: batch.id };
    }
  }
  const committed = reread(ports, batch.id);
  const source = store.reportSource(batch.id);
  const groups = source.groups();
  if (!hasReached(committed.state, 'reported')) {
    yield* reportBatch(ports, { batch: committed, source, groups });
    store.markReported(batch.id, timestamp(ports));
    yield;
  }
  if (!hasReached(committed.state, 'archived')) {
    yield* putAway(ports, committed);
    store.markArchived(batch.id, timestamp(ports));
    yield;
  }
  return { kind: 'done', batch: reread(ports, batch.id), groups };
}

/** False when there is nothing to judge: the file was gone or another one. */
function* judge(ports: BatchPorts, batch: BatchRecord, submitter: Submitter): Generator<undefined, boolean> {
  if (batch.dataIdentity === null || batch.cause === 'unmarked') {
    judgeBatch(ports, batch, null, submitter);
    yield;
    return true;
  }
  const file = ports.spool.claim(batch);
  yield;
  if (file === null) {
    if (!hasReached(batch.state, 'claimed')) return false;
    throw new Fault('S901', `the data file of batch ${batch.id} is gone from the work folder`, { retryable: false });
  }
  if (!hasReached(batch.state, 'claimed')) {
    ports.store.markClaimed(batch.id, timestamp(ports));
    yield;
  }
  const ahead = readAhead(ports, batch, file, submitter);
  // Nothing was changed: but what is judged together is written together, and all of it is read by now.
  yield;
  judgeBatch(ports, batch, file, submitter, ahead);
  yield;
  return true;
}

function* putAway({ spool }: BatchPorts, batch: BatchRecord): Generator<undefined, void> {
  spool.archive(batch);
  yield;
  spool.clear(batch);
  yield;
}

function reread(ports: BatchPorts, id: string): BatchRecord {
  const batch = ports.store.batch(id);
  if (batch === null) throw new Fault('S902', `batch ${id} vanished from the store`, { retryable: false });
  return batch;
}

function timestamp(ports: BatchPorts): string {
  return ports.now().toISOString();
}
