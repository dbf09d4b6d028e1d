/** What passes between a worker and the thread that reads the second part of its large files. */
import type { Catalogue } from '../domain/message-type';
import type { RestRead, RestTask } from '../pipeline/second-reader';
import type { MessagePort } from 'node:worker_threads';

/** What the thread is started with. */
export interface SecondReaderStart {
  /** The worker's own: both judge by the same rules. */
  readonly catalogue: Catalogue;
  readonly port: MessagePort;
}

export interface SecondReaderTask {
  readonly number: number;
  readonly task: RestTask;
  /** See `TASK_STATE` and `TASK_PROGRESS`. */
  readonly control: SharedArrayBuffer;
}

export interface SecondReaderAnswer {
  /** Of the task. */
  readonly number: number;
  readonly rest: RestRead | null;
}

/** Places of a task's 32-bit numbers: one of the states below, and a count that goes up as long as it gets on. */
export const TASK_STATE = 0;
export const TASK_PROGRESS = 1;
export const TASK_NUMBERS = 2;

export const IN_WORK = 0;
export const ANSWERED = 1;
/** Nobody waits for the answer any more, and the target may be gone. */
export const GIVEN_UP = 2;
