import Database from 'better-sqlite3';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
  closeSync,
  chownSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { generateKeyPair, loadOrCreateHostKey } from '../../../src/adapters/sftp/host-key';
import { archivePath, dataFolders } from '../../../src/adapters/spool/data-folders';
import { checkAccountFolders } from '../../../src/daemon/check-account-folders';
import { checkReadable, judgeSpace } from '../../../src/daemon/check-folders';
import type { CheckResult } from '../../../src/daemon/commands-check';
import type { BatchOrigin } from '../../../src/domain/batch-record';
import { makeOrigin } from '../../support/make-origin';
import { SCHEMAS } from '../../support/shipped-examples';
import { type CommandHome, makeCommandHome } from './command-home';

const ID = '01900000-0000-7000-8000-000000000001';
const OTHER = '01900000-0000-7000-8000-000000000002';
const GIB = 1024 ** 3;

const ACCOUNT = `account: lab
name: Lab
email: lab@example.org
senders: ['81365677']
messageTypes: TYPES
authorizedKeys: ['${generateKeyPair('me@lab').public.trim()}']
`;

let home: CommandHome;
beforeEach(() => {
  home = makeCommandHome('schemas: { dir: ../schemas }\ningest: { maxFileBytes: 1024 }');
  cpSync(SCHEMAS, join(home.dir, 'schemas'), { recursive: true });
  chmodSync(home.dataDir, 0o750);
  mkdirSync(join(home.dataDir, 'work/staging'), { recursive: true });
  mkdirSync(join(home.dir, 'senders'));
});
afterEach(() => home.remove());

/** A batch, and its original in the archive. */
function batch(overrides: Partial<BatchOrigin> = {}, archive = true): string {
  const origin = makeOrigin({ id: ID, receivedAt: '2026-01-31T11:00:00.000Z', dataIdentity: '1:1', ...overrides });
  home.commit(origin, [], { archive });
  const path = join(home.dataDir, 'archive', archivePath(origin));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'x');
  return path;
}

async function problems(): Promise<readonly CheckResult[]> {
  const { status, out } = await home.run(['check', '--json']);
  const { ok, results } = JSON.parse(out) as { ok: boolean; results: CheckResult[] };
  const found = results.filter((result) => !result.ok);
  expect([status, ok]).toEqual(found.length === 0 ? [0, true] : [1, false]);
  for (const { fix } of found) expect(fix).not.toBe('');
  return found;
}

const path = (...parts: string[]): string => join(home.dataDir, ...parts);

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
      expect(await problems()).toEqual([]);
    }
  });

  it('misses no account files before the first start', async () => {
    rmSync(join(home.dir, 'senders'), { recursive: true });
    expect(await problems()).toEqual([]);
    expect((await home.run(['check'])).out).toMatch(/^ok +accounts +.*\/senders is not there yet/m);
  });

  it('finds account files under a name that was nearly written, whether a daemon was started or not', async () => {
    home.write('senders/lab.yaml', 'x');
    home.configure('senders: { dir: ../senders }', 'senders: { dir: ../sendres }');
    for (const start of [() => undefined, () => batch()]) {
      start();
      const fix = expect.stringMatching(/^correct senders\.dir in .*, did you mean .*\/senders\?$/) as string;
      expect(await problems()).toMatchObject([{ area: 'accounts', fix }]);
    }
  });

  it('finds nothing wrong where nothing is', async () => {
    batch();
    loadOrCreateHostKey(path('host_keys/ssh_host_ed25519_key'));
    expect(await problems()).toEqual([]);
    const { out } = await home.run(['check']);
    for (const area of ['configuration', 'daemon', 'file system', 'disk space', 'host key', 'accounts', 'schemas']) {
      expect(out).toMatch(new RegExp(`^ok +${area} `, 'm'));
    }
  });

  // Only root can give files away.
  (process.getuid?.() === 0 ? it : it.skip)('tells a data folder that alone was given to root', async () => {
    for (const name of ['logs', 'lift', 'labdrop.lock']) home.write(`data/${name}`, '');
    for (const name of readdirSync(home.dataDir)) chownSync(path(name), 12_345, 12_346);
    const found = (await problems()).filter(({ area }) => area === 'data folder');
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
        loadOrCreateHostKey(path('host_keys/ssh_host_ed25519_key'));
        chmodSync(path('host_keys/ssh_host_ed25519_key'), 0o640);
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
        batch();
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
      'a work folder without a batch, and one of a batch that is done',
      () => {
        batch();
        mkdirSync(path('work', ID));
        mkdirSync(path('work', "it's"));
      },
      [
        { area: 'work', what: expect.stringMatching(/a batch that is done$/) as string },
        { area: 'work', fix: expect.stringMatching(/^mv '.*\/work\/it'\\''s' .*\/quarantine\/$/) as string },
      ],
    ],
    [
      'a batch in work without its file',
      () => {
        rmSync(batch({}, false));
      },
      [{ area: 'work', what: expect.stringMatching(/committed\) has lost its data file/) as string }],
    ],
    [
      'a batch in work whose file is in the archive, as its store was put back from a copy',
      () => {
        batch({}, false);
      },
      [
        {
          area: 'work',
          fix: expect.stringMatching(
            new RegExp(`^install -d -o \\d+ -g \\d+ -m 0700 \\S+/work/${ID} && mv \\S+/archive/\\S+ \\S+/${ID}/data$`),
          ) as string,
        },
      ],
    ],
    [
      'a batch that was set aside for want of its file, which is in the archive',
      () => {
        batch({}, false);
        changeStore(`UPDATE batches SET quarantined_at = '2026-01-31T11:00:00.000Z', quarantine_reason = 'gone'`);
      },
      [
        {
          area: 'quarantine',
          fix: expect.stringMatching(
            new RegExp(`^install \\S.*/quarantine/${ID} && mv \\S+/archive/\\S+ \\S+/${ID}/data, then labdrop release`),
          ) as string,
        },
      ],
    ],
    [
      'a batch whose original is missing',
      () => {
        rmSync(batch());
      },
      [{ area: 'archive', what: `the original of batch ${ID} is missing` }],
    ],
    [
      'archived files without a batch',
      () => {
        writeFileSync(batch().replace(ID, OTHER), 'x');
        writeFileSync(path('archive/stray'), 'x');
      },
      [
        { area: 'archive', what: expect.stringMatching(/belongs to no batch$/) as string },
        { area: 'archive', fix: expect.stringMatching(/^mv .*\/archive\/stray .*\/quarantine\/$/) as string },
      ],
    ],
    [
      'a file and a link in the place of a folder of an account',
      () => {
        home.write('data/accounts/lab/reports', 'x');
        mkdirSync(path('uploads/lab'), { recursive: true });
        symlinkSync('/nowhere', path('uploads/lab/test'));
      },
      [
        { area: 'drop folders', fix: expect.stringMatching(/^mv .*\/accounts\/lab\/reports elsewhere; /) as string },
        { area: 'drop folders', what: expect.stringMatching(/\/uploads\/lab\/test is not a folder/) as string },
      ],
    ],
    [
      'a file whose name is not UTF-8',
      () => {
        mkdirSync(path('accounts/lab/test'), { recursive: true });
        writeFileSync(Buffer.from(path('accounts/lab/test/caf\xe9.csv'), 'latin1'), '');
      },
      [
        {
          area: 'drop folders',
          what: expect.stringMatching(/lab\/test\/caf\\xe9\.csv is not UTF-8/) as string,
          fix: expect.stringMatching(/^mv \$'\/.*\/caf\\xe9\.csv' to/) as string,
        },
      ],
    ],
    [
      'a store that is no database',
      () => home.write('data/labdrop.db', 'no database, and long enough to be told apart'.repeat(50)),
      [{ area: 'store', fix: expect.stringMatching(/the last good backup/) as string }],
    ],
    [
      'a store that is damaged',
      () => {
        batch();
        damage(path('labdrop.db'));
      },
      [{ area: 'store', fix: expect.stringMatching(/backup/) as string }],
    ],
    [
      'a store of an earlier program',
      () => {
        batch();
        setVersion(1);
      },
      [{ area: 'store', fix: expect.stringMatching(/^restart the daemon of this version/) as string }],
    ],
    [
      'a store that lacks a table of its version',
      () => {
        batch();
        changeStore('DROP TABLE hash_secret');
      },
      [
        {
          area: 'store',
          what: expect.stringMatching(/lacks hash_secret: a program from before the first release made it/) as string,
          fix: expect.stringMatching(/backup of a released version .* labdrop export/) as string,
        },
      ],
    ],
    [
      'a store of a newer program',
      () => {
        batch();
        setVersion(99);
      },
      [
        {
          area: 'store',
          what: expect.stringMatching(/has version 99, this program knows \d+: a newer program made it$/) as string,
          fix: expect.stringMatching(/^install the newer program again; .* a backup that was made before/) as string,
        },
      ],
    ],
    [
      'a store of a newer program, and the copy that it made before',
      () => {
        batch();
        setVersion(99);
        for (const version of [2, 98, 99]) home.write(`data/labdrop.db.before-${version}`, '');
      },
      [{ area: 'store', fix: expect.stringMatching(/ put in its place \S+\/labdrop\.db\.before-98, /) as string }],
    ],
  ])('tells %s', async (_what, breakIt, expected) => {
    breakIt();
    const found = await problems();
    expect(found.map(({ area }) => area)).toEqual(expect.arrayContaining(expected.map(({ area }) => area)));
    for (const problem of expected) expect(found).toContainEqual(expect.objectContaining(problem));
    const { out } = await home.run(['check']);
    expect(out).toContain(found.length === 1 ? '\n1 problem.' : `\n${found.length} problems.`);
  });

  it.each<[string, Partial<BatchOrigin>]>([
    ['a rehearsal', { mode: 'test', folder: 'test' }],
    ['a replay', { cause: 'replay', replayOf: OTHER, run: 2 }],
    ['a marker without data', { cause: 'orphan-marker', dataIdentity: null }],
    ['a reminder', { cause: 'unmarked' }],
    ['a batch older than originals are kept', { receivedAt: '2020-01-01T00:00:00.000Z' }],
  ])('asks no original of %s', async (_what, overrides) => {
    home.write(
      'config/labdrop.yaml',
      `${readFileSync(join(home.dir, 'config/labdrop.yaml'), 'utf8')}\nretention: { originalsDays: 30 }`,
    );
    rmSync(batch(overrides));
    expect(await problems()).toEqual([]);
  });

  it('counts what it does not list', async () => {
    for (let n = 10; n < 35; n++) mkdirSync(path('work', `stray-${n}`));
    batch();
    const found = await problems();
    expect(found).toHaveLength(11);
    expect(found.at(-1)!.what).toBe('15 more of the same kind');
  });
});

function setVersion(version: number): void {
  changeStore(`PRAGMA user_version = ${version}`);
}

function changeStore(sql: string): void {
  new Database(path('labdrop.db')).exec(sql).close();
}

/** Overwrites the pages behind the first two. */
function damage(file: string): void {
  const { size } = statSync(file);
  const fd = openSync(file, 'r+');
  writeSync(fd, Buffer.alloc(size - 32_768, 0xff), 0, size - 32_768, 32_768);
  closeSync(fd);
}

describe('checkAccountFolders', () => {
  it('tells of a folder that the daemon may not write into, once', () => {
    mkdirSync(path('accounts/lab/reports'), { recursive: true });
    mkdirSync(path('accounts/lab/test/reports'), { recursive: true });
    // Root writes everywhere: the owner of the data folder is another then.
    if (process.getuid?.() === 0) chownSync(home.dataDir, 12_345, 12_345);
    else chmodSync(path('accounts/lab'), 0o500);
    const results = checkAccountFolders(dataFolders(home.dataDir));
    const fix = process.getuid?.() === 0 ? /^chown -R 12345:12345 .*\/lab$/ : /^chmod u\+rwx .*\/lab$/;
    expect(results).toMatchObject([{ ok: false, fix: expect.stringMatching(fix) as string }]);
  });

  it('asks for none that is not there', () => {
    mkdirSync(path('accounts/lab/test'), { recursive: true });
    expect(checkAccountFolders(dataFolders(home.dataDir))).toMatchObject([{ ok: true }]);
  });
});

describe('judgeSpace', () => {
  it.each([
    [{ freeBytes: 3 * GIB, files: 1e6, freeFiles: 5e5 }, 2 * GIB, null],
    [{ freeBytes: 3 * GIB, files: 0, freeFiles: 0 }, 1024, null],
    [{ freeBytes: GIB - 1, files: 0, freeFiles: 0 }, 1024, /1\.0 GiB are free, less than 1\.0 GiB$/],
    [{ freeBytes: 1.5 * GIB, files: 0, freeFiles: 0 }, 2 * GIB, /less than 2\.0 GiB \(ingest\.maxFileBytes\)$/],
    [{ freeBytes: 3 * GIB, files: 1e6, freeFiles: 9_999 }, 1024, /9999 more files/],
  ])('%j for files up to %d', (space, maxFileBytes, expected) => {
    const results = judgeSpace('/data', space, maxFileBytes);
    expect(results).toHaveLength(1);
    expect(results[0]!.ok).toBe(expected === null);
    if (expected !== null) expect(results[0]!.what).toMatch(expected);
  });
});

describe('checkReadable', () => {
  const asRoot = process.getuid?.() === 0;

  it.each([
    [0o600, true],
    [0o640, true],
    [0o000, false],
    [0o046, false],
  ])('the owner, mode %s', (mode, expected) => {
    const file = home.write('f', '');
    chmodSync(file, mode & 0o775);
    const { uid, gid } = statSync(file);
    // Root reads everything: another number stands for the daemon, and the file is given to it.
    const user = asRoot ? { uid: 12_345, gid: 12_345 } : { uid, gid };
    if (asRoot) chownSync(file, user.uid, user.gid);
    expect(checkReadable('a', file, user).length === 0).toBe(expected);
  });

  it.each([
    [0o644, true],
    [0o640, false],
    [0o660, false],
    [0o604, true],
  ])('another user and group, mode %s', (mode, expected) => {
    const file = home.write('f', '');
    chmodSync(file, mode);
    const { uid, gid } = statSync(file);
    const found = checkReadable('a', file, { uid: uid + 1, gid: gid + 1 });
    expect(found.length === 0).toBe(expected);
    if (!expected) expect(found[0]!.fix).toBe(`chgrp ${gid + 1} ${file} && chmod g+rX ${file}`);
  });

  it('asks of a folder that it can be entered, and nothing of what is not there', () => {
    const { uid, gid } = statSync(home.dir);
    chmodSync(home.dir, 0o744);
    expect(checkReadable('a', home.dir, { uid: uid + 1, gid: gid + 1 })).toHaveLength(1);
    chmodSync(home.dir, 0o755);
    expect(checkReadable('a', home.dir, { uid: uid + 1, gid: gid + 1 })).toEqual([]);
    expect(checkReadable('a', join(home.dir, 'gone'), null)).toEqual([]);
  });
});
