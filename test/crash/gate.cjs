/**
 * Loaded into the built daemon by `node --require`, beside its own code. It tells the harness which thread to trace: the
 * first worker, the one that moves the batches, which then waits until the tracer is attached, so that every system call
 * of the journey is counted from the thread's first one on; or the main thread; or the thread of the pool, which waits
 * for the disk when files are uploaded. As on a machine with one core, all small batches then go through one worker.
 * It can also have every batch staged in files, as large ones are; and put wrong code in: orders of steps that the
 * harness must catch (see wrong-orders.cjs).
 */
'use strict';
const os = require('node:os');
const { existsSync, readlink, readlinkSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const { isMainThread, threadId } = require('node:worker_threads');

const { CRASH_GATE: gate, CRASH_THREAD: thread, CRASH_WRONG_ORDER: wrongOrder, CRASH_ON_DISK: onDisk } = process.env;

if (onDisk) require('../../dist/adapters/sqlite/staging-database.js').STAGED_IN_MEMORY_MAX_BYTES = 0;

if (isMainThread) os.availableParallelism = () => 1;

if (wrongOrder) require('./wrong-orders.cjs').install(wrongOrder, isMainThread);

const tell = (link) => writeFileSync(join(gate, 'thread'), basename(link));

if (isMainThread && thread === 'main') tell(readlinkSync('/proc/thread-self'));
if (isMainThread && thread === 'pool') readlink('/proc/thread-self', (_error, link) => tell(link));
if (!isMainThread && threadId === 1 && thread === 'journey') {
  tell(readlinkSync('/proc/thread-self'));
  const never = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(join(gate, 'open'))) Atomics.wait(never, 0, 0, 2);
}
