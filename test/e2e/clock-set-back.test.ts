/** The clock of the machine is set back by hours while the daemon runs: nothing waits until it has caught up. */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as LoadConfig from '../../src/config/load-config';
import type * as Compose from '../../src/daemon/compose';
import { type Home, labdrop, listNames, makeHome, makeKey, PROJECT_ROOT } from '../support/built-daemon';
import { until } from '../support/until';

// The built program, because only that has a worker to start.
const built = createRequire(join(PROJECT_ROOT, 'dist/main.js'));
const { startDaemon } = built('./daemon/compose') as typeof Compose;
const { loadConfig } = built('./config/load-config') as typeof LoadConfig;

const NAME = '81365677_LaboratoryTestResult_210510080500';
const EXAMPLE = readFileSync(join(PROJECT_ROOT, `schemas/covid19/examples/${NAME}.csv`), 'utf8');
const FIVE_HOURS_MS = 5 * 3_600_000;

let home: Home;
beforeEach(() => {
  home = makeHome('ingest: { rescanSeconds: 1 }');
});
afterEach(() => home.remove());

test('a batch that failed is tried again as soon as it was meant to be', async () => {
  const key = `${makeKey(home, 'key')}.pub`;
  const options = ['--account', 'lab', '--name', 'Lab', '--email', 'lab@example.org', '--key', key];
  expect(labdrop(home, ['sender', 'add', '81365677', ...options]).status).toBe(0);
  const folder = join(home.dataDir, 'accounts/lab');
  const elsewhere = join(home.dir, 'elsewhere');
  mkdirSync(folder, { recursive: true });
  mkdirSync(elsewhere);
  let offsetMs = 0;
  let failures = 0;
  const quiet = (): void => undefined;
  const count = (event: string): void => void (failures += event === 'batch.retry' ? 1 : 0);
  const daemon = await startDaemon(
    loadConfig({ explicitPath: home.configPath, env: {}, cwd: home.dir, packageRoot: PROJECT_ROOT }),
    { debug: quiet, info: quiet, warn: quiet, error: count },
    { now: () => new Date(Date.now() + offsetMs) },
  );
  try {
    symlinkSync(elsewhere, join(folder, 'reports'));
    writeFileSync(join(folder, `${NAME}.csv`), EXAMPLE);
    writeFileSync(join(folder, `${NAME}.ok`), '');
    await until(() => failures > 0, 'a failure');
    offsetMs = -FIVE_HOURS_MS;
    rmSync(join(folder, 'reports'));
    await until(() => listNames(join(folder, 'reports')).includes(`${NAME}.report.ok`), 'the reports');
  } finally {
    await daemon.stop(1_000);
  }
});
