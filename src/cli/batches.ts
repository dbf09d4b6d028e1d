/** `labdrop batches`: what came, newest first. */
import { Option } from 'commander';
import { openReader } from '../daemon/commands-store';
import { BATCH_MODES, type BatchMode } from '../domain/batch';
import type { BatchRecord } from '../domain/batch-record';
import { JOURNEY, type BatchState } from '../domain/journey';
import { addFilterOptions, type FilterOptions, parseCount, toBatchFilter } from './batch-options';
import { BATCH_HEAD, batchRow } from './batch-row';
import { checkFilter } from './check-filter';
import type { CommandContext, RegisterCommand } from './command-context';
import { createPaint, paintOutcomes } from './paint';
import { renderTable } from './render-table';

interface BatchesOptions extends FilterOptions {
  readonly state?: BatchState;
  readonly mode?: BatchMode;
  readonly limit?: number;
  readonly json?: boolean;
}

const LIMIT = 50;

export const registerBatches: RegisterCommand = (program, context) => {
  addFilterOptions(program.command('batches').description('batches, newest first'), () => context.now())
    .addOption(new Option('--state <state>', 'where it is on its way').choices(JOURNEY))
    .addOption(new Option('--mode <mode>', 'test: rehearsals').choices(BATCH_MODES))
    .option('--limit <number>', `at most so many (default: ${LIMIT})`, parseCount)
    .option('--json', 'for scripts; times in UTC')
    .addHelpText('after', '\nExample:\n  labdrop batches --outcome REJECTED --since 7d')
    .action((options: BatchesOptions) => {
      listBatches(options, context);
    });
};

function listBatches(options: BatchesOptions, context: CommandContext): void {
  const { state, mode, limit = LIMIT } = options;
  const filter = {
    ...toBatchFilter(options),
    ...(state === undefined ? {} : { state }),
    ...(mode === undefined ? {} : { mode }),
    limit: limit + 1,
  };
  const config = context.loadConfig();
  checkFilter(options, config, context);
  const reader = openReader(config);
  const found = reader?.batches(filter) ?? [];
  const batches = found.slice(0, limit);
  const aside = new Set(reader?.quarantined().map(({ batch }) => batch.id));
  reader?.close();
  context.out(
    options.json ? renderJson(batches, aside) : paintOutcomes(renderText(batches, aside), createPaint(context)),
  );
  // A script that says how many it wants gets what it asked for.
  const isAsked = options.json === true && options.limit !== undefined;
  if (found.length > limit && !isAsked) context.err(`The newest ${limit}; --limit shows more.`);
}

function renderJson(batches: readonly BatchRecord[], aside: ReadonlySet<string>): string {
  return JSON.stringify(
    batches.map((batch) => ({ ...batch, setAside: aside.has(batch.id) })),
    null,
    2,
  );
}

function renderText(batches: readonly BatchRecord[], aside: ReadonlySet<string>): string {
  if (batches.length === 0) return 'No batch.';
  return renderTable(
    BATCH_HEAD,
    batches.map((batch) => batchRow(batch, aside.has(batch.id))),
  );
}
