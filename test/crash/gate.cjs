/**
 * Loaded into the built daemon by `node --require`, beside its own code. In the first worker thread, the one that moves
 * the batches, it says which thread that is and waits until the harness has attached its tracer, so that every system
 * call of the journey is counted from the thread's first one on. It can also put a wrong spool into that thread: the
 * orders of steps that the harness must catch (see wrong-orders.cjs).
 */
'use strict';
const { existsSync, readlinkSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const { isMainThread, threadId } = require('node:worker_threads');

const { CRASH_GATE: gate, CRASH_WRONG_ORDER: wrongOrder } = process.env;

if (!isMainThread && wrongOrder) require('./wrong-orders.cjs').install(wrongOrder);

if (!isMainThread && threadId === 1 && gate) {
  writeFileSync(join(gate, 'thread'), basename(readlinkSync('/proc/thread-self')));
  const never = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(join(gate, 'open'))) Atomics.wait(never, 0, 0, 2);
}
