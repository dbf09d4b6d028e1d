/** Filters of `batches` and `rejections` that name what there is not. */
import { createFinding } from '../../../src/domain/create-finding';
import { type CommandHome, makeCommandHome } from './command-home';

const ACCOUNT = 'account: lab\nname: Lab\nemail: lab@example.org\nsenders: ["81365677"]\nauthorizedKeys: []\n';

let home: CommandHome;
beforeEach(() => {
  home = makeCommandHome();
  home.write('senders/lab.yaml', ACCOUNT);
  home.write('senders/broken.yaml', 'account: [');
  home.commit({ account: 'gone', sender: '82499092', messageType: 'LaboratoryTestResult' }, [
    createFinding('F004', { value: '1', params: { time: '1' } }),
  ]);
});
afterEach(() => home.remove());

const commands = [['batches'], ['batches', '--json'], ['rejections'], ['rejections', '--json']];

describe.each(commands)('%s %s', (...command) => {
  it.each([
    [
      ['--type', 'LaboratoryTestResults'],
      'there is no message type "LaboratoryTestResults"; did you mean LaboratoryTestResult?',
    ],
    [
      ['--type', 'x'],
      expect.stringMatching(/^there is no message type "x"; known: Alert\w+, LaboratoryTestPrescription, /) as string,
    ],
  ])('%j is wrong usage', async (filter, err) => {
    expect(await home.run([...command, ...filter])).toEqual({ status: 2, out: '', err });
  });

  it.each([
    [['--account', 'lub'], 'note: there is no account "lub", and no batch of it; did you mean lab?'],
    [['--account', 'go ne'], 'note: there is no account "go ne", and no batch of it; did you mean gone?'],
    [['--account', 'somebody'], 'note: there is no account "somebody", and no batch of it'],
    [['--sender', '8136567'], 'note: there is no sender "8136567", and no batch of it; did you mean 81365677?'],
  ])('of %j a note is made, and the answer is none', async (filter, note) => {
    const { status, out, err } = await home.run([...command, ...filter]);
    expect(status).toBe(0);
    expect(err.split('\n')[0]).toBe(note);
    expect(out).toMatch(/^(?:No batch\.|\[\])?$/);
  });

  it.each([
    [['--account', 'lab']],
    [['--account', 'broken']],
    [['--account', 'gone']],
    [['--sender', '81365677']],
    [['--sender', '82499092']],
    [['--type', 'RapidTestResult']],
  ])('%j is known', async (filter) => {
    const { status, err } = await home.run([...command, ...filter]);
    expect(status).toBe(0);
    expect(err).not.toContain('there is no');
  });
});

it('knows a message type that only the store has, and any where the schemas cannot be read', async () => {
  home.commit({ id: 'b', fileName: 'b.csv', baseName: 'b', messageType: 'Former' }, []);
  expect((await home.run(['batches', '--type', 'Former'])).status).toBe(0);
  home.configure('senders:', 'schemas: { dir: ../nowhere }\nsenders:');
  expect((await home.run(['batches', '--type', 'Other'])).status).toBe(0);
});

it('works before the first batch', async () => {
  const empty = makeCommandHome();
  const { status, out, err } = await empty.run(['batches', '--account', 'lab']);
  expect([status, out, err]).toEqual([0, 'No batch.', 'note: there is no account "lab", and no batch of it']);
  expect((await empty.run(['batches', '--type', 'x'])).status).toBe(2);
  empty.remove();
});
