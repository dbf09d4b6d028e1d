/** `labdrop replay`: batches once more, from their archived originals, by today's rules. */
import type { Config } from '../config/config';
import { findDaemon, reportsOf, requestReplay, whyNoReplay } from '../daemon/commands-replay';
import { openReader, type StoreReader } from '../daemon/commands-store';
import type { BatchRecord } from '../domain/batch-record';
import { countText } from '../domain/count-text';
import { requireCatalogue } from './catalogue';
import type { CommandContext, RegisterCommand } from './command-context';
import { CommandProblem } from './command-problem';
import { EXIT } from './exit-status';
import { BATCH_NAMES, findOriginal } from './find-batch';

interface ReplayOptions {
  readonly wait: boolean;
  readonly json?: boolean;
}

/** A run as it stands; `outcome` and `reports` are there when it is done. */
interface RunView {
  readonly batch: BatchRecord;
  readonly reports: { readonly folder: string; readonly names: readonly string[] } | null;
}

const POLL_MS = 300;
/** A person is told of a longer wait. */
const PATIENCE_SECONDS = 10;

export const registerReplay: RegisterCommand = (program, context) => {
  program
    .command('replay')
    .description("process batches again from the archive, by today's rules, as a new run")
    .argument('<batch...>', `each: ${BATCH_NAMES}`)
    .option('--no-wait', 'do not wait for the outcome')
    .option('--json', 'for scripts; times in UTC')
    .addHelpText(
      'after',
      [
        '',
        'Example:',
        '  labdrop replay 81365677_LaboratoryTestResult_210403091500.csv',
        '',
        'Nothing is stored twice: records that are stored already count as duplicates. The sender finds a new set of',
        'reports. Without a running daemon the replay is done at its next start.',
        'Exit status: 0 nothing was rejected, 1 something was, 70 the program failed at one, and set it aside.',
      ].join('\n'),
    )
    .action((texts: string[], options: ReplayOptions) => replay(texts, options, context));
};

async function replay(texts: readonly string[], options: ReplayOptions, context: CommandContext): Promise<void> {
  const config = context.loadConfig();
  const reader = openReader(config);
  if (reader === null) throw new CommandProblem('there is no batch yet');
  try {
    const originals = findAll(reader, texts, config);
    const types = [...requireCatalogue(config.schemas.dir).types.keys()];
    const queued = originals.map((original) => queue(config, original, types, context.now()));
    const waits = options.wait && findDaemon(config) !== null;
    const batches = waits ? await waitForAll(queued, reader, config, context) : queued;
    const views = batches.map((batch) => viewRun(config, reader, batch));
    if (options.json) context.out(JSON.stringify(views, null, 2));
    else views.forEach((view) => context.out(renderRun(view)));
    const aside = runsAside(reader, batches);
    for (const run of aside) context.err(`${run.fileName}: ${isAside(run)}`);
    if (batches.some((run) => run.state !== 'archived' && !aside.includes(run))) context.err(whenDone(config));
    if (aside.length > 0) context.setStatus(EXIT.fault);
    else if (batches.some(({ outcome }) => outcome === 'REJECTED' || outcome === 'PARTIAL')) {
      context.setStatus(EXIT.dataErrors);
    }
  } finally {
    reader.close();
  }
}

/** Each batch once; nothing is asked for when one of them cannot be replayed. */
function findAll(reader: StoreReader, texts: readonly string[], config: Config): readonly BatchRecord[] {
  const originals = new Map<string, BatchRecord>();
  const problems: string[] = [];
  for (const text of texts) {
    const original = findOriginal(reader, text);
    originals.set(original.id, original);
  }
  const inWork = new Map(reader.unfinishedReplays().map((run) => [run.replayOf, run]));
  const aside = new Map(reader.quarantined().map(({ batch }) => [batch.replayOf ?? batch.id, batch]));
  for (const original of originals.values()) {
    const run = inWork.get(original.id);
    const stopped = aside.get(original.id);
    const why =
      stopped !== undefined ? isAside(stopped) : run === undefined ? whyNoReplay(config, original) : isInWork(run);
    if (why !== null) problems.push(cannot(original, why));
  }
  if (problems.length > 0) throw new CommandProblem(problems.join('\n'));
  return [...originals.values()];
}

function queue(config: Config, original: BatchRecord, types: readonly string[], now: Date): BatchRecord {
  const answer = requestReplay(config, original, types, now);
  if (answer.kind === 'queued') return answer.batch;
  throw new CommandProblem(cannot(original, isInWork(answer.batch)));
}

function isInWork({ run, state, id }: BatchRecord): string {
  return `run ${run} of it is still in work (${state}, ${id})`;
}

function isAside({ run, replayOf, id }: BatchRecord): string {
  const what = replayOf === null ? 'it' : `run ${run} of it`;
  return `${what} was set aside; labdrop release ${id} gives it another try`;
}

function cannot({ fileName, id }: BatchRecord, why: string): string {
  return `${fileName} (${id}) cannot be replayed: ${why}`;
}

/** Those of the runs that the program failed at: nothing goes on with them by itself. */
function runsAside(reader: StoreReader, runs: readonly BatchRecord[]): readonly BatchRecord[] {
  const aside = new Set(reader.quarantined().map(({ batch }) => batch.id));
  return runs.filter(({ id }) => aside.has(id));
}

/** The runs as they stand when all are done or set aside, or the daemon has stopped, or we are asked to end. */
async function waitForAll(
  queued: readonly BatchRecord[],
  reader: StoreReader,
  config: Config,
  context: CommandContext,
): Promise<readonly BatchRecord[]> {
  const { rescanSeconds } = config.ingest;
  if (rescanSeconds > PATIENCE_SECONDS) {
    context.err(`The daemon looks for replays every ${rescanSeconds} seconds; ending this command does not end them.`);
  }
  for (;;) {
    const batches = queued.map((batch) => {
      const current = reader.batch(batch.id);
      if (current !== null) return current;
      throw new CommandProblem(cannot(batch, 'its original vanished from the archive'), EXIT.fault);
    });
    const done = batches.filter(({ state }) => state === 'archived').length + runsAside(reader, batches).length;
    context.progress?.(done === batches.length ? '' : `${done} of ${batches.length} replayed`);
    if (done === batches.length) return batches;
    if (findDaemon(config) === null || !(await context.pause(POLL_MS))) {
      context.progress?.('');
      return batches;
    }
  }
}

function viewRun(config: Config, reader: StoreReader, batch: BatchRecord): RunView {
  if (batch.state !== 'archived') return { batch, reports: null };
  return { batch, reports: reportsOf(config, batch, reader.reportSource(batch.id).totals()) };
}

function renderRun({ batch, reports }: RunView): string {
  const { fileName, run, id, outcome, state, records, accepted, rejected, duplicate } = batch;
  const head = `${fileName}  run ${run}  ${id}  ${outcome ?? state}`;
  if (reports === null) return head;
  const counts = `  ${countText(records, 'record')}: ${accepted} accepted, ${rejected} rejected, ${duplicate} duplicate`;
  return [head, counts, `  reports in ${reports.folder}:`, ...reports.names.map((name) => `    ${name}`)].join('\n');
}

function whenDone(config: Config): string {
  return findDaemon(config) === null
    ? 'No daemon runs: the replay is done at its next start.'
    : 'The daemon takes it up at its next rescan; labdrop status shows it.';
}
