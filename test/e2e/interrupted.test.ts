/** Commands of the built program that are told to end before their work is done: nothing of it stays. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type Home, labdrop, listNames, makeHome, PROJECT_ROOT, startDaemon } from '../support/built-daemon';
import { until } from '../support/until';

const TYPE = 'RapidTestResult';
const ROWS = 100_000;
const BULK_MIB = 150;

let home: Home;
let folder: string;
let folders = 0;

beforeAll(async () => {
  home = makeHome();
  await (await startDaemon(home)).stop();
  const db = new Database(home.storePath);
  db.pragma('foreign_keys = OFF');
  db.pragma('synchronous = OFF');
  db.exec('CREATE TABLE bulk (content BLOB)');
  db.exec(
    `INSERT INTO ${TYPE} (_id, _batch_id, _line, _record, _version, _received_at, _sender, _key, _patient, _order)
      WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
      SELECT i, 'b', i, i, 1, '2026-01-01T00:00:00.000Z', 's', i, '', '' FROM n`,
  );
  const insert = db.prepare('INSERT INTO bulk VALUES (zeroblob(1048576))');
  for (let n = 0; n < BULK_MIB; n++) insert.run();
  db.close();
}, 60_000);
afterAll(() => home.remove());

beforeEach(() => {
  folder = join(home.dir, `out-${++folders}`);
  mkdirSync(folder);
});

function start(args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<unknown> } {
  const child = spawn(process.execPath, [join(PROJECT_ROOT, 'dist/main.js'), ...args], {
    env: { ...process.env, LABDROP_CONFIG: home.configPath, TMPDIR: folder },
    stdio: 'ignore',
  });
  return { child, ended: new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal }))) };
}

it.each([
  ['backup', 'SIGINT', /^\.copy\.db\.\d+\.part$/, (): string[] => ['backup', join(folder, 'copy.db')]],
  ['export', 'SIGTERM', /^\.all\.csv\./, (): string[] => ['export', '--type', TYPE, '--out', join(folder, 'all.csv')]],
  ['demo', 'SIGINT', /^labdrop-demo-/, (): string[] => ['demo']],
] as const)(
  '%s takes away what it began, and ends by the signal',
  async (_what, signal, unfinished, args) => {
    const { child, ended } = start(args());
    await until(() => listNames(folder).some((name) => unfinished.test(name)), 'unfinished work');
    child.kill(signal);
    expect(await ended).toEqual({ code: null, signal });
    expect(listNames(folder)).toEqual([]);
  },
  60_000,
);

it('finishes what nobody interrupts', () => {
  const out = join(folder, 'all.csv');
  expect(labdrop(home, ['export', '--type', TYPE, '--out', out]).stdout).toBe(`Wrote ${out}: ${ROWS} records\n`);
  expect(labdrop(home, ['backup', join(folder, 'copy.db')]).status).toBe(0);
  expect(listNames(folder)).toEqual(['all.csv', 'copy.db']);
});
