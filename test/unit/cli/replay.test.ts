import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { archivePath } from '../../../src/adapters/spool/data-folders';
import { acquireInstanceLock } from '../../../src/adapters/sqlite/instance-lock';
import { openStoreReader } from '../../../src/adapters/sqlite/open-store-reader';
import type { BatchOrigin, BatchRecord } from '../../../src/domain/batch-record';
import { makeOrigin } from '../../support/make-origin';
import { type CommandHome, makeCommandHome } from './command-home';

const ID = '01900000-0000-7000-8000-000000000001';
const OTHER = '01900000-0000-7000-8000-000000000002';
const RECEIVED = '2026-01-31T11:00:00.000Z';
const CONTENT = 'a;b\n1;2\n';

let home: CommandHome;
beforeEach(() => {
  home = makeCommandHome();
});
afterEach(() => home.remove());

/** A batch that is done, its original in the archive. */
function done(overrides: Partial<BatchOrigin> = {}, archive = true): string {
  const origin = makeOrigin({ id: ID, receivedAt: RECEIVED, dataIdentity: '1:1', ...overrides });
  home.commit(origin, [], { archive });
  const path = join(home.dataDir, 'archive', archivePath(origin));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, CONTENT);
  return path;
}

function batches(): readonly BatchRecord[] {
  const reader = openStoreReader(join(home.dataDir, 'labdrop.db'));
  try {
    return reader.batches();
  } finally {
    reader.close();
  }
}

/** As the worker does with what the program failed at twice. */
function setAside(id: string): void {
  const db = new Database(join(home.dataDir, 'labdrop.db'));
  db.prepare("UPDATE batches SET quarantined_at = ?, quarantine_reason = 'why' WHERE id = ?").run(RECEIVED, id);
  db.close();
}

describe('replay', () => {
  it('asks for a new run of the original', async () => {
    done();
    const { status, out, err } = await home.run(['replay', ID]);
    expect([status, err]).toEqual([0, 'No daemon runs: the replay is done at its next start.']);
    const [replay, original] = batches();
    expect(out).toBe(`${original!.fileName}  run 2  ${replay!.id}  ready`);
    expect(replay).toMatchObject({
      cause: 'replay',
      state: 'ready',
      run: 2,
      replayOf: ID,
      dataIdentity: archivePath(original!),
      markerName: null,
      markerIdentity: null,
      bytes: CONTENT.length,
      receivedAt: '2026-01-31T12:00:00.000Z',
      delivery: 2,
    });
    for (const same of [
      'account',
      'sender',
      'messageType',
      'fileName',
      'baseName',
      'folder',
      'mode',
      'language',
    ] as const) {
      expect(replay![same]).toBe(original![same]);
    }
    expect(replay!.fileTime).toBe(original!.fileTime);
  });

  it('takes an id, the beginning of one, a file name or a replay of it for the same batch', async () => {
    done();
    const { out } = await home.run(['replay', ID, makeOrigin().fileName, ID.slice(0, 8), '--json']);
    const views = JSON.parse(out) as { batch: BatchRecord; reports: unknown }[];
    expect(views).toHaveLength(1);
    expect(views[0]).toMatchObject({ batch: { run: 2, replayOf: ID }, reports: null });
    const again = await home.run(['replay', views[0]!.batch.id]);
    expect(again.err).toMatch(/run 2 of it is still in work \(ready, /);
  });

  it('names the message type that today’s schemas know', async () => {
    done({ messageType: null, sender: null });
    await home.run(['replay', ID]);
    expect(batches()[0]).toMatchObject({ messageType: 'LaboratoryTestResult', sender: '81365677' });
  });

  it.each<[string, Partial<BatchOrigin>, boolean, RegExp]>([
    ['a rehearsal', { mode: 'test', folder: 'test' }, true, /it was a rehearsal/],
    ['what was withdrawn', { cause: 'cancelled' }, true, /its sender withdrew it/],
    ['a marker alone', { cause: 'orphan-marker', dataIdentity: null }, true, /no data file/],
    ['a reminder', { cause: 'unmarked' }, true, /no data file/],
    ['a batch in work', {}, false, /still in work \(committed\)/],
  ])('refuses %s', async (_what, overrides, archive, message) => {
    done(overrides, archive);
    const { status, out, err } = await home.run(['replay', ID]);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(batches()).toHaveLength(1);
  });

  it('says of what was set aside how it goes on', async () => {
    done({}, false);
    setAside(ID);
    const { status, err } = await home.run(['replay', ID]);
    expect(status).toBe(2);
    expect(err).toContain(`it was set aside; labdrop release ${ID} gives it another try`);
  });

  it('waits for no run that was set aside, and says so now and later', async () => {
    done();
    const lock = acquireInstanceLock(home.dataDir);
    let pauses = 0;
    let run = '';
    const { status, err } = await home.run(['replay', ID], () => {
      run = batches()[0]!.id;
      setAside(run);
      return ++pauses < 5;
    });
    lock.release();
    const told = `run 2 of it was set aside; labdrop release ${run} gives it another try`;
    expect([status, pauses, err]).toEqual([70, 1, `${makeOrigin().fileName}: ${told}`]);
    expect((await home.run(['replay', ID])).err).toContain(`cannot be replayed: ${told}`);
  });

  it('refuses all when one cannot be done, and tells each', async () => {
    done();
    rmSync(done({ id: OTHER, fileName: 'other.csv', baseName: 'other' }));
    const { status, err } = await home.run(['replay', ID, OTHER]);
    expect(status).toBe(2);
    expect(err).toMatch(
      new RegExp(`^other\\.csv \\(${OTHER}\\) cannot be replayed: its original is no longer in the archive`),
    );
    expect(batches()).toHaveLength(2);
  });

  it.each([
    ['nobody', /no batch is, begins with or is named "nobody"/],
    ['0190', /several batches may be meant:\n {2}01900000/],
  ])('refuses %s', async (text, message) => {
    done();
    done({ id: OTHER, fileName: 'other.csv', baseName: 'other' });
    const { status, err } = await home.run(['replay', text]);
    expect(status).toBe(2);
    expect(err).toMatch(message);
  });

  it('refuses before the first batch', async () => {
    expect(await home.run(['replay', 'x'])).toMatchObject({ status: 2, err: 'there is no batch yet' });
  });

  it('waits for a running daemon, and not with --no-wait', async () => {
    done();
    const lock = acquireInstanceLock(home.dataDir);
    try {
      let pauses = 0;
      const waited = await home.run(['replay', ID], () => ++pauses < 3);
      expect([waited.status, pauses]).toEqual([0, 3]);
      expect(waited.err).toMatch(/at its next rescan/);
      done({ id: OTHER, fileName: 'other.csv', baseName: 'other' });
      await home.run(['replay', OTHER, '--no-wait'], () => ++pauses < 100);
      expect(pauses).toBe(3);
    } finally {
      lock.release();
    }
  });
});
