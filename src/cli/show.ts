/** `labdrop show`: one batch, its counts, its times and what was found in it. No personal value. */
import { type Erased, openReader, type ReportFetched, type StoreReader } from '../daemon/commands-store';
import type { BatchRecord } from '../domain/batch-record';
import type { FindingTotals } from '../domain/report-source';
import { codeTitle } from '../stages/report/texts';
import { countText } from '../domain/count-text';
import { parseCount } from './batch-options';
import { findCatalogue } from './catalogue';
import type { CommandContext, RegisterCommand } from './command-context';
import { CommandProblem } from './command-problem';
import { BATCH_NAMES, findBatch } from './find-batch';
import { localTime } from './local-time';
import { fieldsOnly, type OperatorFinding, viewFinding } from './operator-finding';
import { renderPairs, renderTable } from './render-table';
import { shortText } from './short-text';

interface ShowOptions {
  readonly limit: number;
  readonly json?: boolean;
}

interface BatchView {
  readonly batch: BatchRecord;
  /** When and why it was set aside; null when it was not. */
  readonly aside: { readonly at: string; readonly reason: string } | null;
  readonly totals: FindingTotals;
  readonly erased: Erased;
  /** When the account first fetched each report completely. */
  readonly fetches: readonly ReportFetched[];
  readonly groups: readonly { readonly code: string; readonly severity: string; readonly total: number }[];
  readonly findings: readonly OperatorFinding[];
}

export const registerShow: RegisterCommand = (program, context) => {
  program
    .command('show')
    .description('one batch and what was found in it, without personal values')
    .argument('<batch>', BATCH_NAMES)
    .option('--limit <number>', 'at most so many findings', parseCount, 50)
    .option('--json', 'for scripts; times in UTC')
    .addHelpText('after', '\nExample:\n  labdrop show 81365677_LaboratoryTestResult_210403091500.csv')
    .action((text: string, options: ShowOptions) => {
      showBatch(text, options, context);
    });
};

function showBatch(text: string, options: ShowOptions, context: CommandContext): void {
  const config = context.loadConfig();
  const reader = openReader(config);
  if (reader === null) throw new CommandProblem('there is no batch yet');
  try {
    const batch = findBatch(reader, text);
    const source = reader.reportSource(batch.id);
    const catalogue = findCatalogue(config.schemas.dir);
    const view: BatchView = {
      batch,
      aside: findAside(reader, batch.id),
      totals: source.totals(),
      erased: reader.erased(batch.id),
      fetches: reader.fetches(batch.id),
      groups: source.groups().map(({ code, severity, total, records, columns }) => ({
        ...{ code, severity, total, records },
        columns: fieldsOnly(columns, batch.messageType, catalogue),
      })),
      findings: Array.from(source.findings(options.limit), (found) => viewFinding(found, batch.messageType, catalogue)),
    };
    context.out(options.json ? JSON.stringify(view, null, 2) : renderBatch(view));
  } finally {
    reader.close();
  }
}

function findAside(reader: StoreReader, id: string): BatchView['aside'] {
  const found = reader.quarantined().find(({ batch }) => batch.id === id);
  return found === undefined ? null : { at: found.at, reason: found.reason };
}

function findingsText({ errors, warnings, infos }: FindingTotals): string {
  return [countText(errors, 'error'), countText(warnings, 'warning'), countText(infos, 'remark')].join(', ');
}

function asideText(aside: BatchView['aside']): string | null {
  if (aside === null) return null;
  return `${localTime(aside.at) ?? ''}: ${aside.reason}; labdrop release gives it another try`;
}

function shortOrNull(text: string | null): string | null {
  return text === null ? null : shortText(text);
}

function renderBatch({ batch, aside, totals, erased, fetches, findings }: BatchView): string {
  const counts = `${batch.records}: ${batch.accepted} accepted (${batch.acceptedWithWarning} with a warning, ${batch.corrected} corrected), ${batch.rejected} rejected, ${batch.duplicate} duplicate`;
  const about = renderPairs([
    ['Batch', batch.id],
    ['File', batch.fileName],
    ['Account', batch.account],
    ['Sender', batch.sender],
    ['Type', batch.messageType],
    ['Mode', batch.mode],
    ['State', batch.state],
    ['Set aside', asideText(aside)],
    ['Outcome', batch.outcome],
    ['Records', counts],
    ['Findings', findingsText(totals)],
    ['Values erased', localTime(erased.valuesAt)],
    ['Findings erased', localTime(erased.findingsAt)],
    ['Original erased', localTime(erased.originalAt)],
    ['Bytes', batch.bytes],
    ['SHA-256', batch.sha256],
    ['Run', batch.run === 1 ? null : batch.run],
    ['Replay of', batch.replayOf],
    ['Previous', batch.previousBatch],
    ['Received', localTime(batch.receivedAt)],
    ['Claimed', localTime(batch.claimedAt)],
    ['Committed', localTime(batch.committedAt)],
    ['Reported', localTime(batch.reportedAt)],
    ['Archived', localTime(batch.archivedAt)],
    ...fetches.map(({ fileName, at }): [string, string] => ['Fetched', `${localTime(at) ?? ''} ${fileName}`]),
  ]);
  if (findings.length === 0) return about;
  const head = ['line', 'record', 'severity', 'code', 'field', 'value', 'suggestion', 'what'];
  const rows = findings.map((found) => [
    found.line,
    found.record,
    found.severity,
    found.code,
    found.field,
    found.withheld ? '(withheld)' : shortOrNull(found.value),
    shortOrNull(found.suggestion),
    codeTitle(found.code, 'en'),
  ]);
  const total = totals.errors + totals.warnings + totals.infos;
  const rest = total > findings.length ? `\n${total - findings.length} more; --limit shows them.` : '';
  return `${about}\n\n${renderTable(head, rows)}${rest}`;
}
