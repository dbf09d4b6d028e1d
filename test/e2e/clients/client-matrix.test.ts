/**
 * Every client a laboratory may have, against the running built daemon: each is asked for the same things, and every
 * byte that went either way is hashed. A client that is not installed is left out by name; with
 * LABDROP_REQUIRE_CLIENTS=1 that fails instead. The table that comes out is printed at the end.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addAccount } from '../../support/add-account';
import { type BuiltDaemon, type Home, labdrop, makeHome, makeKey, startDaemon } from '../../support/built-daemon';
import { dropFolder, isAnswered, placeBatch } from '../../support/drop-folder';
import {
  CLIENT_DRIVERS,
  type ClientDriver,
  type ClientLogin,
  type ClientRun,
  absenceOf,
  runClient,
} from '../../support/sftp-client-drivers';
import { examplePath, LABORATORY_EXAMPLE, readExample, SENDER } from '../../support/shipped-examples';
import { until } from '../../support/until';

const ACCOUNT = 'lab';
const BASE = LABORATORY_EXAMPLE;
const EXAMPLE = examplePath(BASE);
const LARGE_BYTES = 100_000_000;
const RESUMED_BYTES = 3_000_017;
const PARALLEL_PUTS = 50;

jest.setTimeout(180_000);

interface Site {
  readonly home: Home;
  readonly daemon: BuiltDaemon;
  readonly login: ClientLogin;
}

const required = process.env['LABDROP_REQUIRE_CLIENTS'] === '1';
const results = new Map<string, Map<string, string>>();
const sites = new Map<string, Site>();
let local: string;
let largeHash: string;

beforeAll(async () => {
  const compat = await openSite('compat');
  sites.set('modern', await openSite('modern')).set('compat', compat);
  local = compat.home.dir;
  writeFileSync(join(local, 'tiny'), 'x');
  writeFileSync(join(local, 'empty'), '');
  writeFileSync(join(local, 'large'), randomBytes(LARGE_BYTES));
  writeFileSync(join(local, 'many'), randomBytes(200_003));
  writeFileSync(join(local, 'resumed'), randomBytes(RESUMED_BYTES));
  largeHash = sha256(join(local, 'large'));
});

afterAll(async () => {
  for (const { daemon, home } of sites.values()) {
    const status = await daemon.stop();
    home.remove();
    expect(status).toBe(0);
  }
  process.stdout.write(`${renderResults()}\n`);
});

/** A daemon with one account and one report that waits to be fetched. */
async function openSite(policy: string): Promise<Site> {
  const home = makeHome();
  const config = readFileSync(home.configPath, 'utf8').replace('port: 0', `port: 0, policy: ${policy}`);
  writeFileSync(home.configPath, config);
  const key = makeKey(home, 'id_lab');
  const daemon = await startDaemon(home);
  addAccount(home, { key, account: ACCOUNT });
  const shown = JSON.parse(labdrop(home, ['sender', 'show', ACCOUNT, '--json']).stdout) as {
    sftp: { hostKeyFingerprint: string };
  };
  const hostKey = shown.sftp.hostKeyFingerprint;
  const site = { home, daemon, login: { port: daemon.port, user: ACCOUNT, key, hostKey, dir: home.dir } };
  mkdirSync(disk(site, ''), { recursive: true });
  placeBatch(home, disk(site, ''), `${BASE}.csv`, readExample(BASE));
  await until(() => isAnswered(disk(site, ''), BASE), 'the report');
  return site;
}

/** Where a path of the account lies on disk. */
function disk({ home }: Site, path: string): string {
  return join(dropFolder(home, ACCOUNT), path);
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

async function succeeds(run: Promise<ClientRun>): Promise<string> {
  const { status, output } = await run;
  if (status !== 0) throw new Error(`exit status ${status}\n${output}`);
  return output;
}

describe.each(CLIENT_DRIVERS.map((driver) => [driver.name, driver] as const))('%s', (_, driver) => {
  const absence = absenceOf(driver);
  const site = (): Site => sites.get(driver.policy)!;
  const at = (path: string): string => join(local, path);
  const uploaded = `/test/${driver.name.replaceAll(/[^A-Za-z0-9]+/g, '-')}`;

  /** Runs what the client can do, and notes what came out. */
  function step(title: string, possible: boolean, work: () => Promise<void>): void {
    const note = (result: string): unknown => rowOf(driver).set(title, result);
    if (absence !== null && !(required && absence.installable)) {
      note(absence.reason);
      test.skip(`${title}: ${absence.reason}`, work);
      return;
    }
    if (!possible) {
      note('-');
      return;
    }
    note('not run');
    test(title, async () => {
      note('FAILED');
      if (absence !== null) throw new Error(absence.reason);
      await work();
      note('ok');
    });
  }

  step('1 byte', true, async () => {
    await succeeds(driver.put(site().login, at('tiny'), `${uploaded}-tiny`));
    expect(readFileSync(disk(site(), `${uploaded}-tiny`), 'utf8')).toBe('x');
  });

  step('100 MB', true, async () => {
    await succeeds(driver.put(site().login, at('large'), `${uploaded}-large`));
    expect(sha256(disk(site(), `${uploaded}-large`))).toBe(largeHash);
    await succeeds(driver.get(site().login, `${uploaded}-large`, at('back')));
    expect(sha256(at('back'))).toBe(largeHash);
    if (driver.check !== undefined) await succeeds(driver.check(site().login, at('large'), `${uploaded}-large`));
    rmSync(at('back'));
    rmSync(disk(site(), `${uploaded}-large`));
  });

  step('list', driver.list !== null, async () => {
    expect(await succeeds(driver.list!(site().login, '/test'))).toContain(uploaded.slice('/test/'.length));
  });

  step('resume', driver.resume !== null, async () => {
    const content = readFileSync(at('resumed'));
    writeFileSync(at('half'), content.subarray(0, 1_000_003));
    await succeeds(driver.put(site().login, at('half'), `${uploaded}-resumed`));
    await succeeds(driver.resume!(site().login, at('resumed'), `${uploaded}-resumed`));
    const resumed = disk(site(), `${uploaded}-resumed`);
    await until(() => existsSync(resumed), 'the resumed file'); // sshfs waits for no answer to its CLOSE
    expect(sha256(resumed)).toBe(sha256(at('resumed')));
  });

  step('rename', driver.rename !== null, async () => {
    await succeeds(driver.put(site().login, at('tiny'), `${uploaded}-old`));
    await succeeds(driver.rename!(site().login, `${uploaded}-old`, `${uploaded}-new`));
    expect(existsSync(disk(site(), `${uploaded}-old`))).toBe(false);
    expect(statSync(disk(site(), `${uploaded}-new`)).size).toBe(1);
  });

  step('report', true, async () => {
    const report = `/reports/${BASE}.report.json`;
    await succeeds(driver.get(site().login, report, at('report')));
    expect(sha256(at('report'))).toBe(sha256(disk(site(), report)));
    rmSync(at('report'));
  });

  step('batch taken', true, async () => {
    const name = `${SENDER}_LaboratoryTestResult_2105${String(CLIENT_DRIVERS.indexOf(driver) + 11)}080500`;
    await succeeds(driver.put(site().login, EXAMPLE, `/test/${name}.csv`));
    await succeeds(driver.put(site().login, at('empty'), `/test/${name}.ok`));
    await until(() => isAnswered(disk(site(), 'test'), name), 'the report');
  });
});

describe('AsyncSSH', () => {
  const driver = CLIENT_DRIVERS.find(({ name }) => name === 'AsyncSSH')!;
  (absenceOf(driver) === null || required ? test : test.skip)(`${PARALLEL_PUTS} puts at once`, async () => {
    const site = sites.get('modern')!;
    const { port, user, key } = site.login;
    const script = join(__dirname, 'asyncssh-client.py');
    const args = [script, String(port), user, key, 'put-many', join(local, 'many'), '/test/many-', `${PARALLEL_PUTS}`];
    await succeeds(runClient('/usr/bin/python3', ['-W', 'ignore', ...args]));
    const expected = sha256(join(local, 'many'));
    for (let number = 0; number < PARALLEL_PUTS; number += 1) {
      expect(sha256(disk(site, `test/many-${number}`))).toBe(expected);
    }
  });
});

function rowOf({ name }: ClientDriver): Map<string, string> {
  const row = results.get(name) ?? new Map<string, string>();
  results.set(name, row);
  return row;
}

function renderResults(): string {
  const titles = [...new Set([...results.values()].flatMap((row) => [...row.keys()]))];
  const lines = [...results].map(
    ([name, row]) => `| ${[name, ...titles.map((title) => row.get(title) ?? '')].join(' | ')} |`,
  );
  return [`| ${['client', ...titles].join(' | ')} |`, `|${' --- |'.repeat(titles.length + 1)}`, ...lines].join('\n');
}
