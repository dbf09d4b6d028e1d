import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolders } from '../../../src/adapters/spool/data-folders';
import { checkAccountFolders } from '../../../src/daemon/check-account-folders';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'labdrop-check-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const path = (...parts: string[]): string => join(dataDir, ...parts);

describe('checkAccountFolders', () => {
  it('tells of a folder that the daemon may not write into, once', () => {
    mkdirSync(path('accounts/lab/reports'), { recursive: true });
    mkdirSync(path('accounts/lab/test/reports'), { recursive: true });
    // Root writes everywhere: the owner of the data folder is another then.
    if (process.getuid?.() === 0) chownSync(dataDir, 12_345, 12_345);
    else chmodSync(path('accounts/lab'), 0o500);
    const results = checkAccountFolders(dataFolders(dataDir));
    const fix = process.getuid?.() === 0 ? /^chown -R 12345:12345 .*\/lab$/ : /^chmod u\+rwx .*\/lab$/;
    expect(results).toMatchObject([{ ok: false, fix: expect.stringMatching(fix) as string }]);
  });

  it('asks for none that is not there', () => {
    mkdirSync(path('accounts/lab/test'), { recursive: true });
    expect(checkAccountFolders(dataFolders(dataDir))).toMatchObject([{ ok: true }]);
  });
});
