/** `check` on the store and the files that must go with it: in work, and in the archive. */
import Database from 'better-sqlite3';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckResult } from '../../../src/daemon/commands-check';
import type { BatchOrigin } from '../../../src/domain/batch-record';
import { type CheckHome, ID, makeCheckHome, OTHER } from './check-home';

let home: CheckHome;
beforeEach(() => {
  home = makeCheckHome();
});
afterEach(() => home.remove());

function setVersion(version: number): void {
  changeStore(`PRAGMA user_version = ${version}`);
}

function changeStore(sql: string): void {
  new Database(home.path('labdrop.db')).exec(sql).close();
}

/** Overwrites the pages behind the first two. */
function damage(file: string): void {
  const { size } = statSync(file);
  const fd = openSync(file, 'r+');
  writeSync(fd, Buffer.alloc(size - 32_768, 0xff), 0, size - 32_768, 32_768);
  closeSync(fd);
}

describe('check', () => {
  it.each<[string, () => void, Partial<CheckResult>[]]>([
    [
      'a work folder without a batch, and one of a batch that is done',
      () => {
        home.batch();
        mkdirSync(home.path('work', ID));
        mkdirSync(home.path('work', "it's"));
      },
      [
        { area: 'work', what: expect.stringMatching(/a batch that is done$/) as string },
        { area: 'work', fix: expect.stringMatching(/^mv '.*\/work\/it'\\''s' .*\/quarantine\/$/) as string },
      ],
    ],
    [
      'a batch in work without its file',
      () => {
        rmSync(home.batch({}, false));
      },
      [{ area: 'work', what: expect.stringMatching(/committed\) has lost its data file/) as string }],
    ],
    [
      'a batch in work whose file is in the archive, as its store was put back from a copy',
      () => {
        home.batch({}, false);
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
        home.batch({}, false);
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
        rmSync(home.batch());
      },
      [{ area: 'archive', what: `the original of batch ${ID} is missing` }],
    ],
    [
      'archived files without a batch',
      () => {
        writeFileSync(home.batch().replace(ID, OTHER), 'x');
        writeFileSync(home.path('archive/stray'), 'x');
      },
      [
        { area: 'archive', what: expect.stringMatching(/belongs to no batch$/) as string },
        { area: 'archive', fix: expect.stringMatching(/^mv .*\/archive\/stray .*\/quarantine\/$/) as string },
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
        home.batch();
        damage(home.path('labdrop.db'));
      },
      [{ area: 'store', fix: expect.stringMatching(/backup/) as string }],
    ],
    [
      'a store of an earlier program',
      () => {
        home.batch();
        setVersion(1);
      },
      [{ area: 'store', fix: expect.stringMatching(/^restart the daemon of this version/) as string }],
    ],
    [
      'a store that lacks a table of its version',
      () => {
        home.batch();
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
        home.batch();
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
        home.batch();
        setVersion(99);
        for (const version of [2, 98, 99]) home.write(`data/labdrop.db.before-${version}`, '');
      },
      [{ area: 'store', fix: expect.stringMatching(/ put in its place \S+\/labdrop\.db\.before-98, /) as string }],
    ],
  ])('tells %s', async (_what, breakIt, expected) => {
    breakIt();
    await home.expectProblems(expected);
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
    rmSync(home.batch(overrides));
    expect(await home.problems()).toEqual([]);
  });
});
