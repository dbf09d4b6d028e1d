import { cellFinding, type CommandHome, makeCommandHome } from './command-home';
import { commitTwo, FIRST, NISS, OPEN, PII, SECOND } from './two-batches';

let home: CommandHome;
beforeEach(() => {
  home = makeCommandHome();
});
afterEach(() => home.remove());

const commands = [['status'], ['batches'], ['show', FIRST], ['rejections']];

describe('operator commands', () => {
  it.each(commands.flatMap((command) => [{ args: command }, { args: [...command, '--json'] }]))(
    'never show a personal value: $args',
    async ({ args }) => {
      commitTwo(home);
      const { status, out, err } = await home.run(args);
      expect([status, err]).toEqual([0, '']);
      expect(out).toContain(FIRST);
      expect(out).not.toContain(NISS);
    },
  );

  it.each([
    ['status', /Batches +none yet/],
    ['batches', /^No batch\.$/],
    ['rejections', /^$/],
  ])('%s works before the first batch', async (command, expected) => {
    const { status, out } = await home.run([command]);
    expect(status).toBe(0);
    expect(out).toMatch(expected);
  });

  it('need a configuration that is right: 78 and a line for each problem', async () => {
    home.write('config/labdrop.yaml', 'sftp:\n  prot: 1\n  host: 2\n');
    for (const command of [...commands, ['sender', 'list'], ['codelist', 'list']]) {
      const { status, out, err } = await home.run(command);
      expect([status, out]).toEqual([78, '']);
      expect(err.split('\n').sort()).toEqual([
        expect.stringMatching(/labdrop\.yaml:2: sftp\.prot: unknown key; did you mean port\?$/) as string,
        expect.stringMatching(/labdrop\.yaml:3: sftp\.host: must be text, is 2$/) as string,
      ]);
    }
  });

  it('take a configuration by --config before or behind the command', async () => {
    const path = home.write('other.yaml', 'senders: { dir: nobody }');
    for (const args of [
      ['--config', path, 'sender', 'list'],
      ['sender', 'list', '--config', 'other.yaml'],
    ]) {
      expect((await home.run(args)).out).toContain('nobody');
    }
  });

  it('tell a store that cannot be read', async () => {
    home.write(
      'data/labdrop.db',
      'this is no database, and long enough to be told apart from an empty file'.repeat(20),
    );
    const { status, err } = await home.run(['batches']);
    expect(status).toBe(70);
    expect(err).toMatch(/^S90\d: .*not a database/);
  });
});

describe('batches', () => {
  it.each<[string[], string[]]>([
    [[], [FIRST, SECOND]],
    [['--account', 'other'], [SECOND]],
    [['--sender', '81365677'], [FIRST]],
    [['--type', 'LaboratoryTestResult'], [FIRST]],
    [['--code', 'f002'], [SECOND]],
    [['--outcome', 'rejected'], [FIRST]],
    [['--state', 'ready'], []],
    [['--mode', 'test'], []],
    [['--since', '30m'], []],
    [
      ['--since', '2h'],
      [FIRST, SECOND],
    ],
    [['--limit', '1'], [SECOND]],
  ])('%j', async (filter, expected) => {
    commitTwo(home);
    const { out } = await home.run(['batches', '--json', ...filter]);
    const found = JSON.parse(out) as { id: string }[];
    expect(found.map(({ id }) => id).sort()).toEqual(expected);
  });

  it('says that there are more than the limit shows where there are', async () => {
    commitTwo(home);
    expect((await home.run(['batches', '--limit', '1'])).err).toBe('The newest 1; --limit shows more.');
    expect((await home.run(['batches', '--limit', '2'])).err).toBe('');
  });

  it('says to scripts that the newest 50 are not all, unless they said how many they want', async () => {
    for (let number = 10; number <= 60; number++) home.commit({ id: `${FIRST.slice(0, -2)}${number}` }, []);
    const { out, err } = await home.run(['batches', '--json']);
    expect([(JSON.parse(out) as unknown[]).length, err]).toEqual([50, 'The newest 50; --limit shows more.']);
    expect((await home.run(['batches', '--json', '--limit', '50'])).err).toBe('');
  });

  it('shows a table with local time', async () => {
    commitTwo(home);
    const { out } = await home.run(['batches', '--account', 'lab']);
    expect(out).toMatch(
      /^2026-01-31 \d\d:00:00 [+-]\d\d:\d\d +REJECTED +lab +LaboratoryTestResult +\S+\.csv +2 +0 +2 +0 +01900000-/m,
    );
  });

  it.each([
    ['--since', 'yesterday'],
    ['--since', '2026-02-30'],
    ['--limit', '0'],
    ['--code', 'Z999'],
    ['--outcome', 'maybe'],
    ['--state', 'x'],
    ['--colour', 'red'],
  ])('refuses %s %s', async (...args) => {
    const { status, err } = await home.run(['batches', ...args]);
    expect(status).toBe(2);
    expect(err).toMatch(/^error: /);
  });
});

describe('show', () => {
  it('shows open values and says that others are withheld', async () => {
    commitTwo(home);
    const { out } = await home.run(['show', FIRST]);
    expect(out).toMatch(/^ +2 +1 +error +V201 +PatientIdentificationNumber +\(withheld\) +- /m);
    expect(out).toMatch(/^ +3 +2 +error +V201 +TestCode1 +CODE-9 +0CODE-9 /m);
    expect(out).toMatch(/^Findings +2 errors, 0 warnings, 0 remarks$/m);
  });

  it('gives the same as JSON, in UTC', async () => {
    commitTwo(home);
    const view = JSON.parse((await home.run(['show', FIRST, '--json'])).out) as Record<string, unknown>;
    expect(view).toMatchObject({
      batch: { id: FIRST, receivedAt: '2026-01-31T11:00:00.000Z' },
      totals: { errors: 2 },
      findings: [
        { code: 'V201', field: PII, value: null, suggestion: null, withheld: true },
        { code: 'V201', field: OPEN, value: 'CODE-9', withheld: false },
      ],
    });
  });

  it('shows no value of a record where the schemas cannot be read', async () => {
    commitTwo(home);
    home.write('config/labdrop.yaml', 'dataDir: ../data\nschemas: { dir: ../nowhere }\n');
    const { status, out } = await home.run(['show', FIRST, '--json']);
    expect(status).toBe(0);
    expect(out).not.toContain('CODE-9');
  });

  it('shows what is wrong with a file name', async () => {
    commitTwo(home);
    expect((await home.run(['show', '82499092_X.csv'])).out).toMatch(/F002 +- +X +LaboratoryTestResult /);
  });

  it('caps the findings and says so', async () => {
    commitTwo(home);
    const { out } = await home.run(['show', FIRST, '--limit', '1']);
    expect(out).toMatch(/\n1 more; --limit shows them\.$/);
    expect(out).not.toContain('CODE-9');
  });

  it.each([
    ['nothing-like-this', /no batch is, begins with or is named "nothing-like-this"/],
    ['01900000', /several batches may be meant:\n.*0002.*\n.*0001[^\n]*$/],
    ['019', /no batch is, begins with or is named "019"; the beginning of an id has 4 characters or more$/],
  ])('%s: exit 2', async (text, message) => {
    commitTwo(home);
    const { status, err } = await home.run(['show', text]);
    expect(status).toBe(2);
    expect(err).toMatch(message);
  });

  it('says when more may be meant than it lists', async () => {
    for (let n = 10; n <= 20; n++) {
      home.commit({ id: `01900000-0000-7000-8000-0000000000${n}`, fileName: `${n}.csv`, baseName: `${n}` }, []);
    }
    const { err } = await home.run(['show', '0190']);
    expect(err.split('\n')).toHaveLength(12);
    expect(err).toMatch(/\n {2}\.\.\. and older ones; labdrop batches lists them$/);
  });

  it('writes control characters as escapes', async () => {
    home.commit({ id: FIRST }, [cellFinding(OPEN, '\u001b[31mred\u202e')]);
    const { out } = await home.run(['show', FIRST]);
    expect(out).toContain('\\u001b[31mred\\u202e');
    expect(out).not.toMatch(/[\u001b\u202e]/);
  });

  it('says one of what is one', async () => {
    home.commit({ id: FIRST }, [cellFinding(OPEN, 'x')]);
    expect((await home.run(['show', FIRST])).out).toMatch(/^Findings +1 error, 0 warnings, 0 remarks$/m);
    expect((await home.run(['rejections'])).out).toContain('  1 record: 0 ok, 1 rejected');
  });
});
