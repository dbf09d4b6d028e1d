/**
 * Every case of the corpus through intake, pipeline, store and spool. Beside the expected files, what must hold of any
 * batch is checked: counts, schema, checksums, one row per finding, nothing left behind.
 * `UPDATE=1` writes the expected files anew, to be read before they are committed.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import Papa from 'papaparse';
import { FINDING_CODES, type FindingCode } from '../../src/domain/codes';
import { reportBase } from '../../src/domain/batch-record';
import {
  type CorpusCase,
  type DeliveryOutcome,
  readCases,
  readExpected,
  runCase,
  writeExpected,
} from '../support/corpus';
import { type PipelineHome, type Processed } from '../support/pipeline-home';
import { SCHEMAS } from '../support/shipped-examples';

const updating = process.env['UPDATE'] === '1';
const cases = readCases();
const isReport = new Ajv({ strict: false, allErrors: true, formats: { 'date-time': true } }).compile(
  JSON.parse(readFileSync(join(SCHEMAS, 'report.schema.json'), 'utf8')) as object,
);

interface ReportFile {
  readonly outcome: string;
  readonly counts: Record<'records' | 'accepted' | 'rejected' | 'duplicate', number>;
  readonly totals: Record<'errors' | 'warnings' | 'infos', number>;
  readonly groups: readonly { readonly code: FindingCode; readonly total: number }[];
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}

describe('the corpus', () => {
  it.each(cases)('$name: $about', async (corpusCase) => {
    const raised = new Set<FindingCode>();
    await runCase(corpusCase, (outcome, home) => {
      for (const processed of outcome.processed) {
        checkBatch(processed, home);
        for (const { code } of processed.findings) raised.add(code);
      }
      compare(corpusCase, outcome);
    });
    expect([...raised].sort()).toEqual(corpusCase.codes);
  });

  it('has a case for every code that a report can hold', () => {
    const shown = new Set(cases.flatMap(({ codes }) => codes));
    const wanted = Object.keys(FINDING_CODES).filter((code) => !code.startsWith('S9'));
    expect(wanted.filter((code) => !shown.has(code as FindingCode))).toEqual([]);
    expect(wanted.length).toBe(69);
  });

  it('has expected files for every delivery', () => {
    const without = cases.flatMap((each) =>
      each.deliveries.filter((delivery) => readExpected(each, delivery).size === 0).map((n) => `${each.name}/${n}`),
    );
    expect(without).toEqual([]);
  });
});

function compare(corpusCase: CorpusCase, { delivery, files }: DeliveryOutcome): void {
  if (updating) {
    writeExpected(corpusCase, delivery, files);
    return;
  }
  const expected = readExpected(corpusCase, delivery);
  expect([...files.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [name, bytes] of files) {
    expect(`${name}\n${bytes.toString()}`).toBe(`${name}\n${expected.get(name)?.toString() ?? ''}`);
    expect(bytes.equals(expected.get(name)!)).toBe(true);
  }
}

/** What must hold of every batch, whatever is expected of it. */
function checkBatch({ batch, findings }: Processed, home: PipelineHome): void {
  const { folder } = batch;
  const files = home.reports(folder);
  const base = reportBase(batch);
  const report = JSON.parse(files.get(`${base}.report.json`)!.toString()) as ReportFile;
  expect(isReport(report) ? [] : isReport.errors).toEqual([]);
  const { records, accepted, rejected, duplicate } = report.counts;
  expect(records).toBe(accepted + rejected + duplicate);
  expect(report.groups.reduce((sum, { total }) => sum + total, 0)).toBe(findings.length);
  expect(report.totals.errors + report.totals.warnings + report.totals.infos).toBe(findings.length);
  expect(files.get(`${base}.${report.outcome}.txt`)!.toString().split('\n').length).toBeLessThanOrEqual(41);
  for (const { name, bytes, sha256 } of report.files) {
    const content = files.get(name)!;
    expect({ bytes, sha256 }).toEqual({
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    });
  }
  const errors = files.get(`${base}.errors.csv`);
  const rows =
    errors === undefined
      ? []
      : Papa.parse<string[]>(
          errors
            .toString()
            .replace(/^\ufeff/, '')
            .trimEnd(),
        ).data;
  expect(Math.max(0, rows.length - 1)).toBe(findings.length);
  expect(files.get(`${base}.report.ok`)?.length).toBe(0);
  expect(batch.state).toBe('archived');
  const left = home.dropped(folder).filter((name) => name === batch.fileName || name === batch.markerName);
  expect(left).toEqual(batch.cause === 'unmarked' ? [batch.fileName] : []);
}
