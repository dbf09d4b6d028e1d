import { chmodSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { acquireInstanceLock } from '../../../src/adapters/sqlite/instance-lock';
import type { CommandContext } from '../../../src/cli/command-context';
import { addCommands, createProgram } from '../../../src/cli/program';
import { runProgram } from '../../../src/cli/run-program';
import { LANGUAGES } from '../../../src/domain/account';
import { FINDING_CODES } from '../../../src/domain/codes';
import { type CommandHome, makeCommandHome, NOW } from './command-home';

const ID = '01900000-0000-7000-8000-000000000001';

let home: CommandHome;
beforeEach(() => {
  home = makeCommandHome();
});
afterEach(() => home.remove());

const context: CommandContext = {
  out: () => undefined,
  err: () => undefined,
  flush: () => Promise.resolve(),
  env: {},
  cwd: '/',
  progress: null,
  packageRoot: `${__dirname}/../../..`,
  now: () => NOW,
  pause: () => Promise.resolve(false),
  setStatus: () => undefined,
  loadConfig: () => {
    throw new Error('no');
  },
};

/** The program as it is for these arguments; whole without any. */
async function programFor(...args: string[]): Promise<Command> {
  const program = createProgram(context);
  await addCommands(program, context, args);
  return program;
}

const namesOf = ({ commands }: Command): string[] => commands.map((command) => command.name());

/** Commands that also do something by themselves, besides those that only hold others. */
const DOERS = ['rejections'];

const leaves = (command: Command, path: string[]): string[][] => [
  ...(command.commands.length === 0 || DOERS.includes(command.name()) ? [path] : []),
  ...command.commands.flatMap((child) => leaves(child, [...path, child.name()])),
];

describe('runProgram', () => {
  it('has the commands', async () => {
    expect(leaves(await programFor(), []).map((path) => path.join(' '))).toEqual(
      expect.arrayContaining([
        ...['serve', 'validate', 'demo', 'status', 'batches', 'show', 'rejections', 'codes'],
        ...['replay', 'export', 'check', 'codelist import', 'purge', 'reload', 'rejections rebuild'],
        ...['sender add', 'sender list', 'sender show', 'sender disable', 'codelist list', 'codelist show'],
      ]),
    );
  });

  it('shows an example of each command with --help and ends with 0', async () => {
    for (const path of leaves(await programFor(), [])) {
      const { status, out } = await home.run([...path, '--help']);
      expect([path, status]).toEqual([path, 0]);
      expect(out).toMatch(new RegExp(`^Examples?:\n {2}labdrop ${path.join(' ')}\\b`, 'm'));
    }
  });

  it('knows the help of a command below another', async () => {
    const asked = await home.run(['help', 'sender', 'add']);
    expect(asked).toEqual(await home.run(['sender', 'add', '--help']));
    expect(asked).toMatchObject({ status: 0, out: expect.stringMatching(/^Usage: labdrop sender add/) as string });
  });

  it('loads the one command that is called, under its own name', async () => {
    for (const name of namesOf(await programFor())) {
      if (name !== 'completion') expect(namesOf(await programFor(name, 'x', '--help'))).toEqual([name]);
    }
    expect(namesOf(await programFor('--config', 'show', 'status'))).toEqual(['status']);
  });

  it.each([['help'], ['help', 'status'], ['stauts'], ['--help'], ['--json', 'status'], ['completion', 'bash']])(
    'loads all commands for: %s %s',
    async (...args) => {
      expect(namesOf(await programFor(...args))).toEqual(namesOf(await programFor()));
    },
  );

  it('prints the version', async () => {
    const { status, out } = await home.run(['--version']);
    expect([status, out]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+/) as string]);
  });

  it.each([
    [[], /Usage: labdrop/],
    [['stauts'], /unknown command 'stauts'\n\(Did you mean status\?\)/],
    [['status', '--jsn'], /unknown option '--jsn'/],
    [['show'], /missing required argument/],
    [['sender'], /Usage: labdrop sender/],
  ])('%j is wrong usage', async (args, message) => {
    const { status, out, err } = await home.run(args);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });
});

describe('rejections rebuild', () => {
  it.each([['--sender', '1'], ['--code', 'V201'], ['--since', '1h'], ['-f']])(
    'takes no filter: %s',
    async (...filter) => {
      home.commit({}, []);
      const { status, out, err } = await home.run(['rejections', 'rebuild', ...filter]);
      expect([status, out]).toEqual([2, '']);
      expect(err).toMatch(/^rejections rebuild takes no --(?:sender|code|since|follow): /);
      expect(existsSync(join(home.dataDir, 'logs'))).toBe(false);
    },
  );

  it('offers none, and takes --json on either side', async () => {
    const { out } = await home.run(['rejections', 'rebuild', '--help']);
    expect(out).not.toMatch(/--sender|--follow/);
    expect(out).toMatch(/--json[^]*--config <file>/);
    home.commit({}, []);
    for (const args of [
      ['rebuild', '--json'],
      ['--json', 'rebuild'],
    ]) {
      const ran = await home.run(['rejections', ...args]);
      expect([ran.status, JSON.parse(ran.out)]).toEqual([0, expect.objectContaining({ lines: 0 })]);
    }
  });
});

describe('a disk that fails', () => {
  const failed = (call: string): object => ({
    status: 70,
    out: '',
    err: expect.stringMatching(new RegExp(`^S901: E[A-Z]+: [^\n]*, ${call}\\b[^\n]*$`)) as string,
  });

  it.each([[['status']], [['batches']], [['ban', 'list']], [['sender', 'list']]])(
    '%j tells it in a line, with a file in the place of the data folder',
    async (args) => {
      rmSync(home.dataDir, { recursive: true });
      home.write('data', 'x');
      expect(await home.run(args)).toEqual(failed('stat'));
    },
  );

  it('ban lift tells in a line that its request cannot be left', async () => {
    const lock = acquireInstanceLock(home.dataDir);
    home.write('data/lift', 'a file, where nothing can be put');
    const ran = await home.run(['ban', 'lift', '192.0.2.7']);
    lock.release();
    expect(ran).toEqual(failed('open'));
  });

  it('rejections rebuild tells in a line that the log cannot be written', async () => {
    home.commit({}, []);
    home.write('data/logs', 'a file, where nothing can be put');
    expect(await home.run(['rejections', 'rebuild'])).toEqual(failed('open'));
  });

  it('a mistake of our own comes with its stack', async () => {
    const mistake = (): never => {
      throw new TypeError('a mistake');
    };
    const err: string[] = [];
    const status = await runProgram(['codes'], { ...context, out: mistake, err: (line) => err.push(line) });
    expect([status, err.join('')]).toEqual([70, expect.stringMatching(/^internal error: TypeError: a mistake\n +at /)]);
  });
});

describe('a folder that this user may not look into', () => {
  const seteuid = process.seteuid?.bind(process);
  const isRoot = process.geteuid?.() === 0;

  /** Root may look anywhere: it becomes nobody meanwhile. */
  async function runAsStranger(args: readonly string[], folder = home.dataDir): ReturnType<CommandHome['run']> {
    await home.run(args); // all that it loads is loaded
    chmodSync(home.dir, 0o755);
    chmodSync(folder, isRoot ? 0o700 : 0);
    if (isRoot) seteuid?.(65_534);
    try {
      return await home.run(args);
    } finally {
      if (isRoot) seteuid?.(0);
      chmodSync(folder, 0o700);
    }
  }

  it('is told of the configuration too', async () => {
    const { status, err } = await runAsStranger(['status'], join(home.dir, 'config'));
    expect(status).toBe(78);
    expect(err).toMatch(/labdrop\.yaml: cannot be read: EACCES/);
  });

  it.each([
    [['status']],
    [['batches']],
    [['show', ID]],
    [['rejections']],
    [['replay', ID]],
    [['release', ID]],
    [['export', '--type', 'LaboratoryTestResult']],
    [['purge']],
    [['ban', 'list']],
    [['reload']],
  ])('is not taken for one without batches: %j', async (args) => {
    home.commit({ id: ID }, []);
    const { status, out, err } = await runAsStranger(args);
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain(`EACCES: permission denied`);
    expect(err).toContain(home.dataDir);
    if (isRoot) expect(err).toMatch(/; run it as user 0: sudo -u '#0' labdrop/);
  });

  it('is a problem of the store and the daemon for check', async () => {
    home.commit({ id: ID }, []);
    const { out } = await runAsStranger(['check']);
    expect(out).toMatch(/^PROBLEM +daemon +cannot be looked at/m);
    expect(out).toMatch(/^PROBLEM +store +cannot be looked at/m);
  });
});

describe('codes', () => {
  it.each(LANGUAGES)('lists every code in %s, without any configuration', async (language) => {
    home.write('config/labdrop.yaml', 'wrong: 1');
    const { status, out } = await home.run(['codes', '--language', language]);
    expect(status).toBe(0);
    expect(out.split('\n')).toHaveLength(Object.keys(FINDING_CODES).length + 1);
  });

  it('shows one code with its texts', async () => {
    const { out } = await home.run(['codes', 'v201', '--language', 'nl']);
    expect(out).toMatch(/^code +V201$/m);
    expect(out).toMatch(/^title +INSZ/m);
    const json = JSON.parse((await home.run(['codes', 'V201', '--json'])).out) as Record<string, unknown>;
    expect(json).toMatchObject({ code: 'V201', severity: 'error', scope: 'cell', stage: 'validate' });
  });

  it('refuses an unknown one', async () => {
    expect((await home.run(['codes', 'Z1'])).status).toBe(2);
  });
});

describe('codelist', () => {
  it('lists and shows value sets', async () => {
    expect((await home.run(['codelist', 'list'])).out).toMatch(/^SexCodelist +closed +\d+ /m);
    const { out } = await home.run(['codelist', 'show', 'SexCodelist', '--language', 'nl']);
    expect(out).toMatch(/^Kind +closed/m);
    expect(out).toMatch(/^248153007 +- +- +mannelijk$/m);
    const json = JSON.parse((await home.run(['codelist', 'show', 'SexCodelist', '--json'])).out) as { name: string };
    expect(json.name).toBe('SexCodelist');
  });

  it('tells which one was perhaps meant', async () => {
    const { status, err } = await home.run(['codelist', 'show', 'SexCodelst']);
    expect([status, err]).toEqual([2, 'there is no value set "SexCodelst"; did you mean SexCodelist?']);
  });

  it('tells what is wrong with the schemas: 78', async () => {
    home.write('config/labdrop.yaml', 'schemas: { dir: nowhere }');
    const { status, err } = await home.run(['codelist', 'list']);
    expect(status).toBe(78);
    expect(err).toContain('nowhere');
  });
});

describe('validate', () => {
  it('tells what is wrong with a schemas folder: 78', async () => {
    home.write('a.csv', 'x');
    const { status, err } = await home.run(['validate', 'a.csv', '--schemas', 'nowhere']);
    expect(status).toBe(78);
    expect(err).toContain('nowhere');
    expect(err).not.toContain('internal error');
  });

  it('names report files only where it writes them', async () => {
    const file = '81365677_LaboratoryTestResult_210510090000.csv';
    const path = join(context.packageRoot, 'schemas/covid19/examples-damaged', file);
    expect((await home.run(['validate', path])).out).not.toContain('.errors.csv');
    const { out } = await home.run(['validate', path, '--reports', 'out']);
    expect(out).toContain('81365677_LaboratoryTestResult_210510090000.errors.csv');
    expect(existsSync(join(home.dir, 'out', '81365677_LaboratoryTestResult_210510090000.errors.csv'))).toBe(true);
  });
});
