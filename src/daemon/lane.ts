/**
 * A lane: one worker thread that does one thing at a time. When the thread dies the promise in hand is rejected with a
 * fault, and the next request starts a new thread.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Fault } from '../domain/fault';
import type { WorkerReply, WorkerRequest, WorkerSettings } from './worker-messages';

export interface Lane {
  readonly name: string;
  isIdle(): boolean;
  /** @throws Fault S903 when the worker dies on the way; one request at a time */
  ask(request: WorkerRequest): Promise<WorkerReply>;
  /** The next request runs under these settings; the one in hand ends under the old ones. */
  configure(settings: WorkerSettings): void;
  /** Lets the request in hand end, then ends the thread. */
  close(): Promise<void>;
  /** Ends the thread at once. */
  terminate(): Promise<void>;
}

interface Pending {
  readonly resolve: (reply: WorkerReply) => void;
  readonly reject: (fault: Fault) => void;
}

export function createLane(name: string, initial: WorkerSettings): Lane {
  let settings = initial;
  let outdated = false;
  let worker: Worker | null = null;
  let pending: Pending | null = null;
  let inHand: Promise<unknown> = Promise.resolve();

  function settle(): Pending | null {
    const settled = pending;
    pending = null;
    return settled;
  }

  function start(): Worker {
    const thread = new Worker(join(__dirname, 'worker.js'), { workerData: settings, name });
    let cause: unknown;
    thread.on('message', (reply: WorkerReply) => {
      if (reply.kind !== 'ready') settle()?.resolve(reply);
    });
    thread.on('error', (error) => (cause = error));
    thread.on('exit', (code) => {
      if (worker !== thread) return;
      worker = null;
      const message = cause instanceof Error ? cause.message : `exit status ${code}`;
      settle()?.reject(new Fault('S903', `worker ${name} died: ${message}`, { retryable: true, cause }));
    });
    return thread;
  }

  function dismiss(thread: Worker): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      thread.once('exit', () => resolve());
    });
    thread.postMessage({ kind: 'close' } satisfies WorkerRequest);
    return ended;
  }

  function ask(request: WorkerRequest): Promise<WorkerReply> {
    if (pending !== null) throw new Error(`lane ${name} is busy`);
    if (outdated && worker !== null) {
      void dismiss(worker);
      worker = null;
    }
    outdated = false;
    worker ??= start();
    const thread = worker;
    const answered = new Promise<WorkerReply>((resolve, reject) => {
      pending = { resolve, reject };
      thread.postMessage(request);
    });
    inHand = answered.catch(() => undefined);
    return answered;
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
    configure: (changed) => {
      settings = changed;
      outdated = true;
    },
    close,
    terminate,
  };
}
