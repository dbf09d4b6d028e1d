import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AccountDirectory,
  createAccountDirectory,
} from '../../../../src/adapters/accounts/create-account-directory';
import type { Account } from '../../../../src/domain/account';

const KEY = `ssh-ed25519 ${ed25519Blob()} lab`;

function ed25519Blob(): string {
  const type = Buffer.from('ssh-ed25519');
  return Buffer.concat([
    Buffer.from([0, 0, 0, type.length]),
    type,
    Buffer.from([0, 0, 0, 32]),
    Buffer.alloc(32, 7),
  ]).toString('base64');
}

const account: Account = {
  account: '81365677',
  name: 'Laboratoire "Été": No. 1',
  email: 'lab@example.org',
  senders: ['81365677', '01234567'],
  messageTypes: ['Tests'],
  status: 'test',
  authorizedKeys: [KEY],
  allowFrom: ['192.0.2.0/24', '2001:db8::1'],
  language: 'fr',
  expires: '2030-02-28',
  quotaBytes: 1024,
  quotaFiles: null,
};

let dir: string;
let told: string[];
let directory: AccountDirectory;
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'labdrop-accounts-')), 'senders');
  mkdirSync(dir);
  told = [];
  directory = createAccountDirectory(dir, (name, problem) => told.push(`${name}|${problem}`));
});
afterEach(() => rmSync(join(dir, '..'), { recursive: true }));

const file = (name: string, text: string): void => writeFileSync(join(dir, name), text);
const small = (name: string, more = ''): string =>
  `account: ${name}\nname: Lab\nsenders: [81365677]\nauthorizedKeys: ["${KEY}"]\n${more}`;

describe('createAccountDirectory', () => {
  it('finds what it wrote', () => {
    directory.write(account);
    expect(directory.find('81365677')).toEqual(account);
    expect(createAccountDirectory(dir).find('81365677')).toEqual(account);
  });

  it('writes a file that is whole, 0640, alone, and quotes its digits', () => {
    directory.write(account);
    directory.write({ ...account, status: 'disabled' });
    expect(readdirSync(dir)).toEqual(['81365677.yaml']);
    expect(statSync(join(dir, '81365677.yaml')).mode & 0o777).toBe(0o640);
    expect(readFileSync(join(dir, '81365677.yaml'), 'utf8')).toContain('account: "81365677"\n');
    expect(directory.find('81365677')?.status).toBe('disabled');
  });

  it('writes a file that the daemon may read, whatever umask root has', () => {
    const before = process.umask(0o077);
    try {
      directory.write(account);
    } finally {
      process.umask(before);
    }
    const mode = process.getuid?.() === 0 ? 0o640 : 0o600;
    expect(statSync(join(dir, '81365677.yaml')).mode & 0o777).toBe(mode);
  });

  it('makes the folder when it is not there', () => {
    rmSync(dir, { recursive: true });
    expect(directory.find('81365677')).toBeNull();
    expect(directory.list()).toEqual({ accounts: [], problems: [] });
    directory.write(account);
    expect(directory.list().accounts).toEqual([account]);
  });

  it('fills in what a file leaves out, and keeps digits without quotes as text', () => {
    file(
      '01234567.yaml',
      `account: 01234567\nname: 12\nsenders: [01234567]\nauthorizedKeys: ["${KEY}"]\nquotaFiles: 20\n`,
    );
    expect(directory.find('01234567')).toEqual({
      account: '01234567',
      name: '12',
      email: '',
      senders: ['01234567'],
      messageTypes: null,
      status: 'production',
      authorizedKeys: [KEY],
      allowFrom: [],
      language: 'en',
      expires: null,
      quotaBytes: null,
      quotaFiles: 20,
    });
    expect(told).toEqual([]);
  });

  it('sees a new, a changed and a removed file without being told', () => {
    expect(directory.find('lab')).toBeNull();
    file('lab.yaml', small('lab'));
    expect(directory.find('lab')?.status).toBe('production');
    file('lab.yaml', small('lab', 'status: disabled\n'));
    expect(directory.find('lab')?.status).toBe('disabled');
    unlinkSync(join(dir, 'lab.yaml'));
    expect(directory.find('lab')).toBeNull();
  });

  it('reads an unchanged file once', () => {
    file('lab.yaml', small('lab'));
    expect(directory.find('lab')).toBe(directory.find('lab'));
  });

  it('disables a broken account, tells it once for each version, and leaves the others alone', () => {
    file('good.yaml', small('good'));
    file('lab.yaml', 'account: [');
    expect([directory.find('lab'), directory.find('lab'), directory.find('good')?.account]).toEqual([
      null,
      null,
      'good',
    ]);
    expect(told).toEqual([expect.stringMatching(/^lab\|.*lab\.yaml:1: is not YAML/)]);
    file('lab.yaml', small('lab', 'colour: red\n'));
    expect(directory.find('lab')).toBeNull();
    expect(told).toHaveLength(2);
    file('lab.yaml', small('lab'));
    expect(directory.find('lab')?.account).toBe('lab');
  });

  it.each([
    ['another name than its file', 'account: other', /account: is other, but the file is named lab\.yaml/],
    ['no such sender number', 'senders: [123]', /senders\.0: is not right, is "123"/],
    ['no sender', 'senders: []', /senders: must not be empty/],
    [
      'a broken key',
      'authorizedKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAA"]',
      /authorizedKeys\.0: the key is broken/,
    ],
    ['a network that is none', 'allowFrom: [192.0.2.0/33]', /allowFrom\.0: is no address or network/],
    ['a day that is none', 'expires: 2026-02-30', /expires: there is no day 2026-02-30/],
    ['a status that is none', 'status: on', /status: must be one of/],
    ['a language that is none', 'language: it', /language: must be one of/],
    ['an address that is none', 'email: lab', /email: is not right/],
    ['an unknown key', 'authorisedKeys: []', /authorisedKeys: unknown key; did you mean authorizedKeys/],
  ])('refuses %s', (_, line, message) => {
    const key = line.split(':')[0]!;
    const kept = small('lab')
      .split('\n')
      .filter((other) => !other.startsWith(`${key}:`));
    file('lab.yaml', [...kept, line].join('\n'));
    expect(directory.find('lab')).toBeNull();
    expect(told.join('\n')).toMatch(message);
  });

  it.each(['../lab', 'a/b', '', '.hidden', 'a\0b', 'x'.repeat(65), 'lab\n', 'é'])('finds nobody named %j', (name) => {
    mkdirSync(join(dir, '..', 'x'), { recursive: true });
    writeFileSync(join(dir, '..', 'lab.yaml'), small('lab'));
    expect(directory.find(name)).toBeNull();
    expect(told).toEqual([]);
  });

  it('refuses to write outside its folder', () => {
    expect(() => directory.write({ ...account, account: '../lab' })).toThrow(/not an account name/);
    expect(existsSync(join(dir, '..', 'lab.yaml'))).toBe(false);
  });

  it('treats what is no file, and a huge one, as broken', () => {
    mkdirSync(join(dir, 'lab.yaml'));
    file('huge.yaml', `${small('huge')}# ${'x'.repeat(300_000)}`);
    expect([directory.find('lab'), directory.find('huge')]).toEqual([null, null]);
    expect(told).toHaveLength(2);
  });

  it('lists all that can be used, and what cannot', () => {
    file('b.yaml', small('b'));
    file('a.yaml', small('a'));
    file('broken.yaml', 'x');
    file('c.yml', small('c'));
    file('.a.yaml.swp', 'x');
    const { accounts, problems } = directory.list();
    expect(accounts.map(({ account: name }) => name)).toEqual(['a', 'b']);
    expect(problems).toHaveLength(2);
    expect(problems.join('\n')).toMatch(
      /broken\.yaml:1: must be a group of keys[^]*c\.yml: is not named <account>\.yaml/,
    );
  });

  it('tells a file that it may not read', () => {
    // A link that leads to itself: not even root can follow it.
    symlinkSync(join(dir, 'lab.yaml'), join(dir, 'lab.yaml'));
    expect(directory.find('lab')).toBeNull();
    expect(told.join()).toMatch(/lab\.yaml: cannot be read: ELOOP/);
    expect(directory.list()).toEqual({ accounts: [], problems: [expect.stringMatching(/ELOOP/) as string] });
  });
});
