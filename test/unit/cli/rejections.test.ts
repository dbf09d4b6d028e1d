import { cellFinding, type CommandHome, makeCommandHome } from './command-home';
import { commitTwo, FIRST, OPEN, SECOND } from './two-batches';

let home: CommandHome;
beforeEach(() => {
  home = makeCommandHome();
});
afterEach(() => home.remove());

describe('rejections', () => {
  it('shows a line on each batch and one on each group, oldest first', async () => {
    commitTwo(home);
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
    commitTwo(home);
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
    commitTwo(home);
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
