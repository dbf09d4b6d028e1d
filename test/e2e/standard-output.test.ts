/** What becomes of a command whose output cannot be written: `/dev/full` is a disk without room. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { type Home, makeHome, PROJECT_ROOT, startDaemon } from '../support/built-daemon';

const MAIN = join(PROJECT_ROOT, 'dist/main.js');
let home: Home;

beforeAll(async () => {
  home = makeHome();
  // The store that `batches` and `export` read.
  expect(await (await startDaemon(home)).stop()).toBe(0);
}, 60_000);
afterAll(() => home.remove());

function runInto(path: string, args: readonly string[]): { status: number | null; stderr: string } {
  const fd = openSync(path, 'w');
  try {
    const env = { ...process.env, LABDROP_CONFIG: home.configPath };
    const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
      env,
      stdio: ['ignore', fd, 'pipe'],
      encoding: 'utf8',
    });
    return { status, stderr };
  } finally {
    closeSync(fd);
  }
}

test.each([['codes'], ['batches'], ['check'], ['export', '--type', 'LaboratoryTestResult'], ['--help']])(
  '%s on a full disk is no success',
  (...args) => {
    expect(runInto('/dev/full', args)).toEqual({
      status: 70,
      stderr: 'S901: standard output: ENOSPC: no space left on device, write\n',
    });
    expect(runInto('/dev/null', args).stderr).toBe('');
  },
);

test('a reader that has gone is no error', () => {
  const script = '"$0" "$1" codes | true; echo "${PIPESTATUS[0]}"';
  const { stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, MAIN], { encoding: 'utf8' });
  expect([stdout, stderr]).toEqual(['0\n', '']);
});
