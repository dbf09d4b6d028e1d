/**
 * A lane: one worker thread that does one thing at a time. When the thread dies the promise in hand is rejected with a
 * fault, and the next request starts a new thread. A thread that gets on with nothing for long is ended; so is one that
 * needs too much memory. Whatever becomes of it, the main thread goes on.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { NameLocks } from '../adapters/spool/name-locks';
import { type Seat, WriteTurns } from '../adapters/sqlite/write-turns';
import { Fault, FAULT_CODES, toFault } from '../domain/fault';
import type {
  FaultNotice,
  WaitingFile,
  WorkerReply,
  WorkerRequest,
  WorkerSettings,
  WorkerStart,
} from './worker-messages';

/** The worker died while it had a request in hand; one that could not even start is another fault. */
export class WorkerDeath extends Fault {
  constructor(message: string, cause: unknown) {
    super('S903', message, { retryable: true, cause });
  }
}

export interface LaneOptions {
  /** The script that the thread runs. */
  readonly script: string;
  /** A thread that gets on with nothing for so long is ended, in milliseconds. */
  readonly stuckMs: number;
  /** Most memory of the thread's heap. */
  readonly heapMb: number;
  /** Of its threads, one after the other; without, they are the only ones that write. */
  readonly seat?: Seat;
  /** See `NameLocks`; a lane that has it has a seat. */
  readonly names?: SharedArrayBuffer;
}

/**
 * One statement of SQL over millions of records may take minutes. A heap of this size holds several times what the
 * longest record of any file needs.
 */
export const LANE_DEFAULTS: LaneOptions = {
  script: join(__dirname, 'worker.js'),
  stuckMs: 15 * 60_000,
  heapMb: 768,
};

export interface Lane {
  readonly name: string;
  isIdle(): boolean;
  /**
   * One request at a time.
   * @throws WorkerDeath when the worker dies on the way, another Fault when it cannot start
   */
  ask(request: WorkerRequest): Promise<WorkerReply>;
  /**
   * Starts the thread, with all that a large batch needs, unless it runs and was prepared already. The first time it
   * warms up with the file that waits, as long as nothing is asked of it.
   */
  prepare(waiting: WaitingFile): void;
  /**
   * The next request runs under these settings; the one in hand ends under the old ones. A thread that runs gives way to
   * a new one when it is idle: what the store must have for the new settings is made then, not with the next batch.
   */
  configure(settings: WorkerSettings): void;
  /** Lets the request in hand end, then ends the thread. */
  close(): Promise<void>;
  /** Ends the thread at once. */
  terminate(): Promise<void>;
}

const LOOKS = 4;
/** A thread without work that does not end in this time is ended: its store is safe at any moment. */
const CLOSE_MS = 10_000;
const STUCK = 'it got on with nothing for too long and was ended';

interface Pending {
  readonly resolve: (reply: WorkerReply) => void;
  readonly reject: (fault: Fault) => void;
}

/** @param onUntidy hears what the thread failed at behind an answer */
export function createLane(
  name: string,
  initial: WorkerSettings,
  options: LaneOptions,
  onUntidy: (fault: FaultNotice) => void,
): Lane {
  const { seat, names } = options;
  let settings = initial;
  let outdated = false;
  let hasWarmedUp = false;
  let worker: Worker | null = null;
  let pending: Pending | null = null;
  let inHand: Promise<unknown> = Promise.resolve();

  function settle(): Pending | null {
    const settled = pending;
    pending = null;
    return settled;
  }

  function start(): Worker {
    const progress = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const workerData: WorkerStart = { settings, progress, seat, names };
    const resourceLimits = { maxOldGenerationSizeMb: options.heapMb };
    const thread = new Worker(options.script, { workerData, name, resourceLimits });
    const watch = watchProgress(thread, new Int32Array(progress));
    let isReady = false;
    let cause: unknown;
    thread.on('message', (reply: WorkerReply) => {
      if (reply.kind === 'ready') isReady = true;
      else if (reply.kind === 'untidy') onUntidy(reply.fault);
      else settle()?.resolve(reply);
    });
    thread.on('error', (error) => (cause = error));
    thread.on('exit', (code) => {
      clearInterval(watch.timer);
      // However it ended, it writes and removes nothing more.
      if (seat !== undefined) new WriteTurns(seat).give();
      if (seat !== undefined && names !== undefined) new NameLocks(names).free(seat.seat);
      if (worker !== thread) return;
      worker = null;
      settle()?.reject(isReady ? death(watch.stuck() ? STUCK : cause, code) : failedStart(cause, code));
    });
    return thread;
  }

  /** Looks four times in the time that is allowed whether the thread gets on with its request. */
  function watchProgress(thread: Worker, counter: Int32Array): { timer: NodeJS.Timeout; stuck: () => boolean } {
    let seen = -1;
    let looks = 0;
    let isStuck = false;
    const timer = setInterval(() => {
      const count = Atomics.load(counter, 0);
      looks = worker !== thread || pending === null || count !== seen ? 0 : looks + 1;
      seen = count;
      if (looks < LOOKS || isStuck) return;
      isStuck = true;
      void thread.terminate();
    }, options.stuckMs / LOOKS);
    timer.unref();
    return { timer, stuck: () => isStuck };
  }

  function death(cause: unknown, code: number): WorkerDeath {
    const why = typeof cause === 'string' ? cause : cause instanceof Error ? cause.message : `exit status ${code}`;
    return new WorkerDeath(`worker ${name} died: ${why}`, cause);
  }

  function failedStart(cause: unknown, code: number): Fault {
    if (cause === undefined)
      return new Fault('S903', `worker ${name} ended at its start: exit status ${code}`, { retryable: true });
    const { message } = toFault(cause);
    const fault = FAULT_CODES.find((known) => known === (cause as { code?: unknown }).code) ?? 'S903';
    return new Fault(fault, `worker ${name} cannot start: ${message}`, { retryable: true, cause });
  }

  function dismiss(thread: Worker): Promise<void> {
    const late = setTimeout(() => void thread.terminate(), CLOSE_MS);
    const ended = new Promise<void>((resolve) => {
      thread.once('exit', () => {
        clearTimeout(late);
        resolve();
      });
    });
    thread.postMessage({ kind: 'close' } satisfies WorkerRequest);
    return ended;
  }

  /** The thread that runs under the settings in force. */
  function inForce(): Worker {
    if (outdated && worker !== null) {
      void dismiss(worker);
      worker = null;
    }
    outdated = false;
    return (worker ??= start());
  }

  function ask(request: WorkerRequest): Promise<WorkerReply> {
    if (pending !== null) throw new Error(`lane ${name} is busy`);
    const thread = inForce();
    const answered = new Promise<WorkerReply>((resolve, reject) => {
      pending = { resolve, reject };
      thread.postMessage(request);
    });
    inHand = answered.catch(() => undefined);
    return answered;
  }

  function prepare(waiting: WaitingFile): void {
    if (pending !== null || (worker !== null && hasWarmedUp)) return;
    inForce().postMessage({ kind: 'prepare', waiting: hasWarmedUp ? null : waiting } satisfies WorkerRequest);
    // Once and no more: should it be what the thread dies of, it shall not die of it again and again.
    hasWarmedUp = true;
  }

  async function close(): Promise<void> {
    await inHand;
    if (worker === null) return;
    const thread = worker;
    worker = null;
    await dismiss(thread);
  }

  async function terminate(): Promise<void> {
    await worker?.terminate();
  }

  return {
    name,
    isIdle: () => pending === null,
    ask,
    prepare,
    configure: (changed) => {
      settings = changed;
      outdated = true;
      void inHand.then(() => {
        if (outdated && worker !== null) inForce();
      });
    },
    close,
    terminate,
  };
}
