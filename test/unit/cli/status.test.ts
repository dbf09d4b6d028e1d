import { cellFinding, type CommandHome, makeCommandHome } from './command-home';
import { commitTwo, FIRST, OPEN } from './two-batches';

let home: CommandHome;
beforeEach(() => {
  home = makeCommandHome();
});
afterEach(() => home.remove());

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
    commitTwo(home);
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
