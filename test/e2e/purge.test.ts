/** Retention, by the built program beside its running daemon: what is old is erased to the last byte, nothing else. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
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
  startDaemon,
} from '../support/built-daemon';
import { dropFolder, isAnswered, placeBatch } from '../support/drop-folder';
import { readValue } from '../support/query-store';
import { RAPID_EXAMPLE, readExample, SENDER } from '../support/shipped-examples';
import { until } from '../support/until';

const HEADER = readExample(RAPID_EXAMPLE).split(/\r?\n/)[0]!;
const OLD = { large: 'old-large', small: 'old-small', waiting: 'old-waiting' } as const;
const NAMES = {
  [OLD.large]: `${SENDER}_RapidTestResult_210510090000.csv`,
  [OLD.small]: `${SENDER}_RapidTestResult_210510090100.csv`,
  [OLD.waiting]: `${SENDER}_RapidTestResult_210510090200.csv`,
  young: `${SENDER}_RapidTestResult_210510090300.csv`,
} as const;
/** More findings than one step erases. */
const LARGE_ROWS = 1_000;

type What = keyof typeof NAMES;

interface Plan {
  readonly applied: boolean;
  readonly originals: { readonly files: number; readonly before: string };
  readonly rejectedValues: { readonly batches: number; readonly findings: number };
  readonly findings: { readonly batches: number; readonly findings: number };
  readonly reports: { readonly files: number };
  readonly logEmptied?: boolean;
}

describe('labdrop purge', () => {
  let home: Home;
  let daemon: BuiltDaemon;
  const ids = new Map<What, string>();

  beforeAll(async () => {
    home = makeHome('ingest: { rescanSeconds: 1 }');
    daemon = await startDaemon(home);
    addAccount(home, { key: makeKey(home, 'id') });
    for (const [what, name] of Object.entries(NAMES)) {
      await deliver(name, fileOf(what === OLD.large ? LARGE_ROWS : 3, `MARK-${what}`));
      ids.set(what as What, query('SELECT id FROM batches WHERE file_name = ?', name) as string);
    }
    for (const what of Object.values(OLD)) makeOld(what, 800);
    for (const name of ['labdrop.db.before-1', 'labdrop.db.before-2']) writeFileSync(join(home.dataDir, name), 'x');
    utimesSync(join(home.dataDir, 'labdrop.db.before-1'), 1e9, 1e9);
    const db = new Database(home.storePath);
    // Set aside, so that the daemon does not bring it to its end.
    db.prepare(
      `UPDATE batches SET state = 'reported', archived_at = NULL, quarantined_at = received_at, quarantine_reason = 'test'
        WHERE id = ?`,
    ).run(ids.get(OLD.waiting));
    db.close();
  }, 60_000);

  afterAll(async () => {
    await daemon.stop();
    home.remove();
  });

  /** Rows whose identity number is none, with a mark that can be found wherever it goes. */
  function fileOf(rows: number, mark: string): string {
    const columns = HEADER.split(';');
    const row = (number: number): string =>
      columns
        .map((column) => {
          if (column === 'PatientIdentificationNumber') return `${mark}-${number}`;
          if (column === 'TestPrescribedReason') return `${mark}-reason`;
          return column === 'SpecimenId1' ? `${mark}-S${number}` : '';
        })
        .join(';');
    return `${[HEADER, ...Array.from({ length: rows }, (_, index) => row(index))].join('\n')}\n`;
  }

  async function deliver(name: string, text: string): Promise<void> {
    const folder = dropFolder(home, SENDER);
    mkdirSync(folder, { recursive: true });
    placeBatch(home, folder, name, text);
    const stem = name.replace('.csv', '');
    await until(() => isAnswered(folder, stem), `the reports on ${name}`);
    await until(() => !listNames(folder).includes(`${stem}.ok`), 'the marker to go');
  }

  /** Moves all there is of a batch back in time. */
  function makeOld(what: What, days: number): void {
    const at = new Date(Date.now() - days * 86_400_000);
    const id = ids.get(what)!;
    const [present] = originals().filter((path) => path.includes(id));
    const [year = '', month = ''] = at.toISOString().split('-');
    const target = join(home.dataDir, 'archive', SENDER, year, month, `${id}_${NAMES[what]}`);
    mkdirSync(dirname(target), { recursive: true });
    renameSync(join(home.dataDir, 'archive', present!), target);
    const reports = join(dropFolder(home, SENDER), 'reports');
    for (const name of listNames(reports)) {
      if (name.startsWith(NAMES[what].replace('.csv', ''))) utimesSync(join(reports, name), at, at);
    }
    const db = new Database(home.storePath);
    db.prepare('UPDATE batches SET received_at = ? WHERE id = ?').run(at.toISOString(), id);
    db.close();
  }

  function run(args: readonly string[], expected = 0): CommandResult {
    const result = labdrop(home, args);
    expect({ args, status: result.status, stderr: result.stderr }).toEqual({ args, status: expected, stderr: '' });
    return result;
  }

  const purge = (...options: string[]): Plan => JSON.parse(run(['purge', '--json', ...options]).stdout) as Plan;
  const originals = (): string[] =>
    readdirSync(join(home.dataDir, 'archive'), { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.csv'),
    );

  /** Paths below the data folder that hold the text, in whatever place of the file. */
  function holding(text: string): string[] {
    return readdirSync(home.dataDir, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(home.dataDir, path)).isFile())
      .filter((path) => readFileSync(join(home.dataDir, path)).includes(text));
  }

  function contentOf(folder: string): Record<string, string> {
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
    const files = paths.filter((path) => statSync(join(folder, path)).isFile());
    return Object.fromEntries(
      files.map((path) => [
        path,
        createHash('sha256')
          .update(readFileSync(join(folder, path)))
          .digest('hex'),
      ]),
    );
  }

  const query = (sql: string, ...values: unknown[]): unknown => readValue(home.storePath, sql, ...values);

  const wordsLeft = (what: What): unknown =>
    query(
      `SELECT count(*) FROM findings WHERE batch_id = ?
        AND coalesce(value, suggestion, record_key, params) IS NOT NULL`,
      ids.get(what),
    );

  it('shows what would go, and removes nothing', () => {
    const folders = ['archive', 'accounts'].map((name) => join(home.dataDir, name));
    const before = folders.map(contentOf);
    const findings = query(
      'SELECT count(*) FROM findings WHERE batch_id IN (?, ?)',
      ids.get(OLD.large),
      ids.get(OLD.small),
    );
    expect(purge()).toMatchObject({
      applied: false,
      originals: { days: 365, files: 2 },
      rejectedValues: { days: 90, batches: 0, findings: 0 },
      findings: { days: 730, batches: 2, findings },
      // The reports of the batch that is not archived were delivered long ago all the same.
      reports: { days: 90, files: 15 },
      storeCopies: { days: 90, files: 1 },
    });
    expect(run(['purge']).stdout).toContain('Nothing was removed');
    expect(folders.map(contentOf)).toEqual(before);
    expect(wordsLeft(OLD.small)).toBeGreaterThan(0);
  });

  it('erases values first, survives a kill in the middle, and goes on where it was', async () => {
    const config = readFileSync(home.configPath, 'utf8');
    writeFileSync(
      home.configPath,
      `${config}\nretention: { originalsDays: null, findingsDays: null, reportsDays: null }\n`,
    );
    const all = wordsLeft(OLD.large) as number;
    expect(purge()).toMatchObject({ originals: { files: 0, before: null }, findings: { findings: 0, before: null } });
    expect(purge().rejectedValues.batches).toBe(2);

    const child = spawn(process.execPath, [join(PROJECT_ROOT, 'dist/main.js'), 'purge', '--apply'], {
      env: { ...process.env, LABDROP_CONFIG: home.configPath },
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await until(() => (wordsLeft(OLD.large) as number) < all, 'the first step');
    child.kill('SIGKILL');
    await ended;

    expect(purge('--apply')).toMatchObject({ applied: true, logEmptied: true });
    expect([wordsLeft(OLD.large), wordsLeft(OLD.small)]).toEqual([0, 0]);
    expect(query('SELECT count(*) FROM findings WHERE batch_id = ?', ids.get(OLD.large))).toBeGreaterThan(LARGE_ROWS);
    expect(query('SELECT count(*) FROM batches WHERE values_erased_at IS NOT NULL')).toBe(2);
    expect(holding(`MARK-${OLD.small}`).filter((path) => path.startsWith('labdrop.db'))).toEqual([]);
    expect(holding(`MARK-${OLD.large}`).filter((path) => path.startsWith('labdrop.db'))).toEqual([]);
    expect(purge()).toMatchObject({ rejectedValues: { batches: 0, findings: 0 } });
    expect(listNames(home.dataDir).filter((name) => name.includes('.before-'))).toEqual(['labdrop.db.before-2']);
    // Counts and places stay for the operator.
    const shown = JSON.parse(run(['show', ids.get(OLD.small)!, '--json']).stdout) as { findings: object[] };
    expect(shown.findings[0]).toMatchObject({ code: expect.any(String) as string, line: 2, value: null });
    expect(shown).toMatchObject({ erased: { valuesAt: expect.stringMatching(/^20/) as string, findingsAt: null } });
    expect(run(['show', ids.get(OLD.small)!]).stdout).toMatch(/^Values erased +20/m);
    writeFileSync(home.configPath, config);
  }, 60_000);

  it('erases findings, originals and reports, and nothing of a batch that arrives then', async () => {
    const young = wordsLeft('young');
    const applied = purge('--apply');
    expect(applied).toMatchObject({
      applied: true,
      originals: { files: 2 },
      findings: { batches: 2 },
      logEmptied: true,
    });
    expect(originals().filter((path) => path.includes(ids.get(OLD.large)!))).toEqual([]);
    expect(holding(`MARK-${OLD.large}`)).toEqual([]);
    expect(holding(`MARK-${OLD.small}`)).toEqual([]);
    const reports = listNames(join(dropFolder(home, SENDER), 'reports'));
    expect(reports).toContain(NAMES.young.replace('.csv', '.report.ok'));
    expect(reports.filter((name) => !name.includes('0903'))).toEqual([]);
    expect(query('SELECT count(*) FROM rejected_records WHERE batch_id = ?', ids.get(OLD.large))).toBe(0);
    expect(query('SELECT records FROM batches WHERE id = ?', ids.get(OLD.large))).toBe(LARGE_ROWS);
    expect(wordsLeft('young')).toBe(young);

    // What is not done yet keeps its findings and its original, however old it is.
    expect(wordsLeft(OLD.waiting)).toBeGreaterThan(0);
    expect(originals().some((path) => path.includes(ids.get(OLD.waiting)!))).toBe(true);

    await deliver(`${SENDER}_RapidTestResult_210510090400.csv`, readExample(RAPID_EXAMPLE));
    expect(purge('--apply')).toMatchObject({
      originals: { files: 0 },
      findings: { findings: 0 },
      reports: { files: 0 },
    });
    const exported = Papa.parse(run(['export', '--type', 'RapidTestResult']).stdout, {
      header: true,
      skipEmptyLines: true,
    });
    expect(exported.data.length).toBeGreaterThan(0);
  }, 60_000);

  it('misses no original that it erased, whatever period is configured later', () => {
    const missing = (): readonly string[] => {
      const { results } = JSON.parse(labdrop(home, ['check', '--json']).stdout) as {
        results: { what: string; ok: boolean }[];
      };
      return results.filter(({ what, ok }) => !ok && what.includes('original')).map(({ what }) => what);
    };
    const erase = (): void => {
      const db = new Database(home.storePath);
      db.prepare('UPDATE batches SET original_erased_at = NULL').run();
      db.close();
    };
    const config = readFileSync(home.configPath, 'utf8');
    const longer = `${config}\nretention: { originalsDays: 3000 }\n`;
    writeFileSync(home.configPath, longer);
    expect(missing()).toEqual([]);
    expect(run(['show', ids.get(OLD.large)!]).stdout).toMatch(/^Original erased +20/m);
    expect(run(['show', ids.get('young')!]).stdout).not.toContain('Original erased');

    // Killed between the files and the note: the next purge by the same rule makes it good.
    erase();
    expect(missing()).toHaveLength(2);
    writeFileSync(home.configPath, config);
    purge('--apply');
    writeFileSync(home.configPath, longer);
    expect(missing()).toEqual([]);

    // One that is gone before its time is missed.
    rmSync(
      join(
        home.dataDir,
        'archive',
        originals().find((path) => path.includes(ids.get('young')!))!,
      ),
    );
    expect(missing()).toEqual([`the original of batch ${ids.get('young')!} is missing`]);
  }, 60_000);
});
