/**
 * Batches that wait for a worker, in memory only: the drop folders are the real queue, and every rescan offers again
 * what is not here. Batches of one account and message type stand in the order of the time in their names and run in
 * that order, in one lane at a time; different ones take turns.
 */
import type { BatchOrigin } from '../domain/batch-record';
import type { Submitter } from '../pipeline/batch-ports';

export interface QueuedBatch {
  readonly origin: BatchOrigin;
  readonly submitter: Submitter;
  /** It comes from a drop folder; the others stand in the store already. */
  readonly isNew: boolean;
  /** Times it was tried and failed for a reason of ours. */
  readonly attempts: number;
  /** Times that the program itself failed at it alone: a worker died, or met an error of ours. */
  readonly kills: number;
  /** What it failed of last. */
  readonly lastFault?: string;
}

/** Most batches of one account and message type held; the rest wait in the folder. */
export const LINE_MAX = 1000;

interface Line {
  waiting: QueuedBatch[];
  /** How many were taken and not released. */
  running: number;
  /** Not before this moment, ms since 1970: a retry is due then. */
  notBefore: number;
}

export interface BatchQueue {
  /**
   * The batch that has no room any more: the given one when the line is full of earlier ones, the last of the line when
   * it gave way; null when all have room.
   */
  add(batch: QueuedBatch): QueuedBatch | null;
  /** The next batch that `accepts`, whose line is free; its line is taken until `release`. */
  take(nowMs: number, accepts: (batch: QueuedBatch) => boolean): QueuedBatch | null;
  /** The next one of the line of a batch that was taken, if it is what `accepts`. */
  takeBehind(taken: QueuedBatch, accepts: (batch: QueuedBatch) => boolean): QueuedBatch | null;
  /** How many `take` could give, one after the other, before any is released. */
  ready(nowMs: number, accepts: (batch: QueuedBatch) => boolean): number;
  /** Lets go of a batch that was taken: its line is free when it was the last of it. */
  release(batch: QueuedBatch): void;
  /** The same, and puts it back in front of its line, which waits until `dueAt`. The last of a line comes first. */
  putBack(batch: QueuedBatch, dueAt: number): void;
  /** Takes out those that `accepts`. */
  remove(accepts: (batch: QueuedBatch) => boolean): readonly QueuedBatch[];
  size(): number;
  /** When the batch that waits longest was received, ISO 8601 UTC; null when none waits. */
  oldest(): string | null;
  /** When the earliest retry is due, ms since 1970; null when none waits for its time. */
  nextDue(nowMs: number): number | null;
}

export function createBatchQueue(): BatchQueue {
  // A Map keeps insertion order: a line that was served is taken out and put back at the end.
  const lines = new Map<string, Line>();

  function lineOf(origin: BatchOrigin): Line {
    const key = lineKey(origin);
    let line = lines.get(key);
    if (line === undefined) {
      line = { waiting: [], running: 0, notBefore: 0 };
      lines.set(key, line);
    }
    return line;
  }

  function add(batch: QueuedBatch): QueuedBatch | null {
    const { waiting } = lineOf(batch.origin);
    let position = waiting.length;
    while (position > 0 && comesBefore(batch.origin, (waiting[position - 1] as QueuedBatch).origin)) position--;
    if (position >= LINE_MAX) return batch;
    waiting.splice(position, 0, batch);
    // One that was tried before lies in no drop folder any more: nobody would offer it again.
    const last = waiting.at(-1);
    const giveWay = waiting.length > LINE_MAX && last?.isNew === true && last.attempts === 0;
    return giveWay ? (waiting.pop() ?? null) : null;
  }

  function take(nowMs: number, accepts: (batch: QueuedBatch) => boolean): QueuedBatch | null {
    for (const [key, line] of lines) {
      const [first] = line.waiting;
      if (line.running > 0 || first === undefined || line.notBefore > nowMs || !accepts(first)) continue;
      line.waiting.shift();
      line.running++;
      lines.delete(key);
      lines.set(key, line);
      return first;
    }
    return null;
  }

  function takeBehind(taken: QueuedBatch, accepts: (batch: QueuedBatch) => boolean): QueuedBatch | null {
    const line = lineOf(taken.origin);
    const [first] = line.waiting;
    if (first === undefined || !accepts(first)) return null;
    line.waiting.shift();
    line.running++;
    return first;
  }

  function ready(nowMs: number, accepts: (batch: QueuedBatch) => boolean): number {
    let count = 0;
    for (const { waiting, running, notBefore } of lines.values()) {
      const [first] = waiting;
      if (running === 0 && first !== undefined && notBefore <= nowMs && accepts(first)) count++;
    }
    return count;
  }

  function release(batch: QueuedBatch): void {
    const line = lineOf(batch.origin);
    line.running--;
    line.notBefore = 0;
    if (line.waiting.length === 0 && line.running === 0) lines.delete(lineKey(batch.origin));
  }

  function putBack(batch: QueuedBatch, dueAt: number): void {
    const line = lineOf(batch.origin);
    line.running--;
    line.notBefore = dueAt;
    line.waiting.unshift(batch);
  }

  function remove(accepts: (batch: QueuedBatch) => boolean): readonly QueuedBatch[] {
    return [...lines].flatMap(([key, line]) => {
      const removed = line.waiting.filter(accepts);
      if (removed.length === 0) return removed;
      line.waiting = line.waiting.filter((batch) => !accepts(batch));
      if (line.waiting.length === 0 && line.running === 0) lines.delete(key);
      return removed;
    });
  }

  function nextDue(nowMs: number): number | null {
    let due: number | null = null;
    for (const line of lines.values()) {
      if (line.running > 0 || line.waiting.length === 0 || line.notBefore <= nowMs) continue;
      due = due === null ? line.notBefore : Math.min(due, line.notBefore);
    }
    return due;
  }

  const size = (): number => [...lines.values()].reduce((sum, line) => sum + line.waiting.length, 0);

  function oldest(): string | null {
    let earliest: string | null = null;
    for (const { waiting } of lines.values()) {
      for (const { origin } of waiting) {
        if (earliest === null || origin.receivedAt < earliest) earliest = origin.receivedAt;
      }
    }
    return earliest;
  }

  return { add, take, takeBehind, ready, release, putBack, remove, size, oldest, nextDue };
}

function lineKey(origin: BatchOrigin): string {
  return `${origin.account}/${origin.messageType ?? ''}`;
}

function comesBefore(a: BatchOrigin, b: BatchOrigin): boolean {
  const timeA = a.fileTime ?? '';
  const timeB = b.fileTime ?? '';
  return timeA === timeB ? a.receivedAt < b.receivedAt : timeA < timeB;
}
