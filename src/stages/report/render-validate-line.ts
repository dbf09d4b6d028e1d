/**
 * One line of `validate --format json`: the object of report.json plus `findings`, all of them. The line is made in
 * pieces, so that a million findings are never held.
 */
import type { StoredFinding } from '../../domain/report-source';
import { buildReport, buildReportFinding, type ReportInput } from './build-report';

/** The pieces of the line, its line feed included. A file that is only validated has no batch and no times. */
export function* renderValidateLine(input: ReportInput, findings: Iterable<StoredFinding>): Generator<string> {
  const report = { ...buildReport(input), batch: null, times: {} };
  yield `${JSON.stringify(report).slice(0, -1)},"findings":[`;
  let between = '';
  for (const finding of findings) {
    yield between + JSON.stringify(buildReportFinding(finding, input.batch.language));
    between = ',';
  }
  yield ']}\n';
}
