/**
 * Moves several small batches along their journeys in step: what each step must make durable is made durable for all of
 * them at once. They are of one message type, small enough to be staged in memory, and in the order in which they are to
 * be judged.
 * Where anything fails, the step counts for none of them, and each goes on alone from where it stands: a fault is then
 * that of one batch, as ever, and those of its account behind it wait. Only where the store fails even then it fails all
 * that are left: each of them might wait for its lock as long as one batch may.
 */
import type { BatchOrigin } from '../domain/batch-record';
import { type Fault, toFault } from '../domain/fault';
import type { BatchPorts, Submitter } from './batch-ports';
import { beginJourney, type BatchResult, processBatch } from './process-batch';

export interface OfferedBatch {
  readonly origin: BatchOrigin;
  readonly submitter: Submitter;
}

/** How the journey of one of them ended. */
export type BatchEnd =
  | { readonly kind: 'ended'; readonly result: BatchResult }
  | { readonly kind: 'failed'; readonly fault: Fault }
  /** For an earlier one of its account that failed. */
  | { readonly kind: 'waits' };

export interface EndedTogether {
  /** In the order in which the batches were given. */
  readonly ends: readonly BatchEnd[];
  /** Why they did not come to the end together; null when they did. */
  readonly parted: Fault | null;
}

export function processTogether(ports: BatchPorts, batches: readonly OfferedBatch[]): EndedTogether {
  if (batches.length === 1) return { ends: moveAlone(ports, batches), parted: null };
  try {
    const results = moveInStep(ports, batches);
    return { ends: results.map((result) => ({ kind: 'ended', result })), parted: null };
  } catch (error) {
    return { ends: moveAlone(ports, batches), parted: toFault(error) };
  }
}

function moveInStep(ports: BatchPorts, batches: readonly OfferedBatch[]): readonly BatchResult[] {
  const journeys = batches.map(({ origin, submitter }) => beginJourney(ports, origin, submitter));
  const results = new Map<number, BatchResult>();
  while (results.size < journeys.length) {
    const step = (): void =>
      journeys.forEach((journey, index) => {
        if (results.has(index)) return;
        const { done, value } = journey.next();
        if (done === true) results.set(index, value);
      });
    ports.store.together(() => ports.spool.together(step));
  }
  return journeys.map((_, index) => results.get(index) as BatchResult);
}

function moveAlone(ports: BatchPorts, batches: readonly OfferedBatch[]): readonly BatchEnd[] {
  const held = new Set<string>();
  let storeFault: Fault | null = null;
  return batches.map(({ origin, submitter }) => {
    if (held.has(origin.account)) return { kind: 'waits' };
    if (storeFault !== null) return { kind: 'failed', fault: storeFault };
    try {
      return { kind: 'ended', result: processBatch(ports, origin, submitter) };
    } catch (error) {
      const fault = toFault(error);
      held.add(origin.account);
      if (fault.code === 'S902' && fault.retryable) storeFault = fault;
      return { kind: 'failed', fault };
    }
  });
}
