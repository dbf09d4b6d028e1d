/** What a piece of this process's work makes durable, as the system sees it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from './until';

/** The paths that were synced meanwhile, in their order. */
export async function traceSyncs(work: () => unknown): Promise<readonly string[]> {
  const args = ['-f', '-y', '-e', 'trace=fsync,fdatasync', '-p', String(process.pid)];
  const strace = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  strace.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  try {
    await until(() => said.includes('attached'), 'strace');
    await work();
  } finally {
    strace.kill('SIGTERM');
    await once(strace, 'close');
  }
  return [...said.matchAll(/sync\(\d+<(.*?)>/g)].map(([, path]) => path ?? '');
}
