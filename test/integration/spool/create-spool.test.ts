/** The spool on real folders: each step twice, since a crash may make it be repeated. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSpool } from '../../../src/adapters/spool/create-spool';
import { archivePath, dataFolders, type DataFolders } from '../../../src/adapters/spool/data-folders';
import { exists, fileIdentity } from '../../../src/adapters/spool/durable-files';
import { NO_RECORDS } from '../../../src/domain/batch';
import type { BatchRecord } from '../../../src/domain/batch-record';
import type { Spool } from '../../../src/ports/spool';
import { QUIET_MS } from '../../../src/stages/settle/pair-files';
import { makeOrigin } from '../../support/make-origin';
import { traceSyncs } from '../../support/trace-syncs';

const CONTENT = 'a;b\n1;2\n';
/** Longer than the step in which a file system tells times. */
const TICK_MS = 20;

/** Each is read before the next one is asked for, which may lie in the same memory. */
function textsOf(chunks: Iterable<Uint8Array>): readonly string[] {
  return Array.from(chunks, (bytes) => Buffer.from(bytes).toString());
}

describe('the spool', () => {
  let home: string;
  let folders: DataFolders;
  let spool: Spool;
  let drop: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'labdrop-spool-'));
    folders = dataFolders(home);
    spool = createSpool(folders);
    drop = join(folders.accountsDir, 'lab');
    mkdirSync(join(drop, 'reports'), { recursive: true });
  });

  afterEach(() => rmSync(home, { recursive: true, force: true }));

  function dropped(overrides: Partial<BatchRecord> = {}): BatchRecord {
    const origin = makeOrigin();
    writeFileSync(join(drop, origin.fileName), CONTENT);
    writeFileSync(join(drop, origin.markerName!), 'records=1\n');
    return {
      ...origin,
      dataIdentity: fileIdentity(join(drop, origin.fileName)),
      markerIdentity: fileIdentity(join(drop, origin.markerName!)),
      ...NO_RECORDS,
      dialect: null,
      header: null,
      state: 'ready',
      outcome: null,
      sha256: null,
      schemaVersion: null,
      delivery: 1,
      previousBatch: null,
      claimedAt: null,
      committedAt: null,
      reportedAt: null,
      archivedAt: null,
      ...overrides,
    };
  }

  const bytesOf = (chunks: Iterable<Uint8Array>): string =>
    Buffer.concat([...chunks].map((chunk) => Buffer.from(chunk))).toString();

  it('sets a batch aside with nothing of its reports left, and leaves those of others', () => {
    const batch = dropped();
    spool.claim(batch);
    mkdirSync(folders.quarantineDir);
    const chunks = [Buffer.from('half')];
    spool.writeReport(batch, { name: 'a.errors.csv', chunks });
    spool.writeReport({ ...batch, id: 'other' }, { name: 'a.errors.csv', chunks });
    for (let times = 0; times < 2; times++) spool.setAside({ ...batch, state: 'claimed' });
    expect(readdirSync(join(folders.quarantineDir, batch.id)).sort()).toEqual([batch.markerName, 'data'].sort());
    expect(readdirSync(folders.stagingDir).map((name) => name.split('.')[0])).toEqual(['other']);
  });

  it('claims the file once and finds it again', () => {
    const batch = dropped();
    const claimed = spool.claim(batch);
    expect(bytesOf(spool.read(claimed!))).toBe(CONTENT);
    expect(readdirSync(drop)).toEqual([batch.markerName, 'reports'].sort());
    expect(spool.claim(batch)).toEqual(claimed);
  });

  it('leaves a file alone that is not the one the batch was opened for', () => {
    const batch = dropped();
    const other = join(drop, 'other');
    writeFileSync(other, 'other');
    renameSync(other, join(drop, batch.fileName));
    expect(spool.claim(batch)).toBeNull();
    expect(readFileSync(join(drop, batch.fileName), 'utf8')).toBe('other');
  });

  it('knows its files though a client sets their times', () => {
    const batch = dropped();
    utimesSync(join(drop, batch.fileName), 1000, 1000);
    utimesSync(join(drop, batch.markerName!), 1000, 1000);
    expect(spool.claim(batch)).not.toBeNull();
    spool.archive(batch);
    spool.clear(batch);
    expect(exists(join(drop, batch.markerName!))).toBe(false);
  });

  it('claims nothing under a marker that is another one, or gone', () => {
    const batch = dropped();
    const marker = join(drop, batch.markerName!);
    rmSync(marker);
    expect(spool.claim(batch)).toBeNull();
    writeFileSync(`${marker}.tmp`, 'records=2\n');
    renameSync(`${marker}.tmp`, marker);
    expect(spool.claim({ ...batch, markerIdentity: '1:1' })).toBeNull();
    expect([exists(join(drop, batch.fileName)), exists(folders.workDir)]).toEqual([true, false]);
  });

  it('keeps what its marker says when the next one comes, and leaves that one', () => {
    const batch = dropped();
    const marker = join(drop, batch.markerName!);
    expect(spool.claim(batch)).not.toBeNull();
    writeFileSync(`${marker}.tmp`, 'records=2\n');
    renameSync(`${marker}.tmp`, marker);
    expect(Buffer.from(spool.readMarker({ ...batch, state: 'claimed' })).toString()).toBe('records=1\n');
    spool.archive(batch);
    spool.clear(batch);
    expect(readdirSync(folders.workDir, { recursive: true })).toEqual(['staging']);
    expect(readFileSync(marker, 'utf8')).toBe('records=2\n');
  });

  it('keeps no more of a marker than is read of it', () => {
    const batch = dropped();
    writeFileSync(join(drop, batch.markerName!), 'records=1\n'.padEnd(1_000_000, ' '));
    expect(spool.claim(batch)).not.toBeNull();
    expect(readFileSync(join(folders.workDir, batch.id, batch.markerName!))).toHaveLength(4_096);
    expect(spool.readMarker({ ...batch, state: 'claimed' })).toHaveLength(4_096);
  });

  it('reads nothing into an empty marker when the next one says something', () => {
    const batch = dropped();
    const marker = join(drop, batch.markerName!);
    writeFileSync(marker, '');
    expect(spool.claim(batch)).not.toBeNull();
    writeFileSync(`${marker}.tmp`, 'records=2\n');
    renameSync(`${marker}.tmp`, marker);
    expect(spool.readMarker({ ...batch, state: 'claimed' })).toHaveLength(0);
  });

  it('sees that a claimed file is still written', () => {
    const claimed = spool.claim(dropped())!;
    expect(spool.isUnchanged(claimed, new Date())).toBe(true);
    writeFileSync(claimed.path, '3;4\n', { flag: 'a' });
    expect(spool.isUnchanged(claimed, new Date())).toBe(false);
  });

  it('takes a claimed file that is still written for whole when it has been quiet for a while', async () => {
    const batch = dropped();
    const { path } = spool.claim(batch)!;
    await sleep(5 * TICK_MS);
    writeFileSync(path, '3;4\n', { flag: 'a' });
    const now = Date.now();
    const again = spool.claim(batch)!;
    expect(spool.isUnchanged(again, new Date(now))).toBe(false);
    expect(spool.isUnchanged(again, new Date(now + QUIET_MS))).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(`${CONTENT}3;4\n`);
  });

  it('publishes nothing through a link', () => {
    const batch = dropped();
    const elsewhere = join(home, 'elsewhere');
    mkdirSync(elsewhere);
    rmSync(join(drop, 'reports'), { recursive: true });
    symlinkSync(elsewhere, join(drop, 'reports'));
    const { name } = spool.writeReport(batch, { name: 'R', chunks: [Buffer.from('x')] });
    expect(() => spool.publishReports(batch, [name])).toThrow(/links are not followed/);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('names what lies beside a batch, uploads that broke off too', () => {
    const batch = dropped();
    expect(spool.namesBeside(batch)).toMatchObject({ partials: [] });
    const uploads = join(folders.uploadsDir, batch.account, batch.folder);
    mkdirSync(uploads, { recursive: true });
    writeFileSync(join(uploads, 'Y.csv'), 'half');
    const { files, partials } = spool.namesBeside(batch);
    expect(partials).toEqual(['Y.csv']);
    expect(files).toContain(batch.fileName);
    expect(files).not.toContain('Y.csv');
  });

  it('reads the marker and ranges of the data', () => {
    const batch = dropped();
    const claimed = spool.claim(batch)!;
    expect(Buffer.from(spool.readMarker(batch)).toString()).toBe('records=1\n');
    const ranges = [
      { offset: 0, length: 3 },
      { offset: 4, length: 3 },
    ];
    expect(textsOf(spool.readRanges(claimed, ranges))).toEqual(['a;b', '1;2']);
  });

  it('reads ranges that lie far apart and are longer than its window', () => {
    const batch = dropped();
    const long = 'x'.repeat(700_000);
    writeFileSync(join(drop, batch.fileName), `${long}\n${long}y\nz\n${'v'.repeat(700_000)}`);
    const claimed = spool.claim(batch)!;
    const ranges = [
      { offset: 700_001, length: 700_001 },
      { offset: 1_400_003, length: 1 },
      { offset: 2_100_003, length: 2 },
    ];
    expect(textsOf(spool.readRanges(claimed, ranges))).toEqual([`${long}y`, 'z', 'vv']);
  });

  it('publishes reports whole, and the announcement only with them', () => {
    const batch = dropped();
    spool.claim(batch);
    const chunks = [Buffer.from('one'), Buffer.from('two')];
    const written = spool.writeReport(batch, { name: 'B.report.json', chunks });
    spool.writeReport(batch, { name: 'B.report.ok', chunks: [] });
    expect(written.bytes).toBe(6);
    expect(readdirSync(join(drop, 'reports'))).toEqual([]);
    for (let again = 0; again < 2; again++) {
      spool.publishReports(batch, ['B.report.json', 'B.report.ok']);
      expect(readdirSync(join(drop, 'reports'))).toEqual(['B.report.json', 'B.report.ok']);
    }
    expect(readFileSync(join(drop, 'reports/B.report.json'), 'utf8')).toBe('onetwo');
  });

  it.each(['before the file was moved', 'after it'])(
    'makes the names of archive folders durable that a process made which was killed, %s',
    async (when) => {
      const batch = dropped();
      spool.claim(batch);
      const target = join(folders.archiveDir, archivePath(batch));
      const month = dirname(target);
      mkdirSync(month, { recursive: true });
      if (when === 'after it') renameSync(join(folders.workDir, batch.id, 'data'), target);
      const year = dirname(month);
      const syncs = await traceSyncs(() => spool.archive(batch));
      expect(syncs).toEqual([folders.archiveDir, dirname(year), year, month]);
      expect(await traceSyncs(() => spool.archive(batch))).toEqual([month]);
    },
  );

  it('makes the archive folder anew that was removed meanwhile', async () => {
    const [first, second] = [dropped(), dropped({ id: '01900000-0000-7000-8000-000000000002' })];
    const month = join(folders.archiveDir, dirname(archivePath(first)));
    for (const batch of [first, second]) {
      writeFileSync(join(drop, batch.fileName), CONTENT);
      spool.claim({ ...batch, dataIdentity: fileIdentity(join(drop, batch.fileName)) });
    }
    spool.archive(first);
    rmSync(dirname(month), { recursive: true });
    const syncs = await traceSyncs(() => spool.archive(second));
    expect(syncs).toEqual([dirname(dirname(month)), dirname(month), month]);
    expect(readdirSync(month)).toHaveLength(1);
  });

  it('archives the original and removes the marker', () => {
    const batch = dropped();
    spool.claim(batch);
    const expected = archivePath(batch);
    expect(expected).toBe(`81365677/2021/01/${batch.id}_${batch.fileName}`);
    for (let again = 0; again < 2; again++) expect(spool.archive(batch)).toBe(expected);
    expect(readFileSync(join(folders.archiveDir, expected), 'utf8')).toBe(CONTENT);
    expect(readdirSync(drop)).toContain(batch.markerName);
    for (let again = 0; again < 2; again++) spool.clear(batch);
    expect(readdirSync(drop)).toEqual(['reports']);
    expect(readdirSync(folders.workDir, { recursive: true })).toEqual(['staging']);
  });

  it('does not remove a marker that came later under the same name', () => {
    const batch = dropped();
    spool.claim(batch);
    const next = join(drop, '.next');
    writeFileSync(next, '');
    renameSync(next, join(drop, batch.markerName!));
    spool.archive(batch);
    spool.clear(batch);
    expect(exists(join(drop, batch.markerName!))).toBe(true);
  });

  it.each([
    ['stays behind the next file of that name', ['data', 'marker'], true],
    ['goes before it', ['marker', 'data'], false],
    ['goes alone', ['marker'], false],
  ])('a marker that was written again in its place %s', async (_, order, isLeft) => {
    const batch = dropped();
    spool.claim(batch);
    spool.archive(batch);
    for (const which of order) {
      await sleep(TICK_MS);
      writeFileSync(join(drop, which === 'data' ? batch.fileName : batch.markerName!), '');
    }
    expect(fileIdentity(join(drop, batch.markerName!))).toBe(batch.markerIdentity);
    for (let again = 0; again < 2; again++) spool.clear(batch);
    expect(exists(join(drop, batch.markerName!))).toBe(isLeft);
  });

  it('keeps nothing of a rehearsal', () => {
    const batch = dropped({ mode: 'test' });
    spool.claim(batch);
    expect(spool.archive(batch)).toBeNull();
    spool.clear(batch);
    expect(exists(folders.archiveDir)).toBe(false);
    expect(readdirSync(drop)).toEqual(['reports']);
  });

  it('turns an error of the file system into a fault', () => {
    const batch = dropped();
    writeFileSync(folders.workDir, 'a file where the folder should be');
    let thrown: unknown;
    try {
      spool.claim(batch);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ name: 'Fault', code: 'S901' });
    expect(exists(join(drop, batch.fileName))).toBe(true);
  });
});
