/** What `validate` prints for people: the summary, then the findings one by one, in pieces. */
import type { StoredFinding } from '../../domain/report-source';
import { columnLetter } from '../parse/column-letter';
import { renderMessage } from './render-message';
import { summaryLines, type SummaryInput } from './render-summary';
import { showControls } from './show-controls';
import { word } from './texts';

/** Findings printed one by one; the totals above them are complete. */
export const FINDINGS_PRINTED_MAX = 1000;

export function* renderValidateText(input: SummaryInput, findings: Iterable<StoredFinding>): Generator<string> {
  for (const line of summaryLines(input)) yield `${line}\n`;
  const { language } = input.batch;
  const total = input.totals.errors + input.totals.warnings + input.totals.infos;
  let printed = 0;
  for (const finding of findings) {
    if (printed === 0) yield '\n';
    if (printed === FINDINGS_PRINTED_MAX) {
      yield `${word(language, 'capped', { shown: printed, total })}\n`;
      return;
    }
    const { problem, fix } = renderMessage(finding, language);
    yield `${place(finding, input)}${finding.severity} ${finding.code}: ${problem} ${fix}\n`;
    printed++;
  }
}

/** `line 18, column C: `, as far as it is known; with the record in JSON, where a line may hold many. */
function place(finding: StoredFinding, { batch: { dialect, language } }: SummaryInput): string {
  const { line, record, columnNo, field, scope } = finding;
  const parts: string[] = [];
  if (line !== null) parts.push(`${word(language, 'line')} ${String(line)}`);
  if (record !== null && dialect?.format === 'json') parts.push(`${word(language, 'record')} ${String(record)}`);
  if (columnNo !== null) parts.push(`${word(language, 'column')} ${columnLetter(columnNo)}`);
  else if (field !== null && scope === 'cell') parts.push(showControls(field));
  return parts.length === 0 ? '' : `${parts.join(', ')}: `;
}
