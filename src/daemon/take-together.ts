/**
 * Which waiting batches go through a lane together (see process-together): small new ones of one message type, each the
 * first of its line, as many as are answered within a fraction of a second. Pure but for the queue.
 */
import type { BatchQueue, QueuedBatch } from './batch-queue';

/** The express lane takes files up to this size, so that a large one delays no small one. */
export const EXPRESS_MAX_BYTES = 8 * 1024 * 1024;

const TOGETHER_MAX_BYTES = 256 * 1024;
const TOGETHER_MAX_BYTES_IN_ALL = 1024 * 1024;
const TOGETHER_MAX_BATCHES = 32;

/**
 * The next batch for a lane that takes no large ones, and those of other lines that may go with it; none when nothing
 * waits.
 * @param lanes how many are free, this one included: each shall have its share of what waits
 */
export function takeTogether(
  queue: Pick<BatchQueue, 'take' | 'ready'>,
  nowMs: number,
  lanes = 1,
): readonly QueuedBatch[] {
  const first = queue.take(nowMs, ({ origin }) => origin.bytes <= EXPRESS_MAX_BYTES);
  if (first === null) return [];
  const taken = [first];
  let room = TOGETHER_MAX_BYTES_IN_ALL - first.origin.bytes;
  const fits = (next: QueuedBatch): boolean =>
    isOfMany(next) && next.origin.messageType === first.origin.messageType && next.origin.bytes <= room;
  const most = Math.min(TOGETHER_MAX_BATCHES, Math.ceil((1 + queue.ready(nowMs, fits)) / lanes));
  while (isOfMany(first) && taken.length < most) {
    const next = queue.take(nowMs, fits);
    if (next === null) break;
    taken.push(next);
    room -= next.origin.bytes;
  }
  return taken;
}

/**
 * Those that go together are at the same step of their journeys: at the first. One that failed before goes alone: of
 * what goes together nobody can say who killed the worker.
 */
export function isOfMany({ origin, isNew, attempts }: QueuedBatch): boolean {
  const { cause, messageType, bytes } = origin;
  return isNew && attempts === 0 && cause === 'upload' && messageType !== null && bytes <= TOGETHER_MAX_BYTES;
}
