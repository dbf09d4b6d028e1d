/** Files and folders that a person names: what is wrong with one is told as it is, with exit status 2. */
import { execFileSync } from 'node:child_process';
import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { examplePath, LABORATORY_EXAMPLE } from '../../support/shipped-examples';
import { type CommandHome, makeCommandHome } from './command-home';

const FILE = `${LABORATORY_EXAMPLE}.csv`;
const RIGHT = examplePath(LABORATORY_EXAMPLE);

let home: CommandHome;
beforeEach(() => {
  home = makeCommandHome();
  home.write('file', 'x');
  execFileSync('mkfifo', [join(home.dir, 'pipe')]);
  symlinkSync('nowhere', join(home.dir, 'link'));
});
afterEach(() => home.remove());

const FILES: readonly [string, string][] = [
  ['data', 'data is no file but a folder'],
  ['pipe', 'pipe is no file but a pipe'],
  ['/dev/null', '/dev/null is no file but a device'],
  ['-', '-: standard input is not read; name a file'],
  ['link', 'link: a link to what is not there'],
  ['missing', 'missing: no such file'],
];

it.each(FILES)('validate %s', async (file, err) => {
  expect(await home.run(['validate', RIGHT, file])).toEqual({ status: 2, out: '', err });
});

it.each(FILES)('codelist import %s', async (file, err) => {
  expect(await home.run(['codelist', 'import', file, '--list', 'SexCodelist'])).toEqual({ status: 2, out: '', err });
});

it.each(['data', 'pipe'])('backup %s, and of one there', async (file) => {
  const err = expect.stringMatching(new RegExp(`/${file} is no file but a (?:folder|pipe)$`)) as string;
  for (const option of ['--verify', '--force']) {
    expect(await home.run(['backup', option, file])).toEqual({ status: 2, out: '', err });
  }
});

it.each([
  ['file', /^--reports: \/.*\/file is a file, not a folder$/],
  ['file/below', /^--reports: \/.*\/file is a file, not a folder$/],
  ['pipe', /^--reports: \/.*\/pipe is a pipe, not a folder$/],
])('validate --reports %s says what is there, before anything is judged', async (folder, message) => {
  const { status, out, err } = await home.run(['validate', RIGHT, '--reports', folder]);
  expect([status, out]).toEqual([2, '']);
  expect(err).toMatch(message);
});

it('validate --reports makes the folders that are not there', async () => {
  expect((await home.run(['validate', RIGHT, '--reports', 'new/deep'])).status).toBe(0);
  expect(readdirSync(join(home.dir, 'new/deep'))).toContain(FILE.replace('.csv', '.report.ok'));
});
