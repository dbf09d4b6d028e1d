/**
 * Which report files a batch gets, under which names, in the order they are written and published: the machine report
 * comes after the files whose checksums it names, the marker last of all.
 */
import { OUTCOMES, type Outcome } from '../../domain/batch';
import { reportBase, type BatchRecord } from '../../domain/batch-record';
import type { FindingTotals } from '../../domain/report-source';

export type ReportKind = 'errors' | 'rejected' | 'summary' | 'report' | 'marker';

export interface PlannedReport {
  readonly kind: ReportKind;
  readonly name: string;
}

export function planReports(batch: BatchRecord, totals: FindingTotals): readonly PlannedReport[] {
  const base = reportBase(batch);
  const plan: PlannedReport[] = [];
  if (totals.errors + totals.warnings + totals.infos > 0) plan.push({ kind: 'errors', name: `${base}.errors.csv` });
  if (hasRejectedFile(batch)) {
    const extension = batch.dialect?.format === 'csv' ? 'csv' : 'json';
    plan.push({ kind: 'rejected', name: `${base}.rejected.${extension}` });
  }
  plan.push(
    { kind: 'summary', name: `${base}.${outcomeOf(batch)}.txt` },
    { kind: 'report', name: `${base}.report.json` },
    { kind: 'marker', name: `${base}.report.ok` },
  );
  return plan;
}

/** Records can be sent back only when it is known how they were read. */
function hasRejectedFile({ rejected, dialect, header }: BatchRecord): boolean {
  if (rejected === 0 || dialect === null) return false;
  return dialect.format !== 'csv' || header !== null;
}

/** The outcome of a committed batch. */
export function outcomeOf({ id, outcome }: Pick<BatchRecord, 'id' | 'outcome'>): Outcome {
  if (outcome === null) throw new Error(`batch ${id} has no outcome yet (one of ${OUTCOMES.join(', ')})`);
  return outcome;
}
