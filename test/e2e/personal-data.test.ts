/**
 * Marked values, as patients' data would be, through every path of the built daemon at its most talkative; then every
 * output that is not made to show data is searched for them.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../../src/cli/run-program';
import { addAccount } from '../support/add-account';
import {
  type BuiltDaemon,
  type Home,
  labdrop,
  listNames,
  makeHome,
  makeKey,
  PROJECT_ROOT,
  sftp,
  startDaemon,
} from '../support/built-daemon';
import { RAPID_EXAMPLE, readExample, SENDER } from '../support/shipped-examples';
import { until } from '../support/until';

const TYPE = 'RapidTestResult';
const EXAMPLE = readExample(RAPID_EXAMPLE);
const COLUMNS = EXAMPLE.split(/\r?\n/)[0]!.split(';');
const FIRST = EXAMPLE.split(/\r?\n/)[1]!.split(';');

/** Wrong values carry this; right ones are told by what they are. */
const MARK = 'Zqmark';
const RIGHT = { PatientIdentificationNumber: '85073003328', TelephoneNumberMobilePat: '+32470555010' } as const;
const MARKS = [MARK, RIGHT.PatientIdentificationNumber, '470555010'];

let home: Home;
let daemon: BuiltDaemon;
let key: string;
let number = 0;
const outputs = new Map<string, string>();

beforeAll(async () => {
  home = makeHome('ingest: { rescanSeconds: 1 }\nlog: { level: debug }');
  key = makeKey(home, 'id_lab');
  addAccount(home, { key });
  mkdirSync(join(home.dir, 'outbox'));
  daemon = await startDaemon(home);
}, 60_000);

afterAll(async () => {
  await daemon.stop('SIGKILL');
  home.remove();
});

/** The example's first row with these values instead of its own. */
function row(values: Readonly<Record<string, string>>): string[] {
  return COLUMNS.map((column, index) => values[column] ?? FIRST[index] ?? '');
}

function csv(...rows: readonly (readonly string[])[]): string {
  return `${[COLUMNS, ...rows].map((cells) => cells.join(';')).join('\n')}\n`;
}

/** A value that is wrong or too much in each personal field, and in fields of free text. */
const WRONG = Object.fromEntries(
  COLUMNS.map((column) => [
    column,
    /Name|Street|House|Postcode|Municip|Country|Birth|Sex|Tele|Patient|Contp|Specimen|Mobile/.test(column)
      ? `${MARK}-${column}`
      : null,
  ]).filter(([, value]) => value !== null),
) as Record<string, string>;

const asJson = (values: Readonly<Record<string, string>>): Record<string, string> => {
  const cells = row(values);
  return Object.fromEntries(COLUMNS.map((column, index) => [column, cells[index]!]));
};

const FILES: Readonly<Record<string, { readonly name: 'csv' | 'json'; readonly text: string }>> = {
  right: { name: 'csv', text: csv(row(RIGHT)) },
  'right and wrong': {
    name: 'csv',
    text: csv(row(RIGHT), row(WRONG), row({ ...WRONG, TestCode1: RIGHT.PatientIdentificationNumber })),
  },
  'right JSON': { name: 'json', text: JSON.stringify([asJson({ ...RIGHT, SpecimenId1: 'R21-J1' })]) },
  'wrong JSON, strange names': {
    name: 'json',
    text: JSON.stringify([{ ...asJson(WRONG), [`${MARK}-name`]: `${MARK}-value`, __proto__x: MARK }]),
  },
  'broken JSON': { name: 'json', text: `[${JSON.stringify(asJson(WRONG)).slice(0, -40)}\n${MARK}` },
  'JSON lines, one broken': { name: 'json', text: `${JSON.stringify(asJson(RIGHT))}\n{"a":${MARK}\n` },
  'no header': { name: 'csv', text: `${row(WRONG).join(';')}\n${row(RIGHT).join(';')}\n` },
  'a strange column, a repeated one': {
    name: 'csv',
    text: `${[...COLUMNS, `${MARK}-column`, 'LastNamePat'].join(';')}\n${[...row(WRONG), MARK, MARK].join(';')}\n`,
  },
  'columns shifted, rows ragged': {
    name: 'csv',
    text: csv([MARK, ...row(RIGHT)], row(WRONG).slice(3), [...row(WRONG), `${MARK}-more`]),
  },
  'quotes and control characters': {
    name: 'csv',
    text: csv(
      row({ LastNamePat: `"${MARK}` }),
      row({ LastNamePat: `${MARK}"x` }),
      row({ LastNamePat: `${MARK}\u0000` }),
    ),
  },
  'equal and contradicting': { name: 'csv', text: csv(row(RIGHT), row(RIGHT), row({ ...RIGHT, Municipality: MARK })) },
  'larger than what is staged in memory': {
    name: 'csv',
    text: `${[...COLUMNS, '_filler'].join(';')}\n${Array.from({ length: 300 }, (_, index) => [...row({ ...WRONG, SpecimenId1: `${MARK}${index}` }), 'x'.repeat(30_000)].join(';')).join('\n')}\n`,
  },
  'not text': { name: 'csv', text: `PK\u0003\u0004${MARK}` },
};

const nameOf = (extension: string): string => {
  number += 1;
  return `${SENDER}_${TYPE}_21051009${String(number).padStart(2, '0')}00.${extension}`;
};

/** Puts a file with its marker into the outbox; its name. */
function prepare(text: string, extension: string): string {
  const name = nameOf(extension);
  writeFileSync(join(home.dir, 'outbox', name), text);
  writeFileSync(join(home.dir, 'outbox', name.replace(/\w+$/, 'ok')), '');
  return name;
}

function send(names: readonly string[]): void {
  const commands = names.flatMap((name) => [`put ${name}`, `put ${name.replace(/\w+$/, 'ok')}`]);
  const { status } = sftp({ port: daemon.port, user: SENDER, key }, commands, join(home.dir, 'outbox'));
  expect(status).toBe(0);
}

const reported = (name: string): Promise<void> =>
  until(() => listNames(reports()).includes(name.replace(/\w+$/, 'report.ok')), `the reports on ${name}`, 40_000);

async function upload(text: string, extension: string): Promise<void> {
  const name = prepare(text, extension);
  send([name]);
  await reported(name);
}

const reports = (): string => join(home.dataDir, 'accounts', SENDER, 'reports');

/** Runs a command and keeps what it prints. */
function keep(...args: string[]): void {
  const { stdout, stderr } = labdrop(home, args);
  outputs.set(`labdrop ${args.join(' ')}`, stdout + stderr);
}

/** The same in this process, which is quicker. */
async function keepHere(...args: string[]): Promise<void> {
  const printed: string[] = [];
  const print = (line: string): void => void printed.push(line);
  await runProgram(args, {
    ...{ out: print, err: print, progress: null, flush: () => Promise.resolve(), now: () => new Date() },
    ...{ cwd: home.dir, packageRoot: PROJECT_ROOT, env: { LABDROP_CONFIG: home.configPath } },
    pause: () => Promise.resolve(false),
  });
  outputs.set(`labdrop ${args.join(' ')}`, printed.join('\n'));
}

async function page(path: string): Promise<void> {
  outputs.set(path, await (await fetch(`http://127.0.0.1:${daemon.httpPort}${path}`)).text());
}

it('passes everything through every path', async () => {
  const names: string[] = [];
  for (const { name, text } of Object.values(FILES)) names.push(prepare(text, name));
  send(names);
  for (const name of names) await reported(name);
  outputs.set('status.json', readFileSync(join(home.dataDir, 'status.json'), 'utf8'));

  keep('replay', names[1]!, '--json');
  for (const path of ['/metrics', '/healthz', '/readyz']) await page(path);

  // Killed with a batch in hand, and started again.
  const last = nameOf('csv');
  const drop = join(home.dataDir, 'accounts', SENDER);
  writeFileSync(
    join(drop, last),
    csv(...Array.from({ length: 500 }, (_, index) => row({ ...WRONG, SpecimenId1: `${MARK}-k${index}` }))),
  );
  writeFileSync(join(drop, last.replace('.csv', '.ok')), '');
  await until(() => !existsSync(join(drop, last)), 'the claim of the last file');
  await daemon.stop('SIGKILL');
  outputs.set('the daemon', daemon.stdout());
  daemon = await startDaemon(home);
  await until(() => listNames(reports()).includes(last.replace('.csv', '.report.ok')), 'the reports on the last file');

  const ids = (JSON.parse(labdrop(home, ['batches', '--json', '--limit', '50']).stdout) as { id: string }[]).map(
    ({ id }) => id,
  );
  expect(ids).toHaveLength(Object.keys(FILES).length + 2);
  for (const id of ids) {
    await keepHere('show', id, '--json', '--limit', '1000');
    await keepHere('show', id);
  }
  for (const command of ['status', 'batches', 'rejections', 'purge']) {
    await keepHere(command);
    await keepHere(command, '--json');
  }
  for (const command of ['check', 'codelist list', 'sender list', 'ban list']) await keepHere(...command.split(' '));
  for (const command of ['status', 'reload', 'rejections rebuild']) keep(...command.split(' '));
  await keepHere('backup', join(home.dir, 'copy.db'));
  await keepHere('replay', 'nothing-like-it');
  await keepHere('export', '--type', 'Nothing');
  await daemon.stop();
  outputs.set('the daemon, once more', daemon.stdout());
  for (const name of listNames(join(home.dataDir, 'logs'))) {
    outputs.set(name, readFileSync(join(home.dataDir, 'logs', name), 'utf8'));
  }
}, 180_000);

it('shows none of it where it is not made to', () => {
  expect([...outputs.keys()]).toEqual(
    expect.arrayContaining(['the daemon', 'rejections.log', 'status.json', '/metrics']),
  );
  const leaks = [...outputs].flatMap(([output, text]) =>
    text
      .split('\n')
      .flatMap((line) => (MARKS.some((mark) => line.includes(mark)) ? [`${output}: ${line.slice(0, 300)}`] : [])),
  );
  expect(leaks).toEqual([]);
});

it('would have found it: reports, archive and store hold it', () => {
  const holds = (path: string): boolean => MARKS.some((mark) => readFileSync(path).includes(mark));
  const below = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile());
  expect(
    below(reports())
      .filter((path) => path.endsWith('.errors.csv'))
      .filter(holds).length,
  ).toBeGreaterThan(5);
  expect(below(join(home.dataDir, 'archive')).filter(holds).length).toBeGreaterThan(10);
  expect(holds(home.storePath)).toBe(true);
  expect(spawnSync('grep', ['-c', 'batch.done'], { input: outputs.get('the daemon') }).stdout.toString()).not.toBe(
    '0\n',
  );
});

it('keeps one line a batch in rejections.log, through rotation by rename and by copying, and rebuilds it', async () => {
  daemon = await startDaemon(home);
  const path = join(home.dataDir, 'logs/rejections.log');
  const lines = (of = path): string[] =>
    readFileSync(of, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  const rejected = (): string => csv(row({ ...WRONG, SpecimenId1: `${MARK}-${number}` }));
  const before = lines();
  const logged = async (count: number): Promise<void> =>
    until(() => existsSync(path) && lines().length === count, `line ${count}`);
  renameSync(path, `${path}.1`);
  await upload(rejected(), 'csv');
  await logged(1);
  writeFileSync(`${path}.2`, readFileSync(path));
  truncateSync(path, 0);
  await upload(rejected(), 'csv');
  await logged(1);
  const all = [...before, ...lines(`${path}.2`), ...lines()];
  expect(readFileSync(path)[0]).not.toBe(0);

  const rebuilt = labdrop(home, ['rejections', 'rebuild']);
  expect(rebuilt).toMatchObject({ status: 0, stdout: `${path}: ${all.length} lines\n` });
  expect(lines()).toEqual(all);
  expect(lines(`${path}.old`)).toHaveLength(1);
  // The daemon follows it to the new file.
  await upload(rejected(), 'csv');
  await logged(all.length + 1);
}, 60_000);
