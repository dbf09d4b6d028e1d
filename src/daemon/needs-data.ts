/** Whether a batch that is not archived yet cannot go on without its data file. Pure. */
import type { BatchRecord } from '../domain/batch-record';

export function needsData({ state, cause, dataIdentity }: BatchRecord): boolean {
  if (dataIdentity === null || cause === 'unmarked') return false;
  return state === 'claimed' || state === 'validated' || state === 'committed';
}
