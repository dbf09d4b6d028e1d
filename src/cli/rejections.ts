/** `labdrop rejections`: batches with findings, oldest first, and with `-f` as they come. No personal value. */
import type { Command } from 'commander';
import { rebuildRejectionLog } from '../daemon/commands-rejections';
import { openReader, type Rejection, type StoreReader } from '../daemon/commands-store';
import type { Catalogue } from '../domain/message-type';
import { countText } from '../domain/count-text';
import { addFilterOptions, type FilterOptions, toBatchFilter } from './batch-options';
import { findCatalogue } from './catalogue';
import { checkFilter } from './check-filter';
import type { CommandContext, RegisterCommand } from './command-context';
import { CommandProblem } from './command-problem';
import { localTime } from './local-time';
import { createPaint, type Paint, paintOutcomes } from './paint';
import { parseSince } from './parse-since';
import { renderRejection, viewRejection } from './render-rejection';

interface RejectionsOptions extends FilterOptions {
  readonly follow?: boolean;
  readonly json?: boolean;
}

const POLL_MS = 1_000;
const PAGE = 100;
const DEFAULT_SINCE = '24h';

export const registerRejections: RegisterCommand = (program, context) => {
  const rejections = addFilterOptions(
    program.command('rejections').description('batches with findings, oldest first'),
    () => context.now(),
  )
    .option('-f, --follow', 'go on and show new ones as they come')
    .option('--json', 'for scripts: one JSON object a line; times in UTC')
    .addHelpText(
      'after',
      `\nWithout --since: of the last ${DEFAULT_SINCE}.\n\nExample:\n  labdrop rejections -f --type LaboratoryTestResult --code V204`,
    )
    .action((options: RejectionsOptions) => showRejections(options, context));
  rejections
    .command('rebuild')
    // Filters are for showing: here only what every command takes is offered beside its own.
    .configureHelp({ showGlobalOptions: true, visibleGlobalOptions: () => [...program.options] })
    .description('make logs/rejections.log anew from the store; the present one is kept as rejections.log.old')
    .option('--json', 'for scripts')
    .addHelpText('after', '\nExample:\n  labdrop rejections rebuild')
    .action((_options, command: Command) => {
      refuseFilters(rejections);
      rebuild(command.optsWithGlobals<{ json?: boolean }>(), context);
    });
};

/** Options of `rejections` are heard behind `rebuild` too. */
function refuseFilters(rejections: Command): void {
  const given = rejections.opts<Readonly<Record<string, unknown>>>();
  const filter = rejections.options.find((option) => option.long !== '--json' && option.attributeName() in given);
  if (filter === undefined) return;
  throw new CommandProblem(`rejections rebuild takes no ${filter.long ?? ''}: it makes the log anew as a whole`);
}

function rebuild({ json }: { json?: boolean }, context: CommandContext): void {
  const log = rebuildRejectionLog(context.loadConfig(), (lines) => context.progress?.(countText(lines, 'line')));
  context.progress?.('');
  if (log === null) throw new CommandProblem('there is no store yet: the daemon makes it at its first start');
  context.out(json === true ? JSON.stringify(log) : `${log.path}: ${countText(log.lines, 'line')}`);
}

async function showRejections(options: RejectionsOptions, context: CommandContext): Promise<void> {
  const config = context.loadConfig();
  checkFilter(options, config, context);
  const catalogue = findCatalogue(config.schemas.dir);
  const filter = { ...toBatchFilter(options), since: options.since ?? parseSince(DEFAULT_SINCE, context.now()) };
  let count = 0;
  const show = (rejection: Rejection): void => {
    count += 1;
    context.out(renderOne(rejection, options, { catalogue, paint }));
  };
  const paint = createPaint(context);
  let reader: StoreReader | null = null;
  let cursor = 0;
  try {
    do {
      reader ??= openReader(config);
      if (reader === null) continue;
      cursor = showNew(reader, cursor, filter, show);
    } while (options.follow === true && (await context.pause(POLL_MS)));
  } finally {
    reader?.close();
  }
  // Scripts, and those who wait for more, know what no line means.
  if (count > 0 || options.json === true || options.follow === true) return;
  context.err(`No batch with findings since ${localTime(filter.since) ?? ''}; --since looks further back.`);
}

/** Shows what was committed after `cursor`; returns the last cursor seen. */
function showNew(
  reader: StoreReader,
  cursor: number,
  filter: Parameters<StoreReader['rejections']>[1],
  show: (rejection: Rejection) => void,
): number {
  let last = cursor;
  for (;;) {
    const page = reader.rejections(last, { ...filter, limit: PAGE });
    page.forEach(show);
    last = page.at(-1)?.cursor ?? last;
    if (page.length < PAGE) return last;
  }
}

interface View {
  readonly catalogue: Catalogue | null;
  readonly paint: Paint;
}

function renderOne(rejection: Rejection, options: RejectionsOptions, { catalogue, paint }: View): string {
  const view = viewRejection(rejection, catalogue, options.code ?? null);
  if (options.json) return JSON.stringify(view);
  const text = renderRejection(view).replace(/(?<=^ {4}\S+ )(?:error|warning)(?= )/gm, (severity) =>
    severity === 'error' ? paint.bad(severity) : paint.doubtful(severity),
  );
  return paintOutcomes(text, paint);
}
