/** The completion script, asked by bash itself as its reader of lines would ask. */
import { spawnSync } from 'node:child_process';
import { type CommandHome, makeCommandHome } from './command-home';

let home: CommandHome;
let script: string;

beforeAll(async () => {
  home = makeCommandHome();
  const { status, out } = await home.run(['completion', 'bash']);
  expect(status).toBe(0);
  script = out;
});

afterAll(() => home.remove());

/** What bash offers for the last word of the line. */
function offered(...words: string[]): string[] {
  const ask = `${script}\nCOMP_WORDS=(labdrop "$@")\nCOMP_CWORD=$#\n_labdrop\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', ask, 'bash', ...words], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

it.each([
  [['st'], ['status']],
  [['rej', ''].slice(0, 1), ['rejections']],
  [['sender', ''], expect.arrayContaining(['add', 'list', 'show', 'disable', '--help'])],
  [['sender', 'add', '--em'], ['--email']],
  [['codelist', 'im'], ['import']],
  [['batches', '--outcome', 'P'], ['PARTIAL']],
  [
    ['--config', 'x.yaml', 'batches', '--mode', ''],
    ['production', 'test'],
  ],
  [['completion', 'b'], ['bash']],
  [
    ['validate', '--format', ''],
    ['text', 'json'],
  ],
  [['purge', '--a'], ['--apply']],
])('%j', (words, expected) => {
  expect(offered(...words)).toEqual(expected);
});

it('leaves values that are files or free text to the shell', () => {
  expect(offered('sender', 'add', '--key', '')).toEqual([]);
  expect(offered('validate', 'nothing-of-ours')).toEqual([]);
});
