/** `labdrop reload` on the built daemon: all is read again and put in force, or refused whole, with every reason. */
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addAccount } from '../support/add-account';
import {
  type BuiltDaemon,
  type CommandResult,
  type Home,
  labdrop,
  makeHome,
  makeKey,
  PROJECT_ROOT,
  startDaemon,
} from '../support/built-daemon';
import { RawClient } from '../support/sftp-raw-client';
import { until } from '../support/until';

let home: Home;
let daemon: BuiltDaemon;
let key: string;
let config: string;

const reload = (): CommandResult => labdrop(home, ['reload']);
const schemaPath = (): string => join(home.dir, 'schemas/covid19/RapidTestResult.json');
const configure = (change: (text: string) => string): void => writeFileSync(home.configPath, change(config));

beforeAll(async () => {
  home = makeHome();
  cpSync(join(PROJECT_ROOT, 'schemas'), join(home.dir, 'schemas'), { recursive: true });
  config = readFileSync(home.configPath, 'utf8').replace(/schemas: .*/, 'schemas: { dir: schemas }');
  writeFileSync(home.configPath, config);
  key = makeKey(home, 'id_lab');
  addAccount(home, { key, account: 'lab1' });
  daemon = await startDaemon(home);
}, 60_000);

afterAll(async () => {
  const status = await daemon.stop();
  home.remove();
  expect(status).toBe(0);
});

it('puts a right configuration in force', async () => {
  expect(daemon.stdout()).not.toContain('inbox.scan');
  configure((text) => `${text}\nlog: { level: debug }`);
  expect(reload()).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('in force') as string });
  await until(() => daemon.stdout().includes('inbox.scan'), 'a line of the level debug');
});

it('refuses all of it, with every reason, when anything is wrong', async () => {
  const schema = readFileSync(schemaPath(), 'utf8');
  const account = join(home.dir, 'senders/lab1.yaml');
  const present = readFileSync(account, 'utf8');
  configure((text) => `${text.replace('port: 0 }', 'port: 2299 }')}\ningest: { mode: file }`);
  writeFileSync(schemaPath(), schema.replace('"title"', '"titel"'));
  writeFileSync(account, present.replace('status:', 'statuss:'));
  const refused = labdrop(home, ['reload', '--json']);
  expect(refused.status).toBe(78);
  const { inForce, reasons } = JSON.parse(refused.stdout) as { inForce: boolean; reasons: string[] };
  expect(inForce).toBe(false);
  expect(reasons).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/labdrop\.yaml: sftp\.port: can change only at a restart/),
      expect.stringMatching(/RapidTestResult\.json.*title/),
      expect.stringMatching(/lab1\.yaml:\d+: statuss: unknown key/),
    ]),
  );
  const status = labdrop(home, ['status']).stdout;
  for (const reason of reasons) expect(status).toContain(reason);
  expect(status).toContain('Reload refused at ');
  await until(() => daemon.stdout().includes('"event":"daemon.reload-refused"'), 'the refusal in the log');

  const text = reload();
  expect([text.status, text.stdout]).toEqual([78, '']);
  expect(text.stderr).toContain('Refused: nothing has changed.');
  writeFileSync(schemaPath(), schema);
  writeFileSync(account, present);
  configure((mended) => mended);
  expect(reload().status).toBe(0);
  expect(labdrop(home, ['status']).stdout).not.toContain('Reload refused');
});

it('refuses it when the folder of the account files was moved away', () => {
  const senders = join(home.dir, 'senders');
  renameSync(senders, `${senders}.away`);
  try {
    const problem = `${senders} is not there: nobody can log in`;
    expect(reload()).toMatchObject({ status: 78, stderr: expect.stringContaining(problem) as string });
  } finally {
    renameSync(`${senders}.away`, senders);
  }
  expect(reload().status).toBe(0);
});

it('refuses a type that the store cannot hold, before anything tries to store it', () => {
  const path = join(home.dir, 'schemas/covid19/findings.json');
  writeFileSync(path, readFileSync(schemaPath(), 'utf8').replace('"RapidTestResult"', '"findings"'));
  const problem = 'covid19/findings.json: /title: the store cannot hold the name "findings"';
  try {
    expect(reload()).toMatchObject({ status: 78, stderr: expect.stringContaining(problem) as string });
    expect(labdrop(home, ['check'])).toMatchObject({ status: 1, stdout: expect.stringContaining(problem) as string });
    expect(daemon.stdout()).not.toContain('S903');
  } finally {
    rmSync(path);
  }
  expect(reload().status).toBe(0);
});

it('makes the table of a new message type at once, before a batch of it comes', async () => {
  const path = join(home.dir, 'schemas/covid19/NewTest.json');
  writeFileSync(path, readFileSync(schemaPath(), 'utf8').replace('"RapidTestResult"', '"NewTest"'));
  expect(reload().status).toBe(0);
  const isThere = (): boolean => labdrop(home, ['export', '--type', 'NewTest']).status === 0;
  await until(isThere, 'the table of the new type');
  rmSync(path);
  expect(reload().status).toBe(0);
});

it('tells what is wrong with a file that is no configuration, and leaves the daemon alone', () => {
  configure((text) => `${text}\nsftpp: {}`);
  expect(reload()).toMatchObject({ status: 78, stderr: expect.stringContaining('sftpp: unknown key') as string });
  configure((text) => text);
});

it('cuts connections of an account that was disabled', async () => {
  const client = await RawClient.connect(daemon.port, readFileSync(key));
  expect(labdrop(home, ['sender', 'disable', 'lab1']).status).toBe(0);
  expect(reload().status).toBe(0);
  await until(() => client.closed, 'the end of the connection');
});

it('says so when no daemon runs', async () => {
  expect(await daemon.stop()).toBe(0);
  expect(reload()).toMatchObject({ status: 2, stderr: expect.stringContaining('no daemon runs') as string });
  daemon = await startDaemon(home);
});

it('does not start with schemas that cannot be used: 78, so that nothing starts it again and again', async () => {
  await daemon.stop();
  const schema = readFileSync(schemaPath(), 'utf8');
  writeFileSync(schemaPath(), schema.replace('"title"', '"titel"'));
  const { status, stdout } = labdrop(home, ['serve']);
  writeFileSync(schemaPath(), schema);
  expect(status).toBe(78);
  expect(stdout).toMatch(/^cannot start: the schemas have \d+ problem\(s\):\n.*RapidTestResult\.json/m);
});
