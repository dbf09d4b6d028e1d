/**
 * A disk that takes three seconds for each write to some files. strace holds the daemon's threads in the system call, as
 * the disk itself would: they are busy meanwhile, which a delay in the program would not show.
 */
import { spawn } from 'node:child_process';
import { until } from '../flood/daemon.mjs';

const WRITE_MICROSECONDS = 3_000_000;
const CALLS = 'write,writev,pwrite64,pwritev';

/** Resolves with what makes the disk as fast as before. @param paths of files that need not be there yet */
export async function slowDown(pid, paths) {
  const inject = `inject=${CALLS}:delay_enter=${WRITE_MICROSECONDS}`;
  const args = ['-f', '-p', `${pid}`, '-e', `trace=${CALLS}`, '-e', inject, ...paths.flatMap((path) => ['-P', path])];
  const strace = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  strace.stderr.on('data', (chunk) => (said = `${said}${chunk}`.slice(-10_000)));
  await until(() => said.includes('attached') || strace.exitCode !== null);
  if (strace.exitCode !== null) throw new Error(`strace: ${said}`);
  return async () => {
    const ended = new Promise((done) => strace.once('exit', done));
    strace.kill('SIGTERM');
    await ended;
  };
}
