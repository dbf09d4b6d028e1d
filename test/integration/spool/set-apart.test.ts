/** A file that is taken out of its folder, and the one that has its name by then. */
import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileIdentity } from '../../../src/adapters/spool/durable-files';
import { setApart } from '../../../src/adapters/spool/set-apart';

describe('a file that is set apart', () => {
  let dir: string;
  let path: string;
  let apart: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'labdrop-apart-'));
    path = join(dir, 'X.ok');
    apart = join(dir, 'apart');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  function write(to: string): string {
    writeFileSync(to, '');
    return fileIdentity(to) ?? '';
  }

  it('is apart and nowhere else, however often it is asked for', () => {
    const identity = write(path);
    expect([setApart(path, identity, apart), setApart(path, identity, apart)]).toEqual([true, true]);
    expect(readdirSync(dir)).toEqual(['apart']);
  });

  it('stays where it is when it is another one, or gone', () => {
    const other = write(path);
    expect(setApart(path, 'another', apart)).toBe(false);
    expect([fileIdentity(path), readdirSync(dir)]).toEqual([other, ['X.ok']]);
    rmSync(path);
    expect(setApart(path, other, apart)).toBe(false);
  });

  it('goes back when a crash found it apart and it is another one', () => {
    const other = write(path);
    renameSync(path, apart);
    expect(setApart(path, 'own', apart)).toBe(false);
    expect([fileIdentity(path), readdirSync(dir)]).toEqual([other, ['X.ok']]);
  });

  it('does not go back where yet another one has its name', () => {
    write(apart);
    const newest = write(path);
    expect(setApart(path, 'own', apart)).toBe(false);
    expect([fileIdentity(path), readdirSync(dir)]).toEqual([newest, ['X.ok']]);
  });
});
