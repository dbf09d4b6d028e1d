/** A real full disk: the data folder is a small file system of its own, which root may mount. */
import { execFileSync } from 'node:child_process';
import { closeSync, copyFileSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { addAccount } from '../support/add-account';
import {
  type BuiltDaemon,
  type Home,
  labdrop,
  listNames,
  makeHome,
  makeKey,
  sftp,
  startDaemon,
} from '../support/built-daemon';
import { examplePath, LABORATORY_EXAMPLE, RAPID_EXAMPLE, SENDER } from '../support/shipped-examples';
import { fillDisk, mountSmallDisk } from '../support/small-disk';
import { until } from '../support/until';

const ACCOUNT = 'lab';
const FIRST = LABORATORY_EXAMPLE;
const WAITING = RAPID_EXAMPLE;
const REFUSED = `${SENDER}_LaboratoryTestPrescription_210510080000`;

let home: Home;
let daemon: BuiltDaemon | null = null;
let key: string;

beforeAll(async () => {
  // No reserve: the disk may fill up to its last byte.
  home = makeHome('ingest: { diskReserveBytes: 0 }');
  mkdirSync(home.dataDir);
  mountSmallDisk(home.dataDir);
  key = makeKey(home, 'id_lab');
  daemon = await startDaemon(home);
  addAccount(home, { key, account: ACCOUNT });
  mkdirSync(join(home.dir, 'outbox'));
  for (const name of [FIRST, WAITING, REFUSED]) {
    copyFileSync(examplePath(name), join(home.dir, 'outbox', `${name}.csv`));
    closeSync(openSync(join(home.dir, 'outbox', `${name}.ok`), 'w'));
  }
}, 60_000);

afterAll(async () => {
  if (daemon !== null) {
    await daemon.stop('SIGKILL');
    execFileSync('umount', [home.dataDir]);
  }
  home.remove();
});

const put = (...names: readonly string[]): ReturnType<typeof sftp> =>
  sftp(
    { port: daemon!.port, user: ACCOUNT, key },
    names.map((name) => `put ${name}`),
    join(home.dir, 'outbox'),
  );
const drop = (): readonly string[] => listNames(join(home.dataDir, 'accounts', ACCOUNT));
const status = (): string => labdrop(home, ['status']).stdout;
const reports = (): readonly string[] => listNames(join(home.dataDir, 'accounts', ACCOUNT, 'reports'));

it('refuses uploads while the disk is full, loses none that it took, and goes on when there is space', async () => {
  expect(put(`${FIRST}.csv`, `${FIRST}.ok`).status).toBe(0);
  await until(() => reports().includes(`${FIRST}.report.ok`), 'the first report');
  expect(put(`${WAITING}.csv`).status).toBe(0);

  fillDisk(home.dataDir);
  const refused = put(`${REFUSED}.csv`);
  expect(refused.status).not.toBe(0);
  // All that OpenSSH's client tells of the server's answer.
  expect(refused.stderr).toContain('close remote: Failure');
  expect(drop()).not.toContain(`${REFUSED}.csv`);
  // An empty file needs no space: the batch is complete, and waits.
  expect(put(`${WAITING}.ok`).status).toBe(0);
  await until(() => daemon!.stdout().includes('batch.retry'), 'the fault in the log');
  expect(reports().filter((name) => name.startsWith(WAITING) && name.endsWith('.ok'))).toEqual([]);
  // The daemon cannot write down how it is: that shows, and why.
  await until(() => status().includes('faults and bans as of'), 'a status that says it is old', 40_000);
  expect(status()).toMatch(/^Disk +0 B free/m);

  rmSync(join(home.dataDir, 'ballast'));
  await until(() => reports().includes(`${WAITING}.report.ok`), 'the report on what waited', 60_000);
  expect(put(`${REFUSED}.csv`, `${REFUSED}.ok`).status).toBe(0);
  await until(() => reports().includes(`${REFUSED}.report.ok`), 'the report on what was refused before', 60_000);
  expect(reports().filter((name) => name.endsWith('.ACCEPTED.txt'))).toHaveLength(3);
  await until(() => drop().join() === 'reports,test', 'an empty drop folder');
  await until(() => !/faults and bans as of|Faults/.test(status()), 'a status without a fault', 40_000);
  expect(await daemon!.stop()).toBe(0);
}, 180_000);
