/** Commands that write where they are told do not write over what the daemon has. */
import { linkSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type CommandHome, makeCommandHome } from './command-home';

const COMMANDS: readonly (readonly string[])[] = [
  ['backup', '--force'],
  ['export', '--type', 'RapidTestResult', '--out'],
];

let home: CommandHome;
beforeEach(() => {
  home = makeCommandHome();
  home.commit({}, []);
  for (const name of ['labdrop.db-wal', 'labdrop.db-shm', 'labdrop.lock', 'labdrop.lock.json', 'status.json']) {
    home.write(`data/${name}`, 'ours');
  }
  home.write('data/archive/2026/01/31/original', 'ours');
  home.write('data/accounts/lab/reports/x.report.ok', 'ours');
  home.write('data/host_keys/ssh_host_ed25519_key', 'ours');
  home.write('data/labdrop.db.before-4', 'ours');
  mkdirSync(join(home.dir, 'other'));
});
afterEach(() => home.remove());

const at = (path: string): string => join(home.dir, path);

it.each([
  'data/labdrop.db',
  'data/labdrop.db-wal',
  'data/labdrop.db-shm',
  'data/labdrop.lock',
  'data/labdrop.lock.json',
  'data/status.json',
  'data/labdrop.db.before-4',
  'data/archive/2026/01/31/original',
  'data/accounts/lab/reports/x.report.ok',
  'data/host_keys/ssh_host_ed25519_key',
  'data/archive/../labdrop.db',
])('%s stays', async (target) => {
  const before = readFileSync(at(target));
  for (const command of COMMANDS) {
    const { status, out, err } = await home.run([...command, target]);
    expect({ status, out, err }).toEqual({
      status: 2,
      out: '',
      err: expect.stringMatching(/belongs to the daemon, which keeps its data in .*; name another file$/) as string,
    });
  }
  expect(readFileSync(at(target))).toEqual(before);
});

it.each<[string, () => void]>([
  ['a hard link to the store', () => linkSync(at('data/labdrop.db'), at('other/copy'))],
  ['a hard link to the lock', () => linkSync(at('data/labdrop.lock'), at('other/copy'))],
  ['a link to the store', () => symlinkSync('../data/labdrop.db', at('other/copy'))],
  ['a link to an original', () => symlinkSync('../data/archive/2026/01/31/original', at('other/copy'))],
])('%s stays', async (_what, make) => {
  make();
  const before = readFileSync(at('other/copy'));
  for (const command of COMMANDS) expect((await home.run([...command, 'other/copy'])).status).toBe(2);
  expect(readFileSync(at('other/copy'))).toEqual(before);
});

it("nothing new comes into the daemon's folders, by a link neither", async () => {
  symlinkSync('../data/archive', at('other/archive'));
  for (const command of COMMANDS) {
    for (const target of ['data/work/new', 'other/archive/new', 'data/labdrop.db-journal']) {
      expect((await home.run([...command, target])).status).toBe(2);
    }
  }
});

it('any other file is written, and written over', async () => {
  for (const command of COMMANDS) {
    for (const target of ['other/copy', 'other/copy', 'data/copy', 'data/labdrop.db.mine']) {
      expect(await home.run([...command, target])).toMatchObject({ status: 0, err: '' });
    }
  }
});
