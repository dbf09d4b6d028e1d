import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownerHint } from '../../../src/daemon/owner-hint';

const CANNOT = 'unable to open database file (SQLITE_CANTOPEN)';
let dir: string;
let owner: number;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'labdrop-owner-'));
  mkdirSync(join(dir, 'data'));
  writeFileSync(join(dir, 'data', 'labdrop.db'), '');
  owner = statSync(dir).uid;
});
afterEach(() => rmSync(dir, { recursive: true }));

test('says whose the data folder is, and as whom to run', () => {
  const hint = ownerHint(CANNOT, join(dir, 'data'), owner + 1);
  expect(hint).toContain(`${dir}/data belongs to user ${owner}, this runs as user ${owner + 1}`);
  expect(hint).toContain(`sudo -u '#${owner}' labdrop serve`);
  expect(hint?.includes('root was not meant to own it')).toBe(owner === 0);
  expect(ownerHint("EACCES: permission denied, open 'x'", join(dir, 'data'), owner + 1)).toBe(hint);
});

test('takes no link that leads nowhere for the file of another user', () => {
  symlinkSync('nowhere', join(dir, 'data', 'link'));
  expect(ownerHint(CANNOT, join(dir, 'data'), owner)).toBeNull();
});

test.each([
  ['of another failure', 'cannot listen on 127.0.0.1 port 22: EADDRINUSE', 1, 'data'],
  ["where everything is the user's own", CANNOT, 0, 'data'],
  ['where there is no folder', CANNOT, 1, 'not-there'],
])('says nothing %s', (_what, message, offset, name) => {
  expect(ownerHint(message, join(dir, name), owner + offset)).toBeNull();
});
