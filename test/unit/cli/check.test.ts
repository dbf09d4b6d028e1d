/** `check` on the configuration, keys, accounts, schemas and folders. */
import { chmodSync, chownSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyPair, loadOrCreateHostKey } from '../../../src/adapters/sftp/host-key';
import type { CheckResult } from '../../../src/daemon/commands-check';
import { type CheckHome, makeCheckHome } from './check-home';

const ACCOUNT = `account: lab
name: Lab
email: lab@example.org
senders: ['81365677']
messageTypes: TYPES
authorizedKeys: ['${generateKeyPair('me@lab').public.trim()}']
`;

let home: CheckHome;
beforeEach(() => {
  home = makeCheckHome();
});
afterEach(() => home.remove());

describe('check', () => {
  it('finds nothing wrong before the first start', async () => {
    rmSync(home.dataDir, { recursive: true });
    const { status, out } = await home.run(['check']);
    expect(status).toBe(0);
    expect(out).toMatch(/^ok +data folder +.* is not there yet/m);
    expect(out).toMatch(/\n\nNothing is wrong\.$/);
    expect(readdirSync(home.dir)).not.toContain('data');
  });

  it('finds nothing wrong with an account that names types, nor with one of all', async () => {
    for (const types of ['[RapidTestResult]', 'null']) {
      home.write('senders/lab.yaml', ACCOUNT.replace('TYPES', types));
      expect(await home.problems()).toEqual([]);
    }
  });

  it('misses no account files before the first start', async () => {
    rmSync(join(home.dir, 'senders'), { recursive: true });
    expect(await home.problems()).toEqual([]);
    expect((await home.run(['check'])).out).toMatch(/^ok +accounts +.*\/senders is not there yet/m);
  });

  it('finds account files under a name that was nearly written, whether a daemon was started or not', async () => {
    home.write('senders/lab.yaml', 'x');
    home.configure('senders: { dir: ../senders }', 'senders: { dir: ../sendres }');
    for (const start of [() => undefined, () => home.batch()]) {
      start();
      const fix = expect.stringMatching(/^correct senders\.dir in .*, did you mean .*\/senders\?$/) as string;
      expect(await home.problems()).toMatchObject([{ area: 'accounts', fix }]);
    }
  });

  it('finds nothing wrong where nothing is', async () => {
    home.batch();
    loadOrCreateHostKey(home.path('host_keys/ssh_host_ed25519_key'));
    expect(await home.problems()).toEqual([]);
    const { out } = await home.run(['check']);
    for (const area of ['configuration', 'daemon', 'file system', 'disk space', 'host key', 'accounts', 'schemas']) {
      expect(out).toMatch(new RegExp(`^ok +${area} `, 'm'));
    }
  });

  // Only root can give files away.
  (process.getuid?.() === 0 ? it : it.skip)('tells a data folder that alone was given to root', async () => {
    for (const name of ['logs', 'lift', 'labdrop.lock']) home.write(`data/${name}`, '');
    for (const name of readdirSync(home.dataDir)) chownSync(home.path(name), 12_345, 12_346);
    const found = (await home.problems()).filter(({ area }) => area === 'data folder');
    expect(found).toEqual([
      {
        area: 'data folder',
        ok: false,
        what: `${home.dataDir} belongs to user 0, all that lies in it to user 12345`,
        fix: `chown 12345:12346 ${home.dataDir}`,
      },
    ]);
  });

  it.each<[string, () => void, Partial<CheckResult>[]]>([
    [
      'a data folder that is open to all',
      () => chmodSync(home.dataDir, 0o755),
      [{ area: 'data folder', fix: expect.stringMatching(/^chmod o-rwx .*\/data$/) as string }],
    ],
    [
      'a host key that others can read',
      () => {
        loadOrCreateHostKey(home.path('host_keys/ssh_host_ed25519_key'));
        chmodSync(home.path('host_keys/ssh_host_ed25519_key'), 0o640);
      },
      [{ area: 'host key', fix: expect.stringMatching(/^chmod 600 /) as string }],
    ],
    [
      'a host key that is none',
      () => home.write('data/host_keys/ssh_host_ed25519_key', 'x'),
      [{ area: 'host key' }, { area: 'host key', what: expect.stringMatching(/is not a private key/) as string }],
    ],
    [
      'an account file that is broken, and one that anybody may change',
      () => {
        home.write('senders/broken.yaml', 'x');
        chmodSync(join(home.dir, 'senders'), 0o777);
      },
      [
        { area: 'accounts', what: expect.stringMatching(/broken\.yaml:1: must be/) as string },
        { area: 'accounts', fix: expect.stringMatching(/^chmod o-w .*senders$/) as string },
      ],
    ],
    [
      'a value set that cannot be read',
      () => home.write('schemas/covid19/codelists/CollectivityCodelist.json', '{}'),
      Array.from({ length: 4 }, () => ({ area: 'schemas' })),
    ],
    [
      'a folder of account files that was moved away',
      () => {
        home.batch();
        rmSync(join(home.dir, 'senders'), { recursive: true });
      },
      [
        {
          area: 'accounts',
          what: expect.stringMatching(/\/senders is not there: nobody can log in$/) as string,
          fix: expect.stringMatching(/^correct senders\.dir in .*labdrop\.yaml, or put the folder back/) as string,
        },
      ],
    ],
    [
      'a file in the place of the folder of account files',
      () => {
        rmSync(join(home.dir, 'senders'), { recursive: true });
        home.write('senders', 'x');
      },
      [{ area: 'accounts', what: expect.stringMatching(/\/senders is no folder$/) as string }],
    ],
    [
      'files that wait for an account that is gone, and not what is no whole file',
      () => {
        home.write('data/accounts/gone/81365677_RapidTestResult_210403091500.csv', 'x');
        home.write('data/accounts/gone/test/81365677_RapidTestResult_210403091500.ok', '');
        home.write('data/accounts/left/81365677_RapidTestResult_210403091500.csv.part', 'x');
        home.write('data/accounts/left/reports/81365677_RapidTestResult_210403091500.report.ok', '');
      },
      [
        {
          area: 'accounts',
          what: expect.stringMatching(/accounts\/gone holds 2 files, and there is no account gone: /) as string,
          fix: expect.stringMatching(/^put .*\/senders\/gone\.yaml back, or /) as string,
        },
      ],
    ],
    [
      'a message type in an account that there is not',
      () => home.write('senders/lab.yaml', ACCOUNT.replace('TYPES', '[RapidTestResult, LaboratoryTestReslt, Nothing]')),
      [
        {
          area: 'accounts',
          what: expect.stringMatching(
            /\/lab\.yaml: messageTypes: there is no message type "LaboratoryTestReslt"; did you mean LaboratoryTestResult\?$/,
          ) as string,
          fix: 'edit that file; it is read at the next login',
        },
        { area: 'accounts', what: expect.stringMatching(/no message type "Nothing"; known: Alert/) as string },
      ],
    ],
    [
      'a schemas folder that is not there',
      () => rmSync(join(home.dir, 'schemas'), { recursive: true }),
      [
        {
          area: 'schemas',
          fix: expect.stringMatching(/^correct schemas\.dir in .*labdrop\.yaml, or leave it out/) as string,
        },
      ],
    ],
    [
      'a file and a link in the place of a folder of an account',
      () => {
        home.write('data/accounts/lab/reports', 'x');
        mkdirSync(home.path('uploads/lab'), { recursive: true });
        symlinkSync('/nowhere', home.path('uploads/lab/test'));
      },
      [
        { area: 'drop folders', fix: expect.stringMatching(/^mv .*\/accounts\/lab\/reports elsewhere; /) as string },
        { area: 'drop folders', what: expect.stringMatching(/\/uploads\/lab\/test is not a folder/) as string },
      ],
    ],
    [
      'a file whose name is not UTF-8',
      () => {
        mkdirSync(home.path('accounts/lab/test'), { recursive: true });
        writeFileSync(Buffer.from(home.path('accounts/lab/test/caf\xe9.csv'), 'latin1'), '');
      },
      [
        {
          area: 'drop folders',
          what: expect.stringMatching(/lab\/test\/caf\\xe9\.csv is not UTF-8/) as string,
          fix: expect.stringMatching(/^mv \$'\/.*\/caf\\xe9\.csv' to/) as string,
        },
      ],
    ],
  ])('tells %s', async (_what, breakIt, expected) => {
    breakIt();
    await home.expectProblems(expected);
  });

  it('counts what it does not list', async () => {
    for (let n = 10; n < 35; n++) mkdirSync(home.path('work', `stray-${n}`));
    home.batch();
    const found = await home.problems();
    expect(found).toHaveLength(11);
    expect(found.at(-1)!.what).toBe('15 more of the same kind');
  });
});
