import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyPair } from '../../../src/adapters/sftp/host-key';
import { type CommandHome, makeCommandHome } from './command-home';

const PAIR = generateKeyPair('me@lab');

let home: CommandHome;
let key: string;
beforeEach(() => {
  home = makeCommandHome('sftp: { publicHost: drop.example.org, port: 2022 }');
  key = home.write('id', PAIR.private);
  home.write('id.pub', PAIR.public);
});
afterEach(() => home.remove());

const add = (...more: string[]): string[] => [
  ...['sender', 'add', '81365677', '--name', 'Lab', '--email', 'lab@example.org', '--key', `${key}.pub`],
  ...more,
];
const accountText = (name = '81365677'): string => readFileSync(join(home.dir, 'senders', `${name}.yaml`), 'utf8');

describe('sender add', () => {
  it('writes the account file and prints the connection sheet', async () => {
    const { status, out, err } = await home.run(add());
    expect([status, err]).toEqual([0, '']);
    expect(accountText()).toContain(readFileSync(`${key}.pub`, 'utf8').trim());
    for (const part of [
      /^Host +drop\.example\.org$/m,
      /^Port +2022$/m,
      /^User +81365677$/m,
      /^Key +SHA256:\S{43} \(ssh-ed25519\) me@lab$/m,
      /^Host key +SHA256:\S{43} \(ED25519\)$/m,
      /^known_hosts +\[drop\.example\.org\]:2022 ssh-ed25519 AAAA\S+$/m,
      /^ {2}sftp -P 2022 81365677@drop\.example\.org/m,
      /^ {2}put 81365677_\w+_260131130000\.csv$/m,
      /^ {2}put 81365677_\w+_260131130000\.csv\.ok$/m,
    ]) {
      expect(out).toMatch(part);
    }
  });

  it('names the host key that the daemon will have', async () => {
    const first = /SHA256:\S{43} \(ED25519\)/.exec((await home.run(add())).out)?.[0];
    const again = await home.run(['sender', 'show', '81365677']);
    expect(first).toBeDefined();
    expect(again.out).toContain(first);
    expect(existsSync(join(home.dataDir, 'host_keys', 'ssh_host_ed25519_key'))).toBe(true);
  });

  it('keeps what is asked for', async () => {
    const more = ['82499092', '--account', 'lab', '--types', 'RapidTestResult, LaboratoryTestResult'];
    const { status } = await home.run(add(...more, '--status', 'test', '--language', 'nl'));
    expect(status).toBe(0);
    const { out } = await home.run(['sender', 'show', 'lab', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      account: 'lab',
      keys: [{ type: 'ssh-ed25519', comment: 'me@lab', expires: null }],
      senders: ['82499092', '81365677'].sort(),
      messageTypes: ['RapidTestResult', 'LaboratoryTestResult'],
      status: 'test',
      language: 'nl',
      sftp: { host: 'drop.example.org', port: 2022 },
    });
  });

  it('warns of wrong check digits and goes on', async () => {
    const { status, err } = await home.run(add('81365678'));
    expect(status).toBe(0);
    expect(err).toBe('warning: 81365678 does not pass its check digits; is it the right number?');
  });

  it.each<[string, () => string[], RegExp]>([
    [
      'unknown message types',
      () => add('--types', 'Rapid,LaboratoryTestResults'),
      /"Rapid"; .*\n.*"LaboratoryTestResults"; /,
    ],
    ['an unknown message type', () => add('--types', 'LaboratoryTestResults'), /did you mean LaboratoryTestResult\?/],
    ['a number that is none', () => add('8136567'), /eight digits/],
    ['a number with its qualification code', () => add('81365677001'), /did you mean 81365677\?/],
    ['a private key', () => add('--key', key), /private key/],
    ['a broken key', () => add('--key', home.write('k', 'ssh-ed25519 AAAA')), /broken/],
    ['a key file that is not there', () => add('--key', 'gone.pub'), /cannot be read: ENOENT/],
    ['a folder in the place of a key file', () => add('--key', '.'), /^the key \/\S+ cannot be read: EISDIR/],
    ['a login name that is none', () => add('--account', '../x'), /--account takes/],
    ['an address that is none', () => add('--email', 'lab'), /no e-mail address/],
    ['a language that is none', () => add('--language', 'it'), /Allowed choices are en, nl, fr, de/],
    ['no name', () => add().filter((part) => part !== '--name' && part !== 'Lab'), /--name/],
  ])('refuses %s and writes nothing', async (_, args, message) => {
    const { status, err } = await home.run(args());
    expect(status).toBe(2);
    expect(err).toMatch(message);
    expect(err).not.toContain('PRIVATE');
    expect(existsSync(join(home.dir, 'senders'))).toBe(false);
  });

  it('does not replace an account', async () => {
    await home.run(add());
    const before = accountText();
    const { status, err } = await home.run(add('--language', 'fr'));
    expect(status).toBe(2);
    expect(err).toMatch(/the account 81365677 exists: change .*81365677\.yaml/);
    expect(accountText()).toBe(before);
  });
});

describe('sender list, show, disable', () => {
  it('lists accounts as a table and as JSON, and tells of broken files', async () => {
    const none = await home.run(['sender', 'list']);
    expect([none.status, none.out]).toEqual([0, expect.stringMatching(/^No account/)]);
    await home.run(add());
    home.write('senders/bad.yaml', 'account: [');
    const table = await home.run(['sender', 'list']);
    expect(table.status).toBe(2);
    expect(table.out.split('\n')).toHaveLength(2);
    expect(table.out).toMatch(/^81365677 +production +81365677 +all +en +1 +- +Lab +lab@example\.org$/m);
    expect(table.err).toMatch(/bad\.yaml:1: is not YAML/);
    const json = JSON.parse((await home.run(['sender', 'list', '--json'])).out) as { accounts: { account: string }[] };
    expect(json.accounts.map(({ account }) => account)).toEqual(['81365677']);
  });

  it.each([
    ['2026-01-30', '2026-01-30, EXPIRED'],
    ['2026-01-31', '2026-01-31'],
  ])('list and show say of an account with the last day %s: %s', async (lastDay, told) => {
    await home.run(add());
    home.write('senders/81365677.yaml', accountText().replace('expires: null', `expires: ${lastDay}`));
    expect((await home.run(['sender', 'list'])).out).toMatch(new RegExp(` ${told} +Lab `));
    expect((await home.run(['sender', 'show', '81365677'])).out).toMatch(new RegExp(`^Expires after +${told}$`, 'm'));
  });

  it('tells that the folder is not there', async () => {
    expect((await home.run(['sender', 'list'])).out).toMatch(/^No account in .*\/senders, which is not there yet\.$/);
    home.commit({}, []);
    const problem = expect.stringMatching(
      /\/senders is not there: nobody can log in; correct senders\.dir in /,
    ) as string;
    expect(await home.run(['sender', 'list'])).toMatchObject({ status: 2, out: '', err: problem });
    const json = await home.run(['sender', 'list', '--json']);
    expect([json.status, JSON.parse(json.out)]).toEqual([2, { accounts: [], problems: [problem] }]);
  });

  it('disables, once, and leaves no other file behind', async () => {
    await home.run(add('--status', 'test'));
    const { status, out } = await home.run(['sender', 'disable', '81365677']);
    expect(status).toBe(0);
    expect(out).toMatch(/set status: test in .*81365677\.yaml/);
    expect(accountText()).toMatch(/^status: disabled$/m);
    expect((await home.run(['sender', 'disable', '81365677'])).out).toMatch(/already/);
    expect(readdirSync(join(home.dir, 'senders'))).toEqual(['81365677.yaml']);
  });

  it('say the same to scripts', async () => {
    const added = JSON.parse((await home.run(add('--json'))).out) as { keys: unknown[] };
    expect(added).toMatchObject({ account: '81365677', status: 'production', sftp: { port: 2022 } });
    expect(added.keys).toHaveLength(1);
    expect(JSON.parse((await home.run(['sender', 'show', '81365677', '--json'])).out)).toEqual(added);
    const file = join(home.dir, 'senders/81365677.yaml');
    for (const before of ['production', 'disabled']) {
      const { out } = await home.run(['sender', 'disable', '81365677', '--json']);
      expect(JSON.parse(out)).toEqual({ account: '81365677', status: 'disabled', before, file });
    }
  });

  it.each(['show', 'disable'])('%s tells which account was perhaps meant', async (command) => {
    await home.run(add());
    const { status, err } = await home.run(['sender', command, '81365676']);
    expect([status, err]).toEqual([2, 'there is no account "81365676"; did you mean 81365677?']);
  });

  it('show tells why a broken account cannot be used', async () => {
    home.write('senders/lab.yaml', 'account: lab\n');
    const { status, err } = await home.run(['sender', 'show', 'lab']);
    expect(status).toBe(2);
    expect(err).toMatch(/lab\.yaml:1: name: is missing/);
  });
});
