/**
 * Renders the reports of a committed batch from its committed rows and delivers them: each file is written out of the
 * sender's sight, then all are published, the marker last. Doing it again writes the same bytes. Each `yield` says that
 * what was done must be durable before it goes on.
 */
import type { BatchRecord } from '../domain/batch-record';
import { Fault } from '../domain/fault';
import type { FindingGroup, FindingTotals, RejectedWithFindings, StoredFinding } from '../domain/report-source';
import type { ReportSource } from '../ports/report-source';
import type { ClaimedFile, Spool, WrittenReport } from '../ports/spool';
import { decodeRecord } from '../stages/parse/decode-text';
import { buildReport, renderReportJson } from '../stages/report/build-report';
import { rejectsFile } from '../stages/report/decide-action';
import type { RejectedRow } from '../stages/report/describe-rejection';
import { type PlannedReport, planReports } from '../stages/report/plan-reports';
import { inLineOrder } from '../stages/report/in-line-order';
import { renderErrorsCsv } from '../stages/report/render-errors-csv';
import { renderRejectedCsv } from '../stages/report/render-rejected-csv';
import { renderRejectedJson } from '../stages/report/render-rejected-json';
import { renderSummary } from '../stages/report/render-summary';
import type { BatchPorts } from './batch-ports';

export interface Reportable {
  readonly batch: BatchRecord;
  readonly source: ReportSource;
  /** `source.groups()`, which is dear to compute and needed elsewhere too. */
  readonly groups: readonly FindingGroup[];
}

export function* reportBatch({ spool }: Pick<BatchPorts, 'spool'>, reportable: Reportable): Generator<undefined, void> {
  const { batch, source } = reportable;
  const totals = source.totals();
  const plan = planReports(batch, totals);
  const written: WrittenReport[] = [];
  for (const report of plan) {
    const chunks = renderOne(report, { ...reportable, spool, totals, plan, written });
    written.push(spool.writeReport(batch, { name: report.name, chunks }));
  }
  yield;
  const names = plan.map(({ name }) => name);
  spool.publishReports(batch, names.slice(0, -1));
  yield;
  // The last one announces the others.
  spool.publishReports(batch, names.slice(-1));
  yield;
}

interface Rendering extends Reportable {
  readonly spool: Spool;
  readonly totals: FindingTotals;
  readonly plan: readonly PlannedReport[];
  readonly written: readonly WrittenReport[];
}

function renderOne({ kind }: PlannedReport, rendering: Rendering): Iterable<Uint8Array> {
  const { batch, source, groups, totals, plan, written } = rendering;
  const nameOf = (wanted: PlannedReport['kind']): string | null =>
    plan.find((report) => report.kind === wanted)?.name ?? null;
  switch (kind) {
    case 'errors':
      return renderErrorsCsv(
        inLineOrder(() => source.findings()),
        {
          delimiter: batch.dialect?.delimiter ?? ';',
          language: batch.language,
          total: totals.errors + totals.warnings + totals.infos,
          fileRejected: fileFindings(rendering).length > 0,
          mode: batch.mode,
        },
      );
    case 'rejected':
      return renderRejected(rendering);
    case 'report':
      return [Buffer.from(renderReportJson(buildReport({ batch, groups, totals, files: written })))];
    case 'summary': {
      const names = { errorsFile: nameOf('errors'), rejectedFile: nameOf('rejected') };
      return [Buffer.from(renderSummary({ batch, groups, totals, ...names }))];
    }
    case 'marker':
      return [];
  }
}

function renderRejected({ spool, batch, source, groups }: Rendering): Iterable<Uint8Array> {
  const { dialect, header, language } = batch;
  const file = spool.claim(batch);
  if (dialect === null || file === null) {
    throw new Fault('S901', `the original of batch ${batch.id} is gone before its reports`, { retryable: false });
  }
  const rows = readRows(spool, file, source, dialect);
  const own = fileFindings({ source, groups });
  if (dialect.format !== 'csv' || header === null)
    return renderRejectedJson({ dialect, language, rows, fileFindings: own });
  const [headerBytes = new Uint8Array()] = spool.readRanges(file, [header]);
  return renderRejectedCsv({ header: decodeRecord(headerBytes, dialect), dialect, language, rows, fileFindings: own });
}

/** The rejected records with their text, in file order, one at a time: both readers advance in step. */
function* readRows(
  spool: Spool,
  file: ClaimedFile,
  source: ReportSource,
  dialect: NonNullable<BatchRecord['dialect']>,
): Generator<RejectedRow> {
  const ahead: RejectedWithFindings[] = [];
  function* ranges(): Generator<{ offset: number; length: number }> {
    for (const rejected of source.rejected()) {
      ahead.push(rejected);
      yield rejected;
    }
  }
  for (const bytes of spool.readRanges(file, ranges())) {
    const row = ahead.shift();
    if (row !== undefined) yield { line: row.line, findings: row.findings, text: decodeRecord(bytes, dialect) };
  }
}

/** What rejected the file as a whole; these come first, so that nothing else is read. Every code has its one scope. */
function fileFindings({ source, groups }: Pick<Reportable, 'source' | 'groups'>): readonly StoredFinding[] {
  const found: StoredFinding[] = [];
  if (!groups.some(({ samples }) => samples.some(rejectsFile))) return found;
  for (const finding of source.findings()) {
    if (finding.scope !== 'file' && finding.scope !== 'header') break;
    if (rejectsFile(finding)) found.push(finding);
  }
  return found;
}
