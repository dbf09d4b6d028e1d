import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { byteText } from '../../../src/cli/byte-text';
import { cellFinding, makeCommandHome, type CommandHome } from './command-home';

let home: CommandHome;
beforeEach(() => (home = makeCommandHome()));
afterEach(() => home.remove());

const copy = (): string => join(home.dir, 'copy.db');

it('copies the store and says what is in it', async () => {
  home.commit({}, [cellFinding('TestId', '12')]);
  const { status, out, err } = await home.run(['backup', 'copy.db']);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(out).toMatch(/copy\.db is sound: \d+ KiB, 1 batch, the last of 2026-01-31 /);
  const verified = await home.run(['backup', '--verify', '--json', 'copy.db']);
  expect(verified.status).toBe(0);
  expect(JSON.parse(verified.out)).toMatchObject({
    file: copy(),
    batches: 1,
    lastCommittedAt: '2026-01-31T11:00:00.200Z',
  });
});

it('replaces a file only when told to', async () => {
  home.commit({}, []);
  writeFileSync(copy(), 'mine');
  const refused = await home.run(['backup', 'copy.db']);
  expect(refused).toMatchObject({ status: 2, out: '' });
  expect(refused.err).toContain('--force');
  expect(readFileSync(copy(), 'utf8')).toBe('mine');
  expect((await home.run(['backup', '--force', 'copy.db'])).status).toBe(0);
  expect(readFileSync(copy()).subarray(0, 15).toString()).toBe('SQLite format 3');
});

it.each([
  ['there is no store', ['backup', 'copy.db'], 2],
  ['there is no such folder', ['backup', 'missing/copy.db'], 2],
  ['the target is a folder', ['backup', 'data'], 2],
  ['the copy to verify is not there', ['backup', '--verify', 'copy.db'], 2],
  ['the copy to verify is none', ['backup', '--verify', 'config/labdrop.yaml'], 70],
])('fails when %s', async (_what, args, status) => {
  const result = await home.run(args);
  expect({ status: result.status, out: result.out }).toEqual({ status, out: '' });
  expect(result.err).not.toBe('');
  expect(existsSync(copy())).toBe(false);
});

it.each<[string, (sound: Buffer) => Buffer, RegExp]>([
  ['a part of it', (sound) => sound.subarray(0, sound.length / 2), /malformed \(SQLITE_CORRUPT\)/],
  ['one with other pages', (sound) => Buffer.concat([sound.subarray(0, 40_000), sound]), /is not sound: /],
  ['an empty file', () => Buffer.alloc(0), /it is no copy of a store: it has no batches/],
])('tells what to do with a copy that is not sound: %s', async (_what, damage, reason) => {
  home.commit({}, []);
  await home.run(['backup', 'copy.db']);
  writeFileSync(copy(), damage(readFileSync(copy())));
  const { status, out, err } = await home.run(['backup', '--verify', 'copy.db']);
  expect([status, out]).toEqual([70, '']);
  expect(err).toMatch(reason);
  expect(err).toMatch(
    /^S902: .*copy\.db is not sound: .*\nDo not put it back\. An older copy may be sound: .*labdrop check/s,
  );
});

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 KiB'],
  [12 * 1024 * 1024, '12 MiB'],
  [3 * 1024 ** 4, '3.0 TiB'],
  [5000 * 1024 ** 4, '5000 TiB'],
])('%i bytes are %s', (bytes, text) => {
  expect(byteText(bytes)).toBe(text);
});
