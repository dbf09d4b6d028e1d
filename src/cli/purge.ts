/** `labdrop purge`: what retention lets go, shown first, removed on demand. It prints counts, never what is removed. */
import { purge, type PurgeResult } from '../daemon/purge';
import { type Due, type FilesCount, planPurge, type PurgePlan } from '../daemon/purge-plan';
import { countText } from '../domain/count-text';
import { byteText } from './byte-text';
import type { CommandContext, RegisterCommand } from './command-context';
import { CommandProblem } from './command-problem';
import { EXIT } from './exit-status';
import { localTime } from './local-time';
import { type Cell, renderTable } from './render-table';

interface PurgeOptions {
  readonly apply?: boolean;
  readonly json?: boolean;
}

export const registerPurge: RegisterCommand = (program, context) => {
  program
    .command('purge')
    .description('what is older than its retention: shown, and with --apply removed')
    .option('--apply', 'remove it')
    .option('--json', 'for scripts; times in UTC')
    .addHelpText(
      'after',
      [
        '',
        'Periods: retention.originalsDays, rejectedValuesDays, findingsDays and reportsDays of the configuration; null',
        'keeps for ever. Accepted records stay, and whatever is not done yet. It may run beside the daemon, be',
        'interrupted and be run again. Copies that you made (labdrop backup, export) are yours to remove.',
        '',
        'Examples:',
        '  labdrop purge',
        '  labdrop purge --apply',
        '',
        'labdrop-purge.timer runs the second one every night.',
      ].join('\n'),
    )
    .action((options: PurgeOptions) => run(options, context));
};

async function run({ apply, json }: PurgeOptions, context: CommandContext): Promise<void> {
  const config = context.loadConfig();
  const now = context.now();
  const result = apply === true ? await purge(config, now, (text) => context.progress?.(text)) : null;
  const plan = apply === true ? (result?.removed ?? null) : planPurge(config, now);
  if (plan === null) throw new CommandProblem('there is no store yet: the daemon makes it at its first start');
  if (result !== null) context.progress?.('');
  if (json === true) context.out(JSON.stringify(viewOf(plan, result), null, 2));
  else context.out(renderPlan(plan, result !== null));
  tell(result, context);
}

function viewOf(plan: PurgePlan, result: PurgeResult | null): object {
  if (result === null) return { applied: false, ...plan };
  const { problems, storeProblem, logEmptied } = result;
  return { applied: true, ...plan, problems, storeProblem, logEmptied };
}

function tell(result: PurgeResult | null, context: CommandContext): void {
  if (result === null) return;
  if (!result.logEmptied && result.storeProblem === null) {
    context.err('Somebody reads the store: what was erased leaves its write-ahead log when they have done.');
  }
  for (const problem of result.problems) context.err(`cannot be removed: ${problem}`);
  if (result.storeProblem !== null) {
    context.err(`S902: ${result.storeProblem}`);
    context.err('What the table counts is gone; what else is due stays. Mend that (labdrop check), then run it again.');
  }
  if (result.problems.length > 0 || result.storeProblem !== null) context.setStatus(EXIT.fault);
}

function renderPlan(
  { originals, rejectedValues, findings, reports, storeCopies }: PurgePlan,
  applied: boolean,
): string {
  const files = (due: FilesCount): string => `${countText(due.files, 'file')}, ${byteText(due.bytes)}`;
  const findingsIn = (due: { readonly findings: number; readonly batches: number }): string =>
    `${due.findings} in ${countText(due.batches, 'batch', 'batches')}`;
  const row = <T>(what: string, due: Due<T>, amount: string): Cell[] => [
    what,
    due.days === null ? 'ever' : countText(due.days, 'day'),
    localTime(due.before),
    amount,
  ];
  const table = renderTable(
    ['what', 'kept for', 'older than', applied ? 'removed' : 'would go'],
    [
      row('originals', originals, files(originals)),
      row('values of findings', rejectedValues, findingsIn(rejectedValues)),
      row('findings', findings, findingsIn(findings)),
      row('reports', reports, files(reports)),
      row('store copies of upgrades', storeCopies, files(storeCopies)),
    ],
  );
  return applied ? table : `${table}\n\nNothing was removed; labdrop purge --apply does it.`;
}
