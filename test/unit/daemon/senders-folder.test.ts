import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../../src/config/config';
import { prepareSendersFolder } from '../../../src/daemon/senders-folder';

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'senders-folder-'))));
afterEach(() => rmSync(home, { recursive: true }));

const start = (dir: string): void =>
  prepareSendersFolder({ dataDir: join(home, 'var'), senders: { dir } } as unknown as Config);

it('makes the folder at the first start where it lies in the data folder, and never again', () => {
  const inside = join(home, 'var/senders');
  start(inside);
  expect(existsSync(inside)).toBe(true);
  rmSync(inside, { recursive: true });
  writeFileSync(join(home, 'var/labdrop.db'), '');
  start(inside);
  expect(existsSync(inside)).toBe(false);
});

it('makes none elsewhere: it may be misspelt', () => {
  start(join(home, 'sendres'));
  expect(existsSync(join(home, 'sendres'))).toBe(false);
});
