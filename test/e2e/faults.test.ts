/** Faults of the built daemon's disk, as an operator sees them while they last and when they are over. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DaemonStatus } from '../../src/daemon/status-file';
import { addAccount } from '../support/add-account';
import { type BuiltDaemon, type Home, labdrop, makeHome, makeKey, startDaemon } from '../support/built-daemon';
import { dropFolder, isAnswered, placeBatch } from '../support/drop-folder';
import { LABORATORY_EXAMPLE, readExample } from '../support/shipped-examples';
import { until } from '../support/until';

const NAME = LABORATORY_EXAMPLE;

let home: Home;
let daemon: BuiltDaemon;

beforeEach(async () => {
  home = makeHome('ingest: { rescanSeconds: 1 }');
  const key = makeKey(home, 'id_lab');
  addAccount(home, { key, account: 'lab' });
  daemon = await startDaemon(home);
  mkdirSync(drop(), { recursive: true });
});
afterEach(async () => {
  await daemon.stop('SIGKILL');
  home.remove();
});

const drop = (...names: string[]): string => join(dropFolder(home, 'lab'), ...names);
const faults = (): DaemonStatus['faults'] =>
  (JSON.parse(readFileSync(join(home.dataDir, 'status.json'), 'utf8')) as DaemonStatus).faults;
const shown = (): string => labdrop(home, ['status']).stdout;

test('a step that fails stands as a fault with its next try, and is gone when it was mended', async () => {
  // Whoever the daemon runs as, into a file nothing can be put.
  rmSync(drop('reports'), { recursive: true, force: true });
  writeFileSync(drop('reports'), '');
  placeBatch(home, drop(), `${NAME}.csv`, readExample(NAME));
  await until(() => faults().length > 0, 'the fault');
  expect(faults()).toMatchObject([
    {
      code: 'S901',
      retryable: true,
      account: 'lab',
      fileName: `${NAME}.csv`,
      message: expect.stringMatching(/^ENOTDIR/) as string,
    },
  ]);
  expect(faults()[0]?.retryAt).toMatch(/^20.*Z$/);
  expect(shown()).toMatch(new RegExp(`Faults \\(1\\)[^]*S901 +lab +${NAME}.csv .*ENOTDIR`));
  rmSync(drop('reports'));
  await until(() => isAnswered(drop(), NAME), 'the answer', 60_000);
  await until(() => faults().length === 0, 'no fault');
  expect(shown()).not.toContain('Faults');
}, 120_000);

test('a folder that cannot be read stands as a fault, is logged once, and is gone when it can', async () => {
  const accounts = join(home.dataDir, 'accounts');
  renameSync(accounts, join(home.dir, 'accounts'));
  writeFileSync(accounts, '');
  await until(() => faults().some(({ message }) => message.startsWith('ENOTDIR')), 'the fault');
  expect(shown()).toMatch(/Faults \(1\)[^]*S901 .*ENOTDIR/);
  rmSync(accounts);
  renameSync(join(home.dir, 'accounts'), accounts);
  await until(() => faults().length === 0, 'no fault');
  expect(
    daemon
      .stdout()
      .split('\n')
      .filter((line) => line.includes('ENOTDIR')),
  ).toHaveLength(1);
}, 60_000);
