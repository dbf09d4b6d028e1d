/** A replay's way through the spool: a copy is worked on, the original stays. Each step twice, as after a crash. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createSpool } from '../../../src/adapters/spool/create-spool';
import { archivePath, dataFolders, type DataFolders } from '../../../src/adapters/spool/data-folders';
import { NO_RECORDS } from '../../../src/domain/batch';
import type { BatchRecord } from '../../../src/domain/batch-record';
import type { Spool } from '../../../src/ports/spool';
import { makeOrigin } from '../../support/make-origin';

const CONTENT = 'a;b\n1;2\n';
const REPLAY = '01900000-0000-7000-8000-000000000009';

describe('the spool, of a replay', () => {
  let home: string;
  let folders: DataFolders;
  let spool: Spool;
  let original: string;
  let replay: BatchRecord;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'labdrop-spool-'));
    folders = dataFolders(home);
    spool = createSpool(folders);
    const origin = makeOrigin();
    const relative = archivePath(origin);
    original = join(folders.archiveDir, relative);
    mkdirSync(dirname(original), { recursive: true });
    writeFileSync(original, CONTENT, { mode: 0o440 });
    // A newer upload of the same name waits in the drop folder: a replay must not touch it.
    mkdirSync(join(folders.accountsDir, 'lab'), { recursive: true });
    writeFileSync(join(folders.accountsDir, 'lab', origin.fileName), 'newer');
    replay = {
      ...makeOrigin({
        id: REPLAY,
        cause: 'replay',
        run: 2,
        replayOf: origin.id,
        markerName: null,
        dataIdentity: relative,
      }),
      ...NO_RECORDS,
      ...{ dialect: null, header: null, state: 'ready', outcome: null, sha256: null, schemaVersion: null },
      ...{ delivery: 2, previousBatch: origin.id },
      ...{ claimedAt: null, committedAt: null, reportedAt: null, archivedAt: null },
    };
  });

  afterEach(() => {
    expect(readFileSync(join(folders.accountsDir, 'lab', replay.fileName), 'utf8')).toBe('newer');
    rmSync(home, { recursive: true, force: true });
  });

  const copy = (): string => join(folders.workDir, REPLAY, 'data');

  it('works on a copy and leaves the original', () => {
    expect(spool.claim(replay)).toMatchObject({ path: copy(), bytes: CONTENT.length });
    expect(readFileSync(copy(), 'utf8')).toBe(CONTENT);
    expect(spool.claim(replay)).toMatchObject({ path: copy(), bytes: CONTENT.length });
    for (let again = 0; again < 2; again++) expect(spool.archive(replay)).toBe(replay.dataIdentity);
    for (let again = 0; again < 2; again++) spool.clear(replay);
    expect(readdirSync(folders.workDir)).toEqual([]);
    expect(readFileSync(original, 'utf8')).toBe(CONTENT);
  });

  it('makes a copy that a crash cut short again', () => {
    mkdirSync(dirname(copy()), { recursive: true });
    writeFileSync(`${copy()}.copy`, CONTENT.slice(0, 3));
    expect(spool.claim(replay)?.bytes).toBe(CONTENT.length);
    expect(readdirSync(dirname(copy()))).toEqual(['data']);
  });

  it('goes on with its copy when the original has gone meanwhile', () => {
    spool.claim(replay);
    rmSync(original);
    expect(spool.claim({ ...replay, state: 'claimed' })?.bytes).toBe(CONTENT.length);
    expect(spool.archive({ ...replay, state: 'reported' })).toBeNull();
  });

  it('gives up before it has begun, and never later', () => {
    rmSync(original);
    expect(spool.claim(replay)).toBeNull();
    expect(() => spool.claim({ ...replay, state: 'claimed' })).toThrow(/original of batch .* is gone from the archive/);
  });
});
