/** Things in a data folder that should not be there: each is set aside with a fault that stays until somebody has looked. */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { listNames } from '../../support/built-daemon';
import { SENDER } from '../../support/shipped-examples';
import { until } from '../../support/until';
import { file, folder, leftoversHome, link, NAME, replaced, UNKNOWN_ID } from './leftovers-home';

const { at, drop, start, labdrop, works, status, setAside } = leftoversHome();

describe('set aside, told, and out of the way', () => {
  const cases: [string, string, (path: string) => void][] = [
    ['a folder where the lock belongs', 'labdrop.lock', (path) => replaced(path, folder)],
    ['a folder where the lock tells its holder', 'labdrop.lock.json', (path) => replaced(path, folder)],
    ['a folder where the status belongs', 'status.json', folder],
    ['a folder where the log of rejections belongs', 'logs/rejections.log', (path) => replaced(path, folder)],
    ['a file where the work folder belongs', 'work', (path) => replaced(path, file)],
    ['a link to nowhere where the work folder belongs', 'work', (path) => replaced(path, (at_) => link(at_, 'gone'))],
    ['a file where the staging folder belongs', 'work/staging', (path) => replaced(path, file)],
    ['a file where the archive belongs', 'archive', (path) => replaced(path, file)],
    ['a file where the quarantine belongs', 'quarantine', (path) => replaced(path, file)],
    ['a file where the uploads belong', 'uploads', (path) => replaced(path, file)],
    ['a file among the accounts', 'accounts/stranger', file],
    ['a link among the accounts', 'accounts/stranger', (path) => link(path, '/etc')],
    ['a file where the reports of an account belong', 'accounts/lab/reports', (path) => replaced(path, file)],
    ['a file where the rehearsals of an account belong', 'accounts/lab/test', (path) => replaced(path, file)],
    ['a folder where data belongs', `accounts/lab/${NAME}.csv`, folder],
    ['a link where data belongs', `accounts/lab/${NAME}.csv`, (path) => link(path, '/etc/passwd')],
    ['a folder where a report belongs', `accounts/lab/reports/${NAME}.report.json`, folder],
    ['a folder among rehearsals', 'accounts/lab/test/something', folder],
    ['a file among the partial uploads', 'uploads/stranger', file],
    ['a folder where a partial upload belongs', `uploads/lab/root/${NAME}.csv`, folder],
    ['a pipe in a drop folder', 'accounts/lab/pipe', (path) => execFileSync('mkfifo', [path])],
    ['work of an unknown batch', `work/${UNKNOWN_ID}`, (path) => file(join(path, 'data'))],
    ['a file among the batches in work', 'work/something', file],
    ['a link among the batches in work', 'work/something', (path) => link(path, '/etc')],
    ['what a batch was staged in', `work/staging/${UNKNOWN_ID}.staging`, file],
    ['a spare work folder that holds something', `work/staging/spare.${UNKNOWN_ID}`, folder],
    ['a file named as a spare work folder', 'work/staging/spare.file', file],
    ['a folder among requests to lift a ban', 'lift/something', folder],
    ['a file in the archive', 'archive/something', file],
    ['an original that the store does not know', `archive/${SENDER}/2021/05/${UNKNOWN_ID}_${NAME}.csv`, file],
    ['a link in the archive', `archive/${SENDER}/2021`, (path) => link(path, '/etc')],
  ];

  /** What can be planted at once, as none of it lies at or below the place of another. */
  const rounds: (typeof cases)[] = [];
  for (const one of cases) {
    const isApart = ([, path]: (typeof cases)[number]): boolean =>
      !`${path}/`.startsWith(`${one[1]}/`) && !`${one[1]}/`.startsWith(`${path}/`);
    const round = rounds.find((others) => others.every(isApart));
    if (round === undefined) rounds.push([one]);
    else round.push(one);
  }

  test.each(rounds.map((round) => [round.map(([what]) => what).join('; '), round] as const))(
    '%s',
    async (_what, round) => {
      for (const [, path, plant] of round) plant(at(path));
      const inodes = round.map(([, path]) => lstatSync(at(path)).ino);
      const daemon = await start();
      await works();
      await until(() => round.every(([, path]) => setAside().includes(path)), 'all of it set aside');
      const [found = '', ...more] = listNames(at('quarantine')).filter((name) => name.startsWith('found-'));
      expect(more).toEqual([]);
      expect(round.map(([, path]) => lstatSync(at('quarantine', found, path)).ino)).toEqual(inodes);
      // Told once it is done.
      for (const [, path] of round) {
        const told = new RegExp(`"event":"fault".*"path":"${path}"`);
        await until(() => told.test(daemon.stdout()), `a fault at ${path}`);
      }
      await until(() => status().faults.some(({ message }) => message.includes(found)), 'the standing fault');
      expect(labdrop(['status']).stdout).toContain(found);
      expect(labdrop(['check']).stdout).toContain(found);
      rmSync(at('quarantine', found), { recursive: true });
      await until(() => status().faults.length === 0, 'no fault');
      expect(await daemon.stop()).toBe(0);
    },
    60_000,
  );
});

it('sets aside a name that is no text', async () => {
  const name = Buffer.concat([Buffer.from(drop('caf')), Buffer.from([0xe9]), Buffer.from('.csv')]);
  mkdirSync(drop(), { recursive: true });
  closeSync(openSync(name, 'w'));
  const daemon = await start();
  await works();
  expect(setAside()).toContain('accounts/lab/caf\ufffd.csv');
  expect(daemon.stdout()).toContain(JSON.stringify('accounts/lab/caf\\xe9.csv'));
}, 60_000);

it('tells once of a name that is no text and comes while it runs, until it is mended', async () => {
  const daemon = await start();
  const name = Buffer.from(drop('caf\xe9.csv'), 'latin1');
  writeFileSync(name, 'data');
  const lines = (): number => daemon.stdout().split('the name of a file is not UTF-8').length - 1;
  await until(() => lines() > 0, 'a line in the log');
  expect(daemon.stdout()).toContain(`"path":${JSON.stringify(drop('caf\\xe9.csv'))}`);
  await works();
  await until(() => status().faults.length === 1, 'a fault that stands');
  expect(status().faults[0]).toMatchObject({ code: 'S901', retryable: false });
  renameSync(name, drop(`${NAME}x`));
  await until(() => status().faults.length === 0, 'no fault');
  expect(lines()).toBe(1);
}, 60_000);

it('removes an empty folder of no batch', async () => {
  mkdirSync(at('work', UNKNOWN_ID), { recursive: true });
  await start();
  await works();
  await until(() => listNames(at('work')).join() === 'staging', 'an empty work folder');
  expect(setAside()).toEqual([]);
}, 60_000);

it('keeps what is set aside apart from what was set aside before', async () => {
  const stray = 'work/something';
  for (const content of ['first', 'second']) {
    file(at(stray), content);
    const daemon = await start();
    await until(() => !existsSync(at(stray)), 'it to be set aside');
    expect(await daemon.stop()).toBe(0);
  }
  const kept = listNames(at('quarantine')).flatMap((found) =>
    listNames(at('quarantine', found, 'work')).map((name) =>
      readFileSync(at('quarantine', found, 'work', name), 'utf8'),
    ),
  );
  expect(kept).toEqual(['first', 'second']);
}, 120_000);
