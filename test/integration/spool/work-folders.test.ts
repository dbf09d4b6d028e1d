/** Folders of batches in work, on a real file system. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolders, type DataFolders, spareFolderPath } from '../../../src/adapters/spool/data-folders';
import { WorkFolders } from '../../../src/adapters/spool/work-folders';

describe('work folders', () => {
  let home: string;
  let folders: DataFolders;
  let synced: string[];
  let work: WorkFolders;

  const open = (): WorkFolders => new WorkFolders(folders, (path) => void synced.push(path));
  const inode = (id: string): number => statSync(work.path(id)).ino;
  const inWork = (): readonly string[] => readdirSync(folders.workDir).sort();

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'labdrop-work-'));
    folders = dataFolders(home);
    mkdirSync(folders.stagingDir, { recursive: true });
    synced = [];
    work = open();
  });

  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('serve one batch after the other, each change durable', () => {
    work.make('a');
    const first = inode('a');
    work.remove('a');
    expect(inWork()).toEqual(['staging']);
    work.make('b');
    expect(inode('b')).toBe(first);
    expect(synced).toEqual([folders.workDir, folders.workDir, folders.workDir]);
    work.make('b');
    expect([inode('b'), readdirSync(folders.stagingDir)]).toEqual([first, []]);
  });

  it('are taken over from a former run, but for one that holds something', () => {
    work.make('a');
    const first = inode('a');
    work.remove('a');
    const filled = spareFolderPath(folders.stagingDir, 'filled');
    mkdirSync(filled);
    writeFileSync(join(filled, 'data'), 'of somebody');
    work = open();
    for (const id of ['b', 'c']) work.make(id);
    expect([inode('b'), readdirSync(work.path('c')), readdirSync(filled)]).toEqual([first, [], ['data']]);
  });

  it('are made where another thread took the spare one first', () => {
    work.make('a');
    work.remove('a');
    const other = open();
    other.make('b');
    work.make('c');
    expect(inWork()).toEqual(['b', 'c', 'staging']);
  });

  it('go with all they hold, and may be gone', () => {
    work.make('a');
    writeFileSync(join(work.path('a'), 'data.copy'), 'half');
    for (let times = 0; times < 2; times++) work.remove('a');
    expect([inWork(), readdirSync(folders.stagingDir)]).toEqual([['staging'], []]);
  });

  it('stay, and fail, where the disk lets none be kept', () => {
    work.make('a');
    work.make('b');
    work.remove('b');
    rmSync(folders.stagingDir, { recursive: true });
    writeFileSync(folders.stagingDir, 'a file in its place');
    expect(() => {
      work.remove('a');
    }).toThrow(/ENOTDIR/);
    expect(inWork()).toEqual(['a', 'staging']);
  });

  it('are not kept without end', () => {
    const ids = Array.from({ length: 40 }, (_, number) => `b${number}`);
    for (const id of ids) work.make(id);
    for (const id of ids) work.remove(id);
    expect([inWork(), readdirSync(folders.stagingDir).length]).toEqual([['staging'], 32]);
  });
});
