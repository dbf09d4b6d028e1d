/** When a laboratory has fetched its reports, as the operator sees it and as the audit tells it. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addAccount } from '../../support/add-account';
import {
  type BuiltDaemon,
  type Home,
  labdrop,
  listNames,
  makeHome,
  makeKey,
  sftp,
  startDaemon,
} from '../../support/built-daemon';
import { dropFolder, isAnswered } from '../../support/drop-folder';
import { RawClient } from '../../support/sftp-raw-client';
import { examplePath, LABORATORY_EXAMPLE } from '../../support/shipped-examples';
import { until } from '../../support/until';

const BASE = LABORATORY_EXAMPLE;
const EXAMPLE = examplePath(BASE);

jest.setTimeout(60_000);

let home: Home;
let daemon: BuiltDaemon;
let key: string;

beforeAll(async () => {
  home = makeHome();
  key = makeKey(home, 'id_lab');
  addAccount(home, { key, account: 'lab1' });
  daemon = await startDaemon(home);
});

afterAll(async () => {
  const status = await daemon.stop();
  home.remove();
  expect(status).toBe(0);
});

interface Fetch {
  readonly fileName: string;
  readonly at: string;
}

const fetches = (batch = BASE): readonly Fetch[] =>
  (JSON.parse(labdrop(home, ['show', batch, '--json']).stdout) as { fetches: Fetch[] }).fetches;

test('the first complete fetch of each report stays, a part of one does not count', async () => {
  const login = { port: daemon.port, user: 'lab1', key };
  copyFileSync(EXAMPLE, join(home.dir, `${BASE}.csv`));
  writeFileSync(join(home.dir, `${BASE}.ok`), '');
  expect(sftp(login, [`put ${BASE}.csv`, `put ${BASE}.ok`], home.dir).status).toBe(0);
  await until(() => isAnswered(dropFolder(home, 'lab1'), BASE), 'the reports');
  expect(fetches()).toEqual([]);

  const client = await RawClient.connect(daemon.port, readFileSync(key));
  const handle = await client.open(`/reports/${BASE}.report.json`, 1);
  await client.send({ kind: 'read', handle, offset: 5n, length: 100_000 });
  await client.send({ kind: 'close', handle });
  client.end();
  const before = new Date().toISOString();
  expect(sftp(login, [`get reports/${BASE}.ACCEPTED.txt`], home.dir).status).toBe(0);
  await until(() => fetches().length > 0, 'the fetch in the store');
  const [first] = fetches();
  expect(first?.fileName).toBe(`${BASE}.ACCEPTED.txt`);
  expect(first!.at > before).toBe(true);

  expect(sftp(login, [`get reports/${BASE}.*`], home.dir).status).toBe(0);
  await until(() => fetches().length > 1, 'the other fetches in the store');
  expect(fetches()[0]).toEqual(first);
  expect(fetches().map(({ fileName }) => fileName)).toContain(`${BASE}.report.json`);
  expect(labdrop(home, ['show', BASE]).stdout).toMatch(
    new RegExp(`^Fetched +\\S+ \\S+ \\S+ ${BASE}.ACCEPTED.txt$`, 'm'),
  );

  const outcomes = (): unknown[] =>
    daemon
      .stdout()
      .split('\n')
      .flatMap((line) => (line.includes('"sftp.transfer"') ? [JSON.parse(line) as Record<string, unknown>] : []))
      .filter(({ path }) => String(path).endsWith('.report.json'))
      .map(({ outcome }) => outcome);
  await until(() => outcomes().length > 1, 'the lines in the log');
  expect(outcomes()).toEqual(['partial', 'complete']);
});

test('also of a file whose name is so long that its reports bear a shorter one', async () => {
  const login = { port: daemon.port, user: 'lab1', key };
  const long = `${BASE}_${'x'.repeat(190)}`;
  copyFileSync(EXAMPLE, join(home.dir, `${long}.csv`));
  writeFileSync(join(home.dir, `${long}.ok`), '');
  expect(sftp(login, [`put ${long}.csv`, `put ${long}.ok`], home.dir).status).toBe(0);
  const reports = join(home.dataDir, 'accounts/lab1/reports');
  const report = (): string | undefined => listNames(reports).find((name) => /~[0-9a-f]{8}\.report\.ok$/.test(name));
  await until(() => report() !== undefined, 'the reports');
  expect(sftp(login, [`get reports/${report() ?? ''}`], home.dir).status).toBe(0);
  await until(() => fetches(long).length > 0, 'the fetch in the store');
  expect(fetches(long).map(({ fileName }) => fileName)).toEqual([report()]);
});
