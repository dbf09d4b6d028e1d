#!/usr/bin/env node
/** The process: its arguments, its streams, its exit status. Nothing else ends it. */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProgram } from './cli/run-program';

// Whoever read our output has gone (`labdrop batches | head`): there is nobody left to work for. The daemon's work goes
// on without its log.
process.stdout.on('error', () => {
  if (process.argv[2] !== 'serve') process.exit(0);
});

void runProgram(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  progress: process.stderr.isTTY ? (text) => process.stderr.write(`\r\u001b[K${text}`) : null,
  flush: () => new Promise((taken) => process.stdout.write('', () => taken())),
  env: process.env,
  cwd: process.cwd(),
  packageRoot: resolve(__dirname, '..'),
  now: () => new Date(),
  pause: (ms) => sleep(ms, true),
}).then((status) => process.stdout.write('', () => process.exit(status)));
