/**
 * Which waiting batches go through a lane together (see process-together): small new ones of one message type, as many
 * as are answered within a fraction of a second. Of each line the first, then those behind it. Pure but for the queue.
 */
import type { BatchOrigin } from '../domain/batch-record';
import type { BatchQueue, QueuedBatch } from './batch-queue';

/** The express lane takes files up to this size, so that a large one delays no small one. */
export const EXPRESS_MAX_BYTES = 8 * 1024 * 1024;

const TOGETHER_MAX_BYTES = 256 * 1024;
const TOGETHER_MAX_BYTES_IN_ALL = 1024 * 1024;
const TOGETHER_MAX_BATCHES = 32;

/**
 * The next batch for a lane that takes no large ones, and those that may go with it, each behind those of its line; none
 * when nothing waits.
 * @param lanes how many are free, this one included: each shall have its share of the lines that wait
 */
export function takeTogether(
  queue: Pick<BatchQueue, 'take' | 'takeBehind' | 'ready'>,
  nowMs: number,
  lanes = 1,
): readonly QueuedBatch[] {
  const first = queue.take(nowMs, ({ origin }) => origin.bytes <= EXPRESS_MAX_BYTES);
  if (first === null) return [];
  const taken = [first];
  let room = TOGETHER_MAX_BYTES_IN_ALL - first.origin.bytes;
  const fits = (next: QueuedBatch): boolean =>
    isOfMany(next) &&
    next.origin.messageType === first.origin.messageType &&
    next.origin.bytes <= room &&
    !taken.some(({ origin }) => hasSameName(origin, next.origin));
  const add = (next: QueuedBatch): void => {
    taken.push(next);
    room -= next.origin.bytes;
  };
  if (!isOfMany(first)) return taken;
  const mostLines = Math.min(TOGETHER_MAX_BATCHES, Math.ceil((1 + queue.ready(nowMs, fits)) / lanes));
  while (taken.length < mostLines) {
    const next = queue.take(nowMs, fits);
    if (next === null) break;
    add(next);
  }
  // Those that are added here have others behind them in their turn.
  for (const before of taken) {
    if (taken.length === TOGETHER_MAX_BATCHES) break;
    const next = queue.takeBehind(before, fits);
    if (next !== null) add(next);
  }
  return taken;
}

/** What is sent again under a name is judged by what became of the file before. */
function hasSameName(a: BatchOrigin, b: BatchOrigin): boolean {
  return a.baseName === b.baseName && a.account === b.account && a.folder === b.folder;
}

/**
 * Those that go together are at the same step of their journeys: at the first. One that failed before goes alone: of
 * what goes together nobody can say who killed the worker.
 */
export function isOfMany({ origin, isNew, attempts }: QueuedBatch): boolean {
  const { cause, messageType, bytes } = origin;
  return isNew && attempts === 0 && cause === 'upload' && messageType !== null && bytes <= TOGETHER_MAX_BYTES;
}
