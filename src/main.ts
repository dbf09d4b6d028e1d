#!/usr/bin/env node
/** The process: its arguments, its streams, its signals, its exit status. Nothing else ends it. */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { hearReloadRequests } from './cli/hear-reload-requests';
import { hearStopRequests } from './cli/hear-stop-requests';

const isDaemon = process.argv.includes('serve');

// Keeps V8's space for new objects small. Left alone it grows to 32 MB, and what peers sent is freed only when it is full:
// buffers that nobody needs any more pile up behind it. Each thread that starts sets the flag back for all.
function boundYoungHeap(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
boundYoungHeap();
process.on('worker', (worker) => worker.once('online', boundYoungHeap));

// What may wait for the disk runs in libuv's pool, made at its first use. Twice the usual threads: one account's requests
// take half of them at most (src/adapters/sftp/files/disk-turns.ts), and that is what they had to themselves.
if (isDaemon) process.env['UV_THREADPOOL_SIZE'] ??= '8';

// Whoever read our output has gone (`labdrop batches | head`): there is nobody left to work for. What cannot be written
// for another reason is missing in a file that somebody relies on. The daemon's work goes on without its log.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (isDaemon) return;
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`S901: standard output: ${error.message}\n`);
  process.exit(70);
});
// There is no further place to say it.
process.stderr.on('error', () => undefined);

async function main(): Promise<void> {
  // The rest of the program takes its time to load: the daemon may be told to stop or to reload meanwhile.
  const heard = isDaemon ? { stops: hearStopRequests(), reloads: hearReloadRequests() } : {};
  const { runProgram } = await import('./cli/run-program');
  const { hearInterrupts } = await import('./cli/hear-interrupts');
  const { createProgressLine } = await import('./cli/progress-line');
  const status = await runProgram(process.argv.slice(2), {
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    progress: process.stderr.isTTY
      ? createProgressLine(
          (text) => process.stderr.write(text),
          () => performance.now(),
        )
      : null,
    terminal: process.stdout.isTTY,
    flush: () => new Promise((taken) => process.stdout.write('', () => taken())),
    env: process.env,
    cwd: process.cwd(),
    packageRoot: resolve(__dirname, '..'),
    now: () => new Date(),
    pause: (ms) => sleep(ms, true),
    ...(isDaemon ? {} : { onInterrupt: hearInterrupts() }),
    ...heard,
  });
  // What could not be written comes to the listener above, right behind this.
  process.stdout.write('', (error) => {
    if (isDaemon || (error ?? null) === null) process.exit(status);
  });
}

void main();
