/**
 * The journey of a batch, step by step. This list is the only one: the store's CHECK constraint, the report schema and
 * the README's picture are tested equal to it.
 *
 *   received -> ready -> claimed -> validated -> committed -> reported -> archived
 *
 * received   bytes of the data file are durable, its marker is not there yet
 * ready      data and marker are there and nobody writes to either
 * claimed    the data file was renamed out of the sender's folder into work/<batch id>/
 * validated  every record was read and judged
 * committed  batch, records, findings and owed reports are in the store, in one durable transaction
 * reported   the report files stand in the sender's reports folder
 * archived   the original is in the archive and the marker is gone: the batch is done
 */
export const JOURNEY = ['received', 'ready', 'claimed', 'validated', 'committed', 'reported', 'archived'] as const;
export type BatchState = (typeof JOURNEY)[number];

/** Whether a batch in state `state` has been at or past `step`. */
export function hasReached(state: BatchState, step: BatchState): boolean {
  return JOURNEY.indexOf(state) >= JOURNEY.indexOf(step);
}
