/**
 * Entry of the thread that reads the second part of a large file beside its worker (see second-reader). It has no
 * connection to the store and changes nothing but the file of pages that it is told of. Whatever fails here is answered
 * with nothing: the worker then reads that part by itself and meets the same fault, if it is one.
 */
import { workerData } from 'node:worker_threads';
import { readChunks } from '../adapters/spool/read-file';
import { openIncomingPart, type PageTarget } from '../adapters/sqlite/incoming-part';
import type { Catalogue } from '../domain/message-type';
import { readRest, type RestRead, type RestTask } from '../pipeline/second-reader';
import {
  ANSWERED,
  GIVEN_UP,
  IN_WORK,
  type SecondReaderAnswer,
  type SecondReaderStart,
  type SecondReaderTask,
  TASK_PROGRESS,
  TASK_STATE,
} from './second-reader-messages';

class GivenUp extends Error {}

function runSecondReader({ catalogue, port }: SecondReaderStart): void {
  port.on('message', ({ number, task, control }: SecondReaderTask) => {
    const numbers = new Int32Array(control);
    const step = (): void => {
      Atomics.add(numbers, TASK_PROGRESS, 1);
      if (Atomics.load(numbers, TASK_STATE) === GIVEN_UP) throw new GivenUp();
    };
    let rest: RestRead | null = null;
    try {
      rest = read(catalogue, task, step);
    } catch {
      rest = null;
    }
    port.postMessage({ number, rest } satisfies SecondReaderAnswer);
    Atomics.compareExchange(numbers, TASK_STATE, IN_WORK, ANSWERED);
    Atomics.notify(numbers, TASK_STATE);
  });
}

function read(catalogue: Catalogue, task: RestTask, step: () => void): RestRead | null {
  const target = task.target as PageTarget;
  const type = catalogue.types.get(target.type);
  if (type === undefined) return null;
  step();
  const sink = openIncomingPart(target, type);
  try {
    // Only now is it certain that the path stood for the file it was made for.
    step();
    const found = readRest({ task, catalogue, chunksFrom: (offset) => counted(task.file.path, offset, step), sink });
    return found === null ? null : { found, part: sink.finish() };
  } finally {
    sink.close();
  }
}

function* counted(path: string, offset: number, step: () => void): Generator<Uint8Array, void, undefined> {
  for (const chunk of readChunks(path, offset)) {
    step();
    yield chunk;
  }
}

runSecondReader(workerData as SecondReaderStart);
