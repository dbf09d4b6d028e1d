/**
 * report.json: one bounded object for scripts, the contract of `schemas/report.schema.json`. Totals are always true;
 * when the text would not fit into `REPORT_BYTES_MAX`, every group shows fewer samples and columns, and says so.
 * Nothing here depends on when it is rendered: only times that were committed with the batch appear.
 */
import type { Language } from '../../domain/account';
import type { BatchCounts, BatchMode, Dialect, Outcome } from '../../domain/batch';
import type { BatchRecord } from '../../domain/batch-record';
import { FINDING_CODES, type FindingCode } from '../../domain/codes';
import { cutCodePoints } from '../../domain/create-finding';
import type { BatchState } from '../../domain/journey';
import {
  GROUP_SAMPLES_MAX,
  type FindingGroup,
  type FindingTotals,
  type StoredFinding,
} from '../../domain/report-source';
import type { Scope, Severity } from '../../domain/severity';
import { outcomeOf } from './plan-reports';
import { renderMessageLine } from './render-message';

/** The text of a report is shorter than this. */
export const REPORT_BYTES_MAX = 256 * 1024;

/** Longest column name shown, in code points. */
const NAME_SHOWN_MAX = 128;

/** From generous to bare: samples and columns per group. The last one always fits. */
const LEVELS = [
  { samples: GROUP_SAMPLES_MAX, columns: 100 },
  { samples: 25, columns: 100 },
  { samples: 12, columns: 60 },
  { samples: 6, columns: 30 },
  { samples: 3, columns: 15 },
  { samples: 1, columns: 8 },
  { samples: 0, columns: 0 },
] as const;

export interface ReportInput {
  readonly batch: BatchRecord;
  readonly groups: readonly FindingGroup[];
  readonly totals: FindingTotals;
  /** The report files written so far. */
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}

/** A finding as scripts see it. */
export interface ReportFinding {
  readonly seq: number;
  readonly severity: Severity;
  readonly code: FindingCode;
  readonly scope: Scope;
  readonly line: number | null;
  readonly record: number | null;
  readonly field: string | null;
  readonly columnNo: number | null;
  readonly value: string | null;
  readonly expected: string | null;
  readonly suggestion: string | null;
  /** In the account's language. */
  readonly message: string;
}

export interface ReportGroup {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** English, stable. */
  readonly title: string;
  readonly total: number;
  readonly records: number;
  readonly columns: Readonly<Record<string, number>>;
  readonly samples: readonly ReportFinding[];
  /** Samples or columns do not show everything. */
  readonly truncated: boolean;
}

export interface Report {
  /** Version of this format. */
  readonly version: 1;
  readonly batch: string | null;
  readonly run: number;
  readonly mode: BatchMode;
  readonly account: string;
  readonly sender: string | null;
  readonly type: string | null;
  readonly file: string;
  readonly sha256: string | null;
  readonly bytes: number;
  /** When the batch reached each step that counts here; ISO 8601 UTC. */
  readonly times: Partial<Record<BatchState, string | null>>;
  readonly outcome: Outcome;
  readonly language: Language;
  readonly dialect: Dialect | null;
  readonly schemaVersion: string | null;
  readonly counts: BatchCounts;
  readonly totals: FindingTotals;
  readonly groups: readonly ReportGroup[];
  readonly files: ReportInput['files'];
  readonly previousBatch: string | null;
}

export function buildReport(input: ReportInput): Report {
  const whole = assemble(input);
  for (const level of LEVELS) {
    const report = { ...whole, groups: whole.groups.map((group) => trimGroup(group, level)) };
    if (Buffer.byteLength(renderReportJson(report)) < REPORT_BYTES_MAX) return report;
  }
  throw new Error('a report without samples and columns is longer than any report may be');
}

/** The report's text, as it is written. */
export function renderReportJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

export function buildReportFinding(finding: StoredFinding, language: Language): ReportFinding {
  const { seq, severity, code, scope, line, record, columnNo, value, expected, suggestion } = finding;
  const field = finding.field === null ? null : cutCodePoints(finding.field, NAME_SHOWN_MAX);
  const message = renderMessageLine(finding, language);
  return { seq, severity, code, scope, line, record, field, columnNo, value, expected, suggestion, message };
}

function assemble({ batch, groups, totals, files }: ReportInput): Report {
  const { records, accepted, acceptedWithWarning, rejected, duplicate, corrected } = batch;
  return {
    version: 1,
    batch: batch.id,
    run: batch.run,
    mode: batch.mode,
    account: batch.account,
    sender: batch.sender,
    type: batch.messageType,
    file: batch.fileName,
    sha256: batch.sha256,
    bytes: batch.bytes,
    times: { received: batch.receivedAt, claimed: batch.claimedAt, committed: batch.committedAt },
    outcome: outcomeOf(batch),
    language: batch.language,
    dialect: batch.dialect,
    schemaVersion: batch.schemaVersion,
    counts: { records, accepted, acceptedWithWarning, rejected, duplicate, corrected },
    totals,
    groups: groups.map((group) => buildGroup(group, batch.language)),
    files,
    previousBatch: batch.previousBatch,
  };
}

/** A group with all samples and columns that any report shows. */
function buildGroup(group: FindingGroup, language: Language): ReportGroup {
  const { code, severity, total, records } = group;
  const samples = group.samples.slice(0, GROUP_SAMPLES_MAX).map((sample) => buildReportFinding(sample, language));
  const counts = Object.entries(group.columns);
  const columns = Object.fromEntries(
    counts.slice(0, LEVELS[0].columns).map(([name, count]) => [cutCodePoints(name, NAME_SHOWN_MAX), count]),
  );
  const truncated = samples.length < total || counts.length > LEVELS[0].columns;
  return { code, severity, title: FINDING_CODES[code].title, total, records, columns, samples, truncated };
}

function trimGroup(group: ReportGroup, level: (typeof LEVELS)[number]): ReportGroup {
  const samples = group.samples.slice(0, level.samples);
  const counts = Object.entries(group.columns);
  const columns = Object.fromEntries(counts.slice(0, level.columns));
  const truncated = group.truncated || samples.length < group.samples.length || counts.length > level.columns;
  return { ...group, samples, columns, truncated };
}
