/** What reaches the drop folder beside plain uploads: each way through the running daemon, seen in its reports. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { writeAccount } from '../support/add-account';
import { type BuiltDaemon, type Home, listNames, makeHome, startDaemon } from '../support/built-daemon';
import { dropFolder, isAnswered } from '../support/drop-folder';
import { readValue } from '../support/query-store';
import { LABORATORY_EXAMPLE, readExample, SENDER } from '../support/shipped-examples';
import { until } from '../support/until';

const TYPE = 'LaboratoryTestResult';
const EXAMPLE = readExample(LABORATORY_EXAMPLE);
const LONG_AGO_SECONDS = Date.now() / 1000 - 1_000_000;
/** Long enough for a test to do something within them on a machine that is busy. */
const GRACE_SECONDS = 8;
const REMINDER_SECONDS = 9;

interface ReportJson {
  readonly outcome: string;
  readonly mode: string;
  readonly counts: { records: number; accepted: number; rejected: number; duplicate: number };
  readonly groups: { code: string; samples: { message: string; value: string | null }[] }[];
}

/** Of nobody: the file is right, and no login comes of it. */
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMmVbp97x7dydfl9v2p7guIWH2UFr9kFvElOXtdj29I6 lab';

class Intake {
  private time = 210_601_000_000;

  constructor(
    readonly home: Home,
    readonly daemon: BuiltDaemon,
  ) {}

  nextBase(): string {
    this.time += 1;
    return `${SENDER}_${TYPE}_${this.time}`;
  }

  folder(where: string): string {
    const path = dropFolder(this.home, where);
    mkdirSync(join(path, 'reports'), { recursive: true });
    return path;
  }

  /** Puts a file there whole, as another program on the machine would. */
  put(where: string, name: string, content: string, time?: number): void {
    const path = join(this.folder(where), name);
    writeFileSync(`${path}.tmp`, content);
    if (time !== undefined) utimesSync(`${path}.tmp`, time, time);
    renameSync(`${path}.tmp`, path);
  }

  async report(where: string, base: string): Promise<ReportJson> {
    await until(() => isAnswered(this.folder(where), base), `a report on ${base}`);
    return JSON.parse(readFileSync(join(this.folder(where), 'reports', `${base}.report.json`), 'utf8')) as ReportJson;
  }

  stored(): number {
    return Number(readValue(this.home.storePath, `SELECT count(*) FROM "${TYPE}"`));
  }
}

async function startIntake(ingest: string): Promise<Intake> {
  const home = makeHome(`ingest: { rescanSeconds: 1, ${ingest} }`);
  for (const [name, status] of [
    ['lab', 'production'],
    ['trial', 'test'],
  ] as const) {
    writeAccount(home, name, { status, authorizedKeys: [KEY] });
  }
  return new Intake(home, await startDaemon(home));
}

async function stopIntake(intake: Intake): Promise<void> {
  const status = await intake.daemon.stop();
  intake.home.remove();
  expect(status).toBe(0);
}

const codesOf = (report: ReportJson): readonly string[] => report.groups.map(({ code }) => code);
const lines = EXAMPLE.trimEnd().split(/\r?\n/);
/** The example's records under test ids of their own, and `wrong` of them without a result. */
function batch(label: string, wrong = 0): string {
  const column = (lines[0] ?? '').split(';').indexOf('TestId1');
  const result = (lines[0] ?? '').split(';').indexOf('TestResult1');
  const rows = lines.slice(1).map((line, index) => {
    const cells = line.split(';');
    cells[column] = `${label}-${index}`;
    if (index < wrong) cells[result] = '';
    return cells.join(';');
  });
  return [lines[0], ...rows, ''].join('\n');
}

describe('intake', () => {
  let intake: Intake;

  beforeAll(async () => {
    intake = await startIntake(
      `markerGraceSeconds: ${GRACE_SECONDS}, unmarkedReminderHours: ${REMINDER_SECONDS / 3600}, maxFileBytes: 20000`,
    );
  });

  afterAll(() => stopIntake(intake));

  it('checks the totals a marker declares', async () => {
    const content = batch('totals');
    const sha256 = createHash('sha256').update(content).digest('hex');
    const right = intake.nextBase();
    intake.put('lab', `${right}.csv`, content);
    intake.put('lab', `${right}.ok`, `records=5\r\nsha256=${sha256.toUpperCase()}\r\nwhatever\r\n`);
    expect(await intake.report('lab', right)).toMatchObject({ outcome: 'ACCEPTED', groups: [] });

    const miscounted = intake.nextBase();
    intake.put('lab', `${miscounted}.csv`, batch('miscounted'));
    intake.put('lab', `${miscounted}.csv.ok`, 'records=6');
    const counted = await intake.report('lab', miscounted);
    expect([counted.outcome, codesOf(counted), counted.counts.rejected]).toEqual(['REJECTED', ['F011'], 5]);

    const changed = intake.nextBase();
    intake.put('lab', `${changed}.csv`, batch('changed'));
    intake.put('lab', `${changed}.ok`, `sha256=${'0'.repeat(64)}`);
    const hashed = await intake.report('lab', changed);
    expect([hashed.outcome, codesOf(hashed), hashed.counts.records]).toEqual(['REJECTED', ['F012'], 0]);
  });

  it('withdraws a file on request, and keeps nothing of it', async () => {
    const base = intake.nextBase();
    const before = intake.stored();
    intake.put('lab', `${base}.csv`, batch('cancelled'));
    intake.put('lab', `${base}.cancel`, '');
    const report = await intake.report('lab', base);
    expect([report.outcome, codesOf(report)]).toEqual(['REJECTED', ['F015']]);
    expect(intake.stored()).toBe(before);
    await until(() => !readdirSync(intake.folder('lab')).some((name) => name.startsWith(base)), 'an empty drop folder');
  });

  it('withdraws a file that waits for its turn', async () => {
    const [first, second] = [intake.nextBase(), intake.nextBase()];
    const store = new Database(intake.home.storePath);
    store.exec('BEGIN IMMEDIATE'); // the first one waits for it, and the second one for the first
    for (const base of [first, second]) {
      intake.put('lab', `${base}.csv`, batch(base));
      intake.put('lab', `${base}.ok`, '');
      await new Promise((later) => setTimeout(later, 1_500));
    }
    intake.put('lab', `${second}.cancel`, '');
    await new Promise((later) => setTimeout(later, 1_500));
    store.close();
    expect((await intake.report('lab', first)).outcome).toBe('ACCEPTED');
    expect(codesOf(await intake.report('lab', second))).toEqual(['F015']);
    await until(() => !readdirSync(intake.folder('lab')).some((name) => name.startsWith(second)), 'an empty folder');
  });

  it('tells of a marker whose data never came, and names what lies there instead', async () => {
    const base = intake.nextBase();
    intake.put('lab', `${base}.txt`, batch('misnamed'));
    intake.put('lab', `${base}.ok`, '');
    const report = await intake.report('lab', base);
    expect(codesOf(report)).toEqual(['F006']);
    expect(report.groups[0]?.samples[0]?.message).toContain(`${base}.txt`);
    expect(listNames(intake.folder('lab'))).toContain(`${base}.txt`);
    await until(() => !listNames(intake.folder('lab')).includes(`${base}.ok`), 'the marker to be taken');
  });

  it('tells once of data that waits for its marker, and takes it when the marker comes', async () => {
    const base = intake.nextBase();
    intake.put('lab', `${base}.csv`, batch('waiting'));
    expect(codesOf(await intake.report('lab', base))).toEqual(['F007']);
    await new Promise((later) => setTimeout(later, 2_500));
    expect(isAnswered(intake.folder('lab'), `${base}.r2`)).toBe(false);
    intake.put('lab', `${base}.ok`, '');
    expect(await intake.report('lab', `${base}.r2`)).toMatchObject({ outcome: 'ACCEPTED' });
  });

  it('counts from when a file came, whatever its own time is', async () => {
    const [data, marker] = [intake.nextBase(), intake.nextBase()];
    intake.put('lab', `${data}.csv`, batch('exported long ago'), LONG_AGO_SECONDS);
    intake.put('lab', `${marker}.ok`, '', LONG_AGO_SECONDS);
    await new Promise((later) => setTimeout(later, 1_500));
    intake.put('lab', `${data}.ok`, '');
    intake.put('lab', `${marker}.csv`, batch('marked long ago'));
    for (const base of [data, marker]) expect((await intake.report('lab', base)).outcome).toBe('ACCEPTED');
  });

  it('passes over a marker that is sent again', async () => {
    const base = intake.nextBase();
    intake.put('lab', `${base}.csv`, batch('again'));
    intake.put('lab', `${base}.ok`, '');
    await intake.report('lab', base);
    intake.put('lab', `${base}.ok`, '');
    await until(() => !listNames(intake.folder('lab')).includes(`${base}.ok`), 'the repeated marker to be taken');
    expect(isAnswered(intake.folder('lab'), `${base}.r2`)).toBe(false);
  });

  it.each(['lab/test', 'trial', 'trial/test'])('rehearses what is dropped in %s', async (where) => {
    const base = intake.nextBase();
    const before = intake.stored();
    intake.put(where, `${base}.csv`, batch(`rehearsal ${where}`, 1));
    intake.put(where, `${base}.ok`, '');
    const report = await intake.report(where, base);
    expect([report.mode, report.outcome, codesOf(report)]).toEqual(['test', 'PARTIAL', ['V200']]);
    expect(intake.stored()).toBe(before);
  });

  it('refuses a file that is too large, and a name from the future only with a warning', async () => {
    const large = intake.nextBase();
    intake.put('lab', `${large}.csv`, `${batch('large')}${' '.repeat(20_000)}`);
    intake.put('lab', `${large}.ok`, '');
    expect(codesOf(await intake.report('lab', large))).toEqual(['F009']);

    const future = `${SENDER}_${TYPE}_991231235959`;
    intake.put('lab', `${future}.csv`, batch('future'));
    intake.put('lab', `${future}.ok`, '');
    const report = await intake.report('lab', future);
    expect([report.outcome, codesOf(report)]).toEqual(['ACCEPTED', ['F005']]);
  });

  it('knows a file by its content, and its name by earlier content', async () => {
    const base = intake.nextBase();
    intake.put('lab', `${base}.csv`, batch('repeated'));
    intake.put('lab', `${base}.ok`, '');
    await intake.report('lab', base);
    const same = intake.nextBase();
    intake.put('lab', same, batch('repeated'));
    intake.put('lab', `${same}.ok`, '');
    const repeated = await intake.report('lab', same);
    expect([repeated.outcome, codesOf(repeated), repeated.counts.duplicate]).toEqual(['DUPLICATE', ['D401'], 5]);
    intake.put('lab', `${base}.csv`, batch('other content'));
    intake.put('lab', `${base}.ok`, '');
    const other = await intake.report('lab', `${base}.r2`);
    expect([other.outcome, codesOf(other)]).toEqual(['ACCEPTED', ['F014']]);
  });

  it('refuses names that are wrong, each for its reason', async () => {
    for (const [name, codes] of [
      [`${SENDER}_LaboratoryTestResults_210601120000`, ['F002']],
      [`99999999_${TYPE}_210601120000`, ['F003']],
      [`${SENDER}_${TYPE}_210631120000`, ['F004']],
      [`${SENDER}_${TYPE}_2106`, ['F001']],
    ] as const) {
      intake.put('lab', `${name}.csv`, batch(name));
      intake.put('lab', `${name}.ok`, '');
      const report = await intake.report('lab', name);
      expect([report.outcome, codesOf(report), report.counts.records]).toEqual(['REJECTED', codes, 0]);
    }
  });
});

describe.each([
  { ingest: 'mode: file', wrong: 1, trips: true },
  { ingest: 'mode: file', wrong: 0, trips: false },
  { ingest: 'maxRejected: 2', wrong: 2, trips: false },
  { ingest: 'maxRejected: 2', wrong: 3, trips: true },
  { ingest: 'maxRejectedRatio: 0.4', wrong: 2, trips: false },
  { ingest: 'maxRejectedRatio: 0.4', wrong: 3, trips: true },
])('under $ingest', ({ ingest, wrong, trips }) => {
  it(`${wrong} wrong of 5 ${trips ? 'reject the file' : 'let the others in'}`, async () => {
    const intake = await startIntake(ingest);
    try {
      const base = intake.nextBase();
      intake.put('lab', `${base}.csv`, batch('threshold', wrong));
      intake.put('lab', `${base}.ok`, '');
      const report = await intake.report('lab', base);
      expect(codesOf(report).includes('F013')).toBe(trips);
      expect(report.counts.accepted).toBe(trips ? 0 : 5 - wrong);
      expect(intake.stored()).toBe(trips ? 0 : 5 - wrong);
    } finally {
      await stopIntake(intake);
    }
  });
});
