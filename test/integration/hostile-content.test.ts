/**
 * Content that is made to break programs, or looks so: each gets findings, never a crash, in bounded memory. Reports
 * stay readable and small, totals true.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { dropFolder } from '../../src/adapters/spool/data-folders';
import { type Fields } from '../support/damages';
import { type Example, examples } from '../support/example-file';
import { makePipelineHome, type PipelineHome, type Processed } from '../support/pipeline-home';
import { SENDER } from '../support/shipped-examples';

const TYPE = 'LaboratoryTestResult';
const csv = examples.find(({ type, shape }) => type === TYPE && shape === 'csv')!;
const json = examples.find(({ type, shape }) => type === TYPE && shape === 'json')!;
const REPORT_BYTES_MAX = 256 * 1024;
/** More than what any of these files may add to the memory in use, far less than what holding them whole would. */
const MEMORY_MAX = 256 * 1024 * 1024;

let home: PipelineHome;
let files = 0;
beforeEach(() => {
  home = makePipelineHome({ onDisk: true });
});
afterEach(() => home.remove());

function nameOf(extension: 'csv' | 'json'): string {
  return `${SENDER}_${TYPE}_2105100${String(10_000 + files++)}.${extension}`;
}

function row(changes: Fields, at = 0): string {
  const record = { ...csv.records[at]!, ...changes };
  return csv.fields.map((field) => record[field] ?? '').join(';');
}

const HEADER = csv.fields.join(';');

function brief({ findings }: Processed): readonly string[] {
  return findings.map(({ code, line, field }) => `${code} ${String(line)} ${field ?? ''}`);
}

function reportBytes({ batch }: Processed): number {
  return home.report(`${batch.baseName}.report.json`)!.length;
}

/** The example with the text of its first object changed. */
function objects({ records }: Example, change: (text: string) => string): string {
  return `[\n${records.map((record, at) => (at === 0 ? change(JSON.stringify(record)) : JSON.stringify(record))).join(',\n')}\n]\n`;
}

it('a value of 10 MB', async () => {
  const long = 'x'.repeat(10_000_000);
  const inCsv = await home.drop(nameOf('csv'), [HEADER, row({ SpecimenId1: long }), row({}, 1), ''].join('\n'));
  expect(brief(inCsv)).toEqual(['P110 2 SpecimenId1']);
  expect(inCsv.batch).toMatchObject({ records: 2, accepted: 1, rejected: 1 });
  const inJson = await home.drop(
    nameOf('json'),
    objects(json, (text) => text.replace(/"SpecimenId1":"[^"]*"/, `"SpecimenId1":"${long}"`)),
  );
  expect(brief(inJson)).toEqual(['P110 2 SpecimenId1']);
  expect(inJson.batch).toMatchObject({ records: 5, accepted: 4, rejected: 1 });
  expect(Math.max(reportBytes(inCsv), reportBytes(inJson))).toBeLessThan(REPORT_BYTES_MAX);
}, 120_000);

it('100,000 columns', async () => {
  const extra = Array.from({ length: 100_000 }, (_, at) => `c${at}`);
  const blanks = ';'.repeat(100_000);
  const wide = await home.drop(nameOf('csv'), `${HEADER};${extra.join(';')}\n${row({})}${blanks}\n${row({}, 1)}\n`);
  expect(new Set(wide.findings.map(({ code }) => code))).toEqual(new Set(['H102', 'P106']));
  expect(wide.batch).toMatchObject({ records: 2, accepted: 1, rejected: 1 });
  expect(reportBytes(wide)).toBeLessThan(REPORT_BYTES_MAX);
}, 120_000);

it('100,000 keys, and keys that objects inherit', async () => {
  const extra = Array.from({ length: 100_000 }, (_, at) => `"k${at}":"x"`).join(',');
  const inherited = '"__proto__":"x","constructor":"x","toString":"x","hasOwnProperty":"x","valueOf":"x"';
  const many = await home.drop(
    nameOf('json'),
    objects(json, (text) => text.replace('{', `{${inherited},${extra},`)),
  );
  expect(new Set(many.findings.map(({ code }) => code))).toEqual(new Set(['H102']));
  expect(many.findings.slice(0, 4).map(({ value }) => value)).toEqual([
    'constructor',
    'toString',
    'hasOwnProperty',
    'valueOf',
  ]);
  expect(many.batch).toMatchObject({ outcome: 'ACCEPTED', accepted: 5 });
  expect(reportBytes(many)).toBeLessThan(REPORT_BYTES_MAX);
}, 120_000);

it.each([10_000, 90_000])(
  'JSON nested %i deep',
  async (depth) => {
    const nested = '['.repeat(depth) + ']'.repeat(depth);
    const deep = await home.drop(
      nameOf('json'),
      objects(json, (text) => text.replace(/"Street":"[^"]*"/, `"Street":${nested}`)),
    );
    expect(brief(deep)).toEqual(['P114 2 Street']);
    expect(deep.batch).toMatchObject({ records: 5, accepted: 4, rejected: 1 });
    const back = await home.drop(nameOf('json'), home.report(`${deep.batch.baseName}.rejected.json`)!);
    expect(back.findings.map(({ code, field }) => `${code} ${field ?? ''}`)).toEqual(['P114 Street']);
  },
  120_000,
);

it('JSON nested deeper than anything that is meant', async () => {
  const open = '{"a":'.repeat(200_000);
  const deep = await home.drop(
    nameOf('json'),
    objects(json, (text) => text.replace(/"Street":"[^"]*"/, `"Street":${open}`)),
  );
  expect(brief(deep)).toEqual(['P112 2 ']);
  expect(deep.batch.outcome).toBe('REJECTED');
}, 120_000);

it('control characters and marks of direction go through, and reports show them', async () => {
  const strange = 'a\u0007b\u001bc\u202ed\u2066e\u200ff';
  const odd = await home.drop(
    nameOf('csv'),
    [HEADER, row({ SpecimenId1: strange, PatientIdentificationNumber: strange }), ''].join('\n'),
  );
  expect(brief(odd)).toEqual(['V201 2 PatientIdentificationNumber']);
  const shown = [...home.reports()]
    .filter(([name]) => /errors\.csv|\.txt$/.test(name))
    .map(([, bytes]) => bytes.toString());
  expect(shown).toHaveLength(2);
  for (const text of shown) {
    expect(text).toContain('a\u2407b\u241bc\ufffdd\ufffde\ufffdf');
    expect(text).not.toMatch(/[\u0007\u001b\u202e\u2066]/);
  }
});

it('a line of 100 MB', async () => {
  const name = nameOf('csv');
  const path = join(dropFolder(home.folders, home.account.account, 'root'), name);
  const fd = openSync(path, 'w');
  writeSync(fd, `${HEADER}\n${row({}, 1)}\n`);
  const piece = Buffer.alloc(1024 * 1024, 'x');
  for (let at = 0; at < 100; at++) writeSync(fd, piece);
  writeSync(fd, `\n${row({})}\n`);
  closeSync(fd);
  home.put(`${name}.ok`, '');
  const before = process.memoryUsage().rss;
  const [long] = await home.scan();
  expect(brief(long!)).toEqual(['P110 3 ']);
  expect(long!.batch).toMatchObject({ records: 3, accepted: 2, rejected: 1 });
  expect(process.memoryUsage().rss - before).toBeLessThan(MEMORY_MAX);
}, 300_000);

it('more wrong rows than a spreadsheet report takes', async () => {
  const count = 60_000;
  const name = nameOf('csv');
  const fd = openSync(join(dropFolder(home.folders, home.account.account, 'root'), name), 'w');
  writeSync(fd, `${HEADER}\n`);
  for (let at = 0; at < count; at += 1000) {
    const rows = Array.from({ length: 1000 }, (_, n) =>
      row({ PatientIdentificationNumber: '12345678901', TestCode1: 'nonsense', TestId1: `T${at + n}` }),
    );
    writeSync(fd, `${rows.join('\n')}\n`);
  }
  closeSync(fd);
  home.put(`${name}.ok`, '');
  const before = process.memoryUsage().rss;
  const { batch } = (await home.scan())[0]!;
  expect(process.memoryUsage().rss - before).toBeLessThan(2 * MEMORY_MAX);
  expect(batch).toMatchObject({ outcome: 'REJECTED', records: count, accepted: 0, rejected: count, duplicate: 0 });
  const report = JSON.parse(home.report(`${batch.baseName}.report.json`)!.toString()) as {
    readonly totals: object;
    readonly groups: readonly { readonly code: string; readonly total: number; readonly truncated: boolean }[];
  };
  expect(report.totals).toEqual({ errors: 2 * count, warnings: 0, infos: 0 });
  expect(report.groups.map(({ code, total, truncated }) => [code, total, truncated])).toEqual([
    ['R301', count, true],
    ['V202', count, true],
  ]);
  expect(home.report(`${batch.baseName}.report.json`)!.length).toBeLessThan(REPORT_BYTES_MAX);
  const lines = home.report(`${batch.baseName}.errors.csv`)!.toString().trimEnd().split('\r\n');
  expect(lines.length).toBeLessThanOrEqual(50_002);
  expect(lines.at(-1)).toContain(String(2 * count));
  const rejected = home.report(`${batch.baseName}.rejected.csv`)!.toString().trimEnd().split('\n');
  expect(rejected.length).toBe(count + 1);
}, 600_000);
