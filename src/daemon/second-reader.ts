/**
 * The second reader as a thread of a worker's own, made at its first large file and kept; it ends with the worker. The
 * worker is synchronous: it waits for the answer on shared memory. A thread that has failed, or gets on with nothing, is
 * ended, and the worker does without.
 */
import { join } from 'node:path';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Catalogue } from '../domain/message-type';
import type { RestInHand, RestRead, RestTask, SecondReader } from '../pipeline/second-reader';
import {
  ANSWERED,
  GIVEN_UP,
  IN_WORK,
  type SecondReaderAnswer,
  type SecondReaderStart,
  type SecondReaderTask,
  TASK_NUMBERS,
  TASK_PROGRESS,
  TASK_STATE,
} from './second-reader-messages';

export interface SecondReaderOptions {
  readonly catalogue: Catalogue;
  /** Called while it waits, as long as the thread gets on. */
  readonly step: () => void;
  /** The script that the thread runs. */
  readonly script?: string;
  /** A thread that gets on with nothing for so long is not waited for any more. */
  readonly stuckMs?: number;
}

const SCRIPT = join(__dirname, 'second-reader-thread.js');
const STUCK_MS = 20_000;
const LOOK_MS = 100;

/** As for a lane: several times what the longest line of a file needs. What it makes of a line is short-lived. */
const HEAP_LIMITS = { maxOldGenerationSizeMb: 768, maxYoungGenerationSizeMb: 8 };

interface ReaderThread {
  readonly worker: Worker;
  readonly port: MessagePort;
}

/** `prepare` starts the thread ahead of its first large file. */
export function createSecondReader(options: SecondReaderOptions): SecondReader & { prepare(): void } {
  const { catalogue, step, script = SCRIPT, stuckMs = STUCK_MS } = options;
  let thread: ReaderThread | null = null;
  let tasks = 0;

  function start(): ReaderThread {
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(script, {
      workerData: { catalogue, port: port2 } satisfies SecondReaderStart,
      transferList: [port2],
      name: 'second reader',
      resourceLimits: HEAP_LIMITS,
    });
    const started = { worker, port: port1 };
    const forget = (): void => {
      if (thread === started) thread = null;
    };
    // An error ends the thread; its worker finds that no answer comes, and does without.
    worker.on('error', forget);
    worker.on('exit', forget);
    worker.unref();
    return started;
  }

  function begin(task: RestTask): RestInHand {
    thread ??= start();
    const current = thread;
    const control = new SharedArrayBuffer(TASK_NUMBERS * Int32Array.BYTES_PER_ELEMENT);
    const numbers = new Int32Array(control);
    const number = ++tasks;
    current.port.postMessage({ number, task, control } satisfies SecondReaderTask);

    function take(): RestRead | null {
      if (!waitFor(numbers)) {
        thread = null;
        void current.worker.terminate();
        return null;
      }
      for (;;) {
        const received = receiveMessageOnPort(current.port) as { message: SecondReaderAnswer } | undefined;
        if (received === undefined) return null;
        // Answers that nobody waited for may lie before it.
        if (received.message.number === number) return received.message.rest;
      }
    }

    return {
      take,
      end: () => void Atomics.compareExchange(numbers, TASK_STATE, IN_WORK, GIVEN_UP),
    };
  }

  /** False when the thread got on with nothing for too long. */
  function waitFor(numbers: Int32Array): boolean {
    let seen = -1;
    let since = performance.now();
    while (Atomics.load(numbers, TASK_STATE) !== ANSWERED) {
      const progress = Atomics.load(numbers, TASK_PROGRESS);
      if (progress !== seen) {
        seen = progress;
        since = performance.now();
        step();
      } else if (performance.now() - since > stuckMs) {
        return false;
      }
      Atomics.wait(numbers, TASK_STATE, IN_WORK, LOOK_MS);
    }
    return true;
  }

  function prepare(): void {
    thread ??= start();
  }

  return { begin, prepare };
}
