import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { loadCatalogue } from '../../../src/adapters/schemas/load-catalogue';
import { openBatchStore } from '../../../src/adapters/sqlite/open-batch-store';
import { renderRecords } from '../../../src/cli/render-records';
import { NO_RECORDS } from '../../../src/domain/batch';
import { makeOrigin } from '../../support/make-origin';
import { SCHEMAS } from '../../support/shipped-examples';
import { type CommandHome, makeCommandHome } from './command-home';

const TYPE = 'RapidTestResult';
const catalogue = loadCatalogue(SCHEMAS);
const fields = catalogue.types.get(TYPE)!.fields.map(({ name }) => name);
/** What spreadsheets, delimiters and encodings could spoil. */
const HARD = ['a,b', '"q"', ' lead', 'é€', "d'Hoine", '=1+1', '0123'];

let home: CommandHome;
beforeEach(() => {
  home = makeCommandHome();
});
afterEach(() => home.remove());

/** Records with these first values, accepted in one batch received then. */
function store(firsts: readonly string[], receivedAt: string, number = 1): void {
  const batchStore = openBatchStore({ path: join(home.dataDir, 'labdrop.db'), catalogue });
  const id = `01900000-0000-7000-8000-00000000000${number}`;
  const batch = batchStore.open(
    makeOrigin({ id, receivedAt, messageType: TYPE, baseName: id, fileTime: `2021-01-0${number} 12:00:00` }),
  );
  batchStore.markClaimed(id, receivedAt);
  const staging = batchStore.openStaging(batch, catalogue.types.get(TYPE)!);
  firsts.forEach((first, index) => {
    const values = fields.map((_, at) => (at === 0 ? first : ''));
    const place = { line: index + 2, record: index + 1, offset: 0, length: 1 };
    staging.addRecord({ ...place, values, key: `key ${index}`, patient: 'p', warned: false });
  });
  staging.settle();
  const counts = {
    ...NO_RECORDS,
    records: firsts.length,
    accepted: firsts.length,
    corrected: staging.counts().corrected,
  };
  staging.commit({
    ...{ outcome: 'ACCEPTED', counts, sha256: null, schemaVersion: '1', committedAt: receivedAt },
    ...{ dialect: null, header: null },
  });
  batchStore.close();
}

const parse = (text: string): Record<string, string>[] =>
  Papa.parse<Record<string, string>>(text, { header: true, delimiter: ',' }).data;
const head = ['_id', '_batch_id', '_version', '_received_at', ...fields];

describe('export', () => {
  it('prints CSV that reads back as it was stored', async () => {
    store(HARD, '2026-01-30T00:00:00.000Z');
    const { status, out, err } = await home.run(['export', '--type', TYPE]);
    expect([status, err]).toEqual([0, '']);
    expect(out.split('\n')[0]).toBe(head.map((name) => (name.includes(',') ? `"${name}"` : name)).join(','));
    const rows = parse(out);
    expect(rows.map((row) => row[fields[0]!])).toEqual(HARD);
    expect(rows[0]).toMatchObject({ _id: '1', _version: '1', _received_at: '2026-01-30T00:00:00.000Z' });
    expect(rows[0]![fields[1]!]).toBe('');
  });

  it('prints one JSON object a line', async () => {
    store(HARD, '2026-01-30T00:00:00.000Z');
    const { out } = await home.run(['export', '--type', TYPE, '--format', 'ndjson']);
    const rows = out.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.map((row) => row[fields[0]!])).toEqual(HARD);
    expect(Object.keys(rows[0]!)).toEqual(head);
    expect(rows[0]).toMatchObject({ _id: 1, _version: 1, [fields[1]!]: null });
  });

  it('gives current versions alone, and with --since those received then or later', async () => {
    store(['old', 'stays'], '2026-01-10T00:00:00.000Z', 1);
    store(['new', 'stays'], '2026-01-30T00:00:00.000Z', 2);
    const firsts = async (...args: string[]): Promise<unknown[]> =>
      parse((await home.run(['export', '--type', TYPE, ...args])).out).map((row) => [row['_version'], row[fields[0]!]]);
    expect(await firsts()).toEqual([
      ['1', 'stays'],
      ['2', 'new'],
    ]);
    expect(await firsts('--since', '7d')).toEqual([['2', 'new']]);
    expect(await firsts('--since', '2026-01-31')).toEqual([]);
  });

  it.each([
    ['csv', 1],
    ['ndjson', 0],
  ])('of no records %s has %d line(s)', async (format, lines) => {
    store([], '2026-01-30T00:00:00.000Z');
    const { status, out } = await home.run(['export', '--type', TYPE, '--format', format]);
    expect([status, out.split('\n').filter((line) => line !== '').length]).toEqual([0, lines]);
  });

  it('writes a file that nobody else can read, whole or not at all', async () => {
    store(HARD, '2026-01-30T00:00:00.000Z');
    const path = home.write('out/x.csv', 'earlier');
    const { out } = await home.run(['export', '--type', TYPE, '--out', 'out/x.csv']);
    expect(out).toBe(`Wrote ${path}: ${HARD.length} records`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toBe(`${(await home.run(['export', '--type', TYPE])).out}\n`);
    expect(readdirSync(join(home.dir, 'out'))).toEqual(['x.csv']);
  });

  it.each<[string, string[], RegExp]>([
    ['a type that is not known', ['--type', 'RapidTestResults'], /did you mean RapidTestResult\?/],
    ['no type', [], /--type <type>' not specified/],
    ['a format that is not known', ['--type', TYPE, '--format', 'xlsx'], /Allowed choices are csv, ndjson/],
    ['a time that is none', ['--type', TYPE, '--since', 'soon'], /write 30m/],
    ['a folder as file', ['--type', TYPE, '--out', 'senders'], /senders is no file/],
    ['a folder that is not there', ['--type', TYPE, '--out', 'gone/x'], /there is no folder .*gone/],
  ])('refuses %s', async (_what, args, message) => {
    store(['a'], '2026-01-30T00:00:00.000Z');
    mkdirSync(join(home.dir, 'senders'));
    const { status, out, err } = await home.run(['export', ...args]);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });

  it('tells that there is no store yet', async () => {
    expect(await home.run(['export', '--type', TYPE])).toMatchObject({
      status: 2,
      err: expect.stringMatching(/no store yet/) as string,
    });
    writeFileSync(join(home.dataDir, 'labdrop.db'), 'no database, and long enough to be told apart'.repeat(50));
    expect(await home.run(['export', '--type', TYPE])).toMatchObject({ status: 70 });
  });
});

describe('renderRecords', () => {
  it.each(['csv', 'ndjson'] as const)('holds a bounded number of %s rows at a time', (format) => {
    let taken = 0;
    let most = 0;
    function* rows(): Generator<readonly number[]> {
      for (let row = 0; row < 10_000; row++) {
        taken++;
        yield [row];
      }
    }
    let told = 0;
    for (const { text, records } of renderRecords({ columns: ['n'], rows: rows() }, format)) {
      most = Math.max(most, taken - told);
      told += records;
      expect(text.endsWith('\n')).toBe(false);
    }
    expect(told).toBe(10_000);
    expect(most).toBeLessThanOrEqual(500);
  });
});
