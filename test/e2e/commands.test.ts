/** The operator's commands from outside: the built program beside a running daemon, and without one. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { addAccount } from '../support/add-account';
import {
  type BuiltDaemon,
  type CommandResult,
  type Home,
  labdrop,
  listNames,
  makeHome,
  makeKey,
  PROJECT_ROOT,
  sftp,
  startDaemon,
} from '../support/built-daemon';
import { examplePath, RAPID_EXAMPLE, SENDER } from '../support/shipped-examples';
import { until } from '../support/until';

const TYPE = 'RapidTestResult';
const STEM = RAPID_EXAMPLE;
const NAME = `${STEM}.csv`;
const EXAMPLE = examplePath(STEM);
/** An open value set that every record of the example uses. */
const LIST = 'SpecimenMaterialCodelist';
const RECORDS = 5;

interface RunView {
  readonly batch: Record<string, unknown>;
  readonly reports: { readonly folder: string; readonly names: readonly string[] } | null;
}

interface Report {
  readonly groups: readonly { readonly code: string; readonly severity: string; readonly total: number }[];
}

describe('the operator', () => {
  let home: Home;
  let daemon: BuiltDaemon;
  let key: string;
  const listPath = (): string => join(home.dir, 'schemas/covid19/codelists', `${LIST}.json`);
  const reports = (): string => join(home.dataDir, 'accounts', SENDER, 'reports');

  beforeAll(async () => {
    home = makeHome('ingest: { rescanSeconds: 1 }');
    cpSync(join(PROJECT_ROOT, 'schemas'), join(home.dir, 'schemas'), { recursive: true });
    const config = readFileSync(home.configPath, 'utf8');
    writeFileSync(home.configPath, config.replace(/schemas: .*/, 'schemas: { dir: schemas }'));
    key = makeKey(home, 'id_lab');
    daemon = await startDaemon(home);
    addAccount(home, { key });
    mkdirSync(join(home.dir, 'outbox'));
  }, 60_000);

  afterAll(async () => {
    const status = await daemon.stop();
    home.remove();
    expect(status).toBe(0);
  });

  /** A command that is done: status 0 unless told. */
  function run(args: readonly string[], expected = 0): CommandResult {
    const result = labdrop(home, args);
    expect({ args, status: result.status, stderr: expected === 0 ? '' : result.stderr }).toEqual({
      args,
      status: expected,
      stderr: result.stderr,
    });
    return result;
  }

  async function upload(name: string, bytes: Buffer, folder = ''): Promise<void> {
    const stem = name.replace(/\.csv$/, '');
    writeFileSync(join(home.dir, 'outbox', name), bytes);
    writeFileSync(join(home.dir, 'outbox', `${stem}.ok`), '');
    const commands = [`put ${name} ${folder}/${name}`, `put ${stem}.ok ${folder}/${stem}.ok`];
    const login = { port: daemon.port, user: SENDER, key };
    expect(sftp(login, commands, join(home.dir, 'outbox'))).toMatchObject({ status: 0, stderr: '' });
    const marker = join(home.dataDir, 'accounts', SENDER, folder, 'reports', `${stem}.report.ok`);
    await until(() => listNames(join(marker, '..')).includes(`${stem}.report.ok`), `the reports on ${name}`);
  }

  const replay = (args: string[], expected: number): RunView[] =>
    JSON.parse(run(['replay', ...args, '--json'], expected).stdout) as RunView[];
  const originalId = (): string =>
    (
      JSON.parse(run(['batches', '--json']).stdout) as { id: string; fileName: string; run: number; mode: string }[]
    ).find((batch) => batch.fileName === NAME && batch.run === 1 && batch.mode === 'production')!.id;
  const originalPath = (): string => {
    const { receivedAt } = (
      JSON.parse(run(['show', originalId(), '--json']).stdout) as { batch: { receivedAt: string } }
    ).batch;
    const [year = '', month = ''] = receivedAt.split('-');
    return join(home.dataDir, 'archive', SENDER, year, month, `${originalId()}_${NAME}`);
  };
  const rowsStored = (): number =>
    Papa.parse(run(['export', '--type', TYPE]).stdout, { header: true, skipEmptyLines: true }).data.length;

  async function reload(): Promise<void> {
    const count = (): number => daemon.stdout().split('daemon.reload').length;
    const before = count();
    process.kill(daemon.pid, 'SIGHUP');
    await until(() => count() > before, 'the reload');
  }

  it('replays an accepted batch: nothing is stored twice', async () => {
    await upload(NAME, readFileSync(EXAMPLE));
    const { stdout } = run(['replay', NAME]);
    expect(stdout).toMatch(/ run 2 {2}\S+ {2}DUPLICATE$/m);
    expect(stdout).toContain(`  ${RECORDS} records: 0 accepted, 0 rejected, ${RECORDS} duplicate\n`);
    expect(stdout).toContain(`${STEM}.r2.DUPLICATE.txt`);
    expect(listNames(reports())).toEqual(expect.arrayContaining([`${STEM}.ACCEPTED.txt`, `${STEM}.r2.report.ok`]));
    expect(rowsStored()).toBe(RECORDS);
    expect(listNames(join(home.dataDir, 'work')).filter((name) => name !== 'staging')).toEqual([]);
  }, 60_000);

  it('imports a value set, which a reload puts in force, and replays by it', async () => {
    const present = JSON.parse(readFileSync(listPath(), 'utf8')) as { codes: { code: string }[] };
    // Two of the codes that the example uses stay: three records are refused from now on.
    const used = Papa.parse<Record<string, string>>(readFileSync(EXAMPLE, 'utf8'), {
      header: true,
      skipEmptyLines: true,
    });
    const materials = used.data.map((row) => row['SpecimenMaterial1']!);
    expect(new Set(materials).size).toBe(RECORDS);
    const rest = present.codes.filter(({ code }) => !materials.slice(2).includes(code));
    writeFileSync(join(home.dir, 'list.csv'), Papa.unparse(rest.map(({ code }) => ({ code, label_en: 'x' }))));

    const imported = run(['codelist', 'import', 'list.csv', '--list', LIST, '--close']);
    expect(imported.stdout).toContain(`kill -HUP ${daemon.pid}`);
    expect(imported.stdout).toMatch(/^Removed +3: /m);
    await reload();
    const [refused] = replay([NAME], 1);
    expect(refused).toMatchObject({ batch: { run: 3, outcome: 'REJECTED', rejected: 3, duplicate: 2, accepted: 0 } });
    expect(refused!.reports!.names).toContain(`${STEM}.r3.rejected.csv`);
    const report = JSON.parse(readFileSync(join(reports(), `${STEM}.r3.report.json`), 'utf8')) as Report;
    expect(report.groups.filter(({ severity }) => severity === 'error')).toMatchObject([{ code: 'R301', total: 3 }]);

    const earlier = /^Earlier +(.+)$/m.exec(imported.stdout)![1]!;
    run(['codelist', 'import', earlier, '--list', LIST]);
    await reload();
    expect(replay([NAME], 0)).toMatchObject([{ batch: { run: 4, outcome: 'DUPLICATE', duplicate: RECORDS } }]);
    expect(rowsStored()).toBe(RECORDS);
  }, 60_000);

  it('stores by a replay what a rule had kept out', async () => {
    writeFileSync(join(home.dir, 'few.csv'), 'code\n258529004\n');
    run(['codelist', 'import', 'few.csv', '--list', LIST, '--close']);
    await reload();
    const name = NAME.replace('_2105100815', '_2105100816');
    // Other samples and dates: not what is stored already.
    await upload(name, Buffer.from(readFileSync(EXAMPLE, 'utf8').replaceAll('2021-05-0', '2021-04-0')));
    const before = rowsStored();
    run(['codelist', 'import', 'few.csv', '--list', LIST, '--open']);
    await reload();
    const [run2] = replay([name], 0);
    expect(run2!.batch).toMatchObject({ outcome: 'ACCEPTED', rejected: 0 });
    expect(rowsStored()).toBe(before + (run2!.batch['accepted'] as number));
    expect(run2!.batch['accepted']).toBeGreaterThan(0);
  }, 60_000);

  it('refuses what cannot be replayed', async () => {
    await upload(NAME, readFileSync(EXAMPLE), 'test');
    const rehearsal = (JSON.parse(run(['batches', '--mode', 'test', '--json']).stdout) as { id: string }[])[0]!.id;
    expect(run(['replay', rehearsal], 2).stderr).toMatch(/it was a rehearsal/);
    const path = originalPath();
    renameSync(path, `${path}.away`);
    expect(run(['replay', originalId()], 2).stderr).toContain(`no longer in the archive`);
    const checked = JSON.parse(run(['check', '--json'], 1).stdout) as { results: { ok: boolean; what: string }[] };
    expect(checked.results.filter(({ ok }) => !ok).map(({ what }) => what)).toEqual([
      `the original of batch ${originalId()} is missing`,
      `${path}.away belongs to no batch`,
    ]);
    renameSync(`${path}.away`, path);
    expect(run(['check']).stdout).toMatch(/\n\nNothing is wrong\.$/m);
  }, 60_000);

  it('is asked for without a daemon, and done at its next start', async () => {
    expect(await daemon.stop()).toBe(0);
    const asked = labdrop(home, ['replay', originalId()]);
    expect(asked).toMatchObject({ status: 0, stderr: 'No daemon runs: the replay is done at its next start.\n' });
    expect(run(['check']).stdout).toMatch(/daemon +not running/);
    daemon = await startDaemon(home);
    const last = (): Record<string, unknown> =>
      (JSON.parse(run(['batches', '--json', '--limit', '1']).stdout) as Record<string, unknown>[])[0]!;
    await until(() => last()['state'] === 'archived', 'the replay');
    expect(last()).toMatchObject({ cause: 'replay', replayOf: originalId(), outcome: 'DUPLICATE' });
    expect(listNames(join(home.dataDir, 'work')).filter((name) => name !== 'staging')).toEqual([]);
    expect(readFileSync(originalPath()).equals(readFileSync(EXAMPLE))).toBe(true);
  }, 60_000);

  it('exports to a reader that goes away', async () => {
    const child = spawn(process.execPath, [join(PROJECT_ROOT, 'dist/main.js'), 'export', '--type', TYPE], {
      env: { ...process.env, LABDROP_CONFIG: home.configPath },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.stdout.destroy();
    const status = await new Promise((resolve) => child.once('exit', resolve));
    expect([status, errors]).toEqual([0, '']);
  }, 60_000);
});
