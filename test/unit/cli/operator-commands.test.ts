import { createFinding } from '../../../src/domain/create-finding';
import { cellFinding, type CommandHome, makeCommandHome } from './command-home';

const NISS = '1020300170';
const PII = 'PatientIdentificationNumber';
const OPEN = 'TestCode1';
const FIRST = '01900000-0000-7000-8000-000000000001';
const SECOND = '01900000-0000-7000-8000-000000000002';

let home: CommandHome;
beforeEach(() => {
  home = makeCommandHome();
});
afterEach(() => home.remove());

function commitTwo(): void {
  home.commit({ id: FIRST }, [cellFinding(PII, NISS), cellFinding(OPEN, 'CODE-9', 3)]);
  home.commit(
    {
      id: SECOND,
      account: 'other',
      sender: '82499092',
      fileName: '82499092_X.csv',
      baseName: '82499092_X',
      messageType: null,
    },
    [createFinding('F002', { value: 'X', suggestion: 'LaboratoryTestResult', params: { type: 'X' } })],
  );
}

const commands = [['status'], ['batches'], ['show', FIRST], ['rejections']];

describe('operator commands', () => {
  it.each(commands.flatMap((command) => [{ args: command }, { args: [...command, '--json'] }]))(
    'never show a personal value: $args',
    async ({ args }) => {
      commitTwo();
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
    commitTwo();
    const { out } = await home.run(['batches', '--json', ...filter]);
    const found = JSON.parse(out) as { id: string }[];
    expect(found.map(({ id }) => id).sort()).toEqual(expected);
  });

  it('says that there are more than the limit shows where there are', async () => {
    commitTwo();
    expect((await home.run(['batches', '--limit', '1'])).err).toBe('The newest 1; --limit shows more.');
    expect((await home.run(['batches', '--limit', '2'])).err).toBe('');
  });

  it('shows a table with local time', async () => {
    commitTwo();
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
    commitTwo();
    const { out } = await home.run(['show', FIRST]);
    expect(out).toMatch(/^ +2 +1 +error +V201 +PatientIdentificationNumber +\(withheld\) +- /m);
    expect(out).toMatch(/^ +3 +2 +error +V201 +TestCode1 +CODE-9 +0CODE-9 /m);
    expect(out).toMatch(/^Findings +2 errors, 0 warnings, 0 remarks$/m);
  });

  it('gives the same as JSON, in UTC', async () => {
    commitTwo();
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
    commitTwo();
    home.write('config/labdrop.yaml', 'dataDir: ../data\nschemas: { dir: ../nowhere }\n');
    const { status, out } = await home.run(['show', FIRST, '--json']);
    expect(status).toBe(0);
    expect(out).not.toContain('CODE-9');
  });

  it('shows what is wrong with a file name', async () => {
    commitTwo();
    expect((await home.run(['show', '82499092_X.csv'])).out).toMatch(/F002 +- +X +LaboratoryTestResult /);
  });

  it('caps the findings and says so', async () => {
    commitTwo();
    const { out } = await home.run(['show', FIRST, '--limit', '1']);
    expect(out).toMatch(/\n1 more; --limit shows them\.$/);
    expect(out).not.toContain('CODE-9');
  });

  it.each([
    ['nothing-like-this', /no batch is, begins with or is named "nothing-like-this"/],
    ['01900000', /several batches may be meant:\n.*0002.*\n.*0001[^\n]*$/],
    ['019', /no batch is, begins with or is named "019"; the beginning of an id has 4 characters or more$/],
  ])('%s: exit 2', async (text, message) => {
    commitTwo();
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

describe('rejections', () => {
  it('shows a line on each batch and one on each group, oldest first', async () => {
    commitTwo();
    const { out } = await home.run(['rejections']);
    const lines = out.split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/REJECTED {2}lab {2}LaboratoryTestResult .*2 records: 0 ok, 2 rejected, 0 duplicate/);
    expect(lines[1]).toMatch(/^ {4}V201 error x2 {2}.* line 2, 3 {2}"CODE-9" /);
    expect(lines[3]).toMatch(/^ {4}F002 error x1 {2}"X" /);
  });

  it.each([
    [[2, 2, 3, 3], 'line 2, 3'],
    [[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 'line 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ...'],
  ])('says that there are more lines only where there are: %j', async (places, shown) => {
    home.commit(
      { id: FIRST },
      places.map((line) => cellFinding(OPEN, 'x', line)),
    );
    const { out } = await home.run(['rejections']);
    expect(out).toContain(`  ${shown}  "x"`);
  });

  it('cuts long values and lists of fields, and says so; scripts get them whole', async () => {
    const value = 'x'.repeat(256);
    const fields = [OPEN, 'TestCode2', 'TestResult1', 'TestResult2'];
    home.commit(
      { id: FIRST },
      fields.map((field) => cellFinding(field, value)),
    );
    const cut = `${'x'.repeat(60)}... (256 characters)`;
    const { out } = await home.run(['rejections']);
    expect(out).toContain(`  ${fields.slice(0, 3).join(', ')}, ...  line 2  "${cut.replace('...', '"...')}  `);
    const shown = (await home.run(['show', FIRST])).out;
    expect(shown).toContain(`  TestCode1    ${cut}  0${cut.replace('x', '').replace('256', '257')}  `);
    for (const command of [['rejections'], ['show', FIRST]]) {
      expect((await home.run([...command, '--json'])).out).toContain(`"${value}"`);
    }
  });

  it.each([
    [[], /^No batch with findings since 2026-01-30 .*; --since looks further back\.$/],
    [['--json'], /^$/],
    [['-f'], /^$/],
  ])('%j with nothing to show tells people so on standard error', async (options, note) => {
    const { status, out, err } = await home.run(['rejections', ...options]);
    expect([status, out]).toEqual([0, '']);
    expect(err).toMatch(note);
  });

  it('gives one JSON object a line', async () => {
    commitTwo();
    const { out } = await home.run(['rejections', '--json', '--code', 'F002']);
    expect(out.split('\n').map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { batch: SECOND, committedAt: '2026-01-31T11:00:00.200Z', groups: [{ code: 'F002', total: 1, examples: ['X'] }] },
    ]);
  });

  it.each([
    [['--type', 'LaboratoryTestResult'], [FIRST]],
    [['--sender', '82499092'], [SECOND]],
    [['--since', '30m'], []],
    [
      ['--since', '2020-01-01'],
      [FIRST, SECOND],
    ],
  ])('%j', async (filter, expected) => {
    commitTwo();
    const { out } = await home.run(['rejections', '--json', ...filter]);
    const found = out === '' ? [] : out.split('\n').map((line) => (JSON.parse(line) as { batch: string }).batch);
    expect(found).toEqual(expected);
  });

  it('without --since shows the last day only', async () => {
    home.commit({ id: FIRST, receivedAt: '2026-01-30T11:59:59.000Z' }, [cellFinding(OPEN, 'x')]);
    home.commit({ id: SECOND, fileName: 'b.csv', baseName: 'b' }, [cellFinding(OPEN, 'x')]);
    const { out } = await home.run(['rejections', '--json']);
    expect(out).toContain(SECOND);
    expect(out).not.toContain(FIRST);
  });

  it('-f waits for the store, shows each batch once, and goes on', async () => {
    const steps = [
      () => home.commit({ id: FIRST }, [cellFinding(OPEN, 'x')]),
      () => undefined,
      () => home.commit({ id: SECOND, fileName: 'b.csv', baseName: 'b' }, [cellFinding(OPEN, 'x')]),
      () => undefined,
    ];
    const { out } = await home.run(['rejections', '-f', '--json'], () => {
      const step = steps.shift();
      step?.();
      return step !== undefined;
    });
    const seen = out.split('\n').map((line) => (JSON.parse(line) as { batch: string }).batch);
    expect(seen).toEqual([FIRST, SECOND]);
  });
});

describe('status', () => {
  it('shows data without marker, marker without data, and ready batches', async () => {
    home.write('data/accounts/lab/81365677_RapidTestResult_260131120000.csv', 'waits');
    home.write('data/accounts/lab/test/81365677_RapidTestResult_260131120001', 'waits too');
    home.write('data/accounts/lab/81365677_RapidTestResult_260131120002.ok', '');
    home.write('data/accounts/lab/ready.csv', 'a');
    home.write('data/accounts/lab/ready.csv.ok', '');
    home.write('data/accounts/lab/half.csv.filepart', 'a');
    home.write('data/accounts/lab/reports/B.report.json', '{}');
    const view = JSON.parse((await home.run(['status', '--json'])).out) as Record<string, { fileName: string }[]>;
    const names = (key: string): string[] => view[key]!.map(({ fileName }) => fileName);
    expect(names('unmarked')).toEqual([
      '81365677_RapidTestResult_260131120000.csv',
      '81365677_RapidTestResult_260131120001',
    ]);
    expect(names('orphanMarkers')).toEqual(['81365677_RapidTestResult_260131120002.ok']);
    expect(names('ready')).toEqual(['ready.csv']);
    const { out } = await home.run(['status']);
    expect(out).toMatch(/^Data that waits for its marker \(2\)$/m);
    expect(out).toMatch(/ lab +\/test +81365677_RapidTestResult_260131120001 +9$/m);
    expect(out).not.toContain('filepart');
  });

  it('says that no daemon runs, and counts batches by outcome', async () => {
    commitTwo();
    const { out } = await home.run(['status']);
    expect(out).toMatch(/^Daemon +not running$/m);
    expect(out).toMatch(/^Batches +2: /m);
    expect(out).toMatch(/^Last batches \(2\)$/m);
  });

  it('shows a batch that is not done as in work, and not its marker as one that waits', async () => {
    home.commit({ id: FIRST, markerName: 'a.ok' }, [cellFinding(OPEN, 'x')], { archive: false });
    home.write('data/accounts/lab/a.ok', '');
    home.write('data/accounts/lab/test/a.ok', '');
    const view = JSON.parse((await home.run(['status', '--json'])).out) as {
      unfinished: { id: string }[];
      orphanMarkers: { folder: string }[];
    };
    expect(view.unfinished.map(({ id }) => id)).toEqual([FIRST]);
    expect(view.orphanMarkers.map(({ folder }) => folder)).toEqual(['test']);
    expect((await home.run(['status'])).out).toMatch(/^In work \(1\)$/m);
  });

  it('tells of account files that cannot be used', async () => {
    home.write('senders/bad.yaml', 'account: [');
    expect((await home.run(['status'])).out).toMatch(/^Account files that cannot be used \(1\)\nwhat\n.*bad\.yaml/m);
  });
});
