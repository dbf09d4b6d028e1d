/** The fuzzers for a short while, with the same seed each time: `npm run test:fuzz` goes on for longer. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../support/built-daemon';

const SECONDS = '10';

test.each(['pre-login', 'sftp'])(
  'nothing that almost makes sense on the %s stream ends the daemon, holds it up or leaves a file open',
  (stream) => {
    const options = ['--seconds', SECONDS, '--patience', '20', '--seed', '1', '--stream', stream];
    const args = [join(PROJECT_ROOT, 'test/fuzz/run.mjs'), ...options];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 80_000 });
    expect(stdout + stderr).not.toContain('PROBLEM');
    expect(stdout).toMatch(new RegExp(`^${stream}: [1-9]\\d+ mutants`, 'm'));
    expect(stdout).toContain('peak RSS');
  },
  90_000,
);
