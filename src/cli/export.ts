/** `labdrop export`: accepted records, each in its current version. It prints personal data: that is what it is for. */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setImmediate as pause } from 'node:timers/promises';
import { Option } from 'commander';
import { createExportFile, openExport, type RecordExport, type RecordRows } from '../daemon/commands-export';
import { nearest } from '../domain/nearest';
import { countText } from '../domain/count-text';
import type { CommandContext, RegisterCommand } from './command-context';
import { CommandProblem } from './command-problem';
import { notAFile } from './named-file';
import { parseSince, SINCE_FORMS } from './parse-since';
import { refuseOwn } from './refuse-own';
import { type RecordFormat, renderRecords } from './render-records';

interface ExportOptions {
  readonly type: string;
  readonly since?: string;
  readonly format: RecordFormat;
  readonly out?: string;
}

export const registerExport: RegisterCommand = (program, context) => {
  program
    .command('export')
    .description('accepted records in their current versions, with all they hold')
    .requiredOption('--type <type>', 'message type')
    .option('--since <time>', `received then or later: ${SINCE_FORMS}`, (text) => parseSince(text, context.now()))
    .addOption(
      new Option('--format <format>', 'CSV, or one JSON object a line').choices(['csv', 'ndjson']).default('csv'),
    )
    .option('--out <file>', 'into this file, readable by you alone (default: standard output)')
    .addHelpText(
      'after',
      [
        '',
        'Columns: _id, _batch_id, _version and _received_at (UTC), then the fields as their source names them.',
        'CSV is UTF-8 with commas. The view current_<type> of the store holds the same.',
        '',
        'Examples:',
        '  labdrop export --type LaboratoryTestResult --since 7d --out week.csv',
        '  labdrop export --type LaboratoryTestResult --format ndjson | gzip > all.ndjson.gz',
      ].join('\n'),
    )
    .action((options: ExportOptions) => exportRecords(options, context));
};

async function exportRecords(options: ExportOptions, context: CommandContext): Promise<void> {
  const config = context.loadConfig();
  const out = options.out === undefined ? null : resolve(context.cwd, options.out);
  if (out !== null) refuseOwn(config, out);
  const store = openExport(config);
  if (store === null) throw new CommandProblem('there is no store yet: the daemon makes it at its first start');
  try {
    const records = store.read(knownType(options.type, store), options.since ?? null);
    if (out === null) await print(records, options.format, context);
    else await writeFile(records, options.format, out, context);
  } finally {
    store.close();
  }
}

function knownType(type: string, store: RecordExport): string {
  const types = store.types();
  if (types.includes(type)) return type;
  const meant = nearest(type, types);
  const hint = meant === null ? `known are ${types.join(', ')}` : `did you mean ${meant}?`;
  throw new CommandProblem(`the store has no message type ${JSON.stringify(type)}; ${hint}`);
}

/** No faster than the reader reads, so that nothing piles up here. */
async function print(records: RecordRows, format: RecordFormat, context: CommandContext): Promise<void> {
  let count = 0;
  for (const { text, records: rendered } of renderRecords(records, format)) {
    context.out(text);
    await context.flush();
    count += rendered;
    // Where the records themselves are on the screen, they tell how far it is.
    if (context.terminal !== true) context.progress?.(countText(count, 'record'));
  }
  context.progress?.('');
}

async function writeFile(
  records: RecordRows,
  format: RecordFormat,
  path: string,
  context: CommandContext,
): Promise<void> {
  const present = statSync(path, { throwIfNoEntry: false });
  const what = present === undefined ? null : notAFile(present);
  if (what !== null) throw new CommandProblem(`--out: ${path} is no file but ${what}`);
  if (statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new CommandProblem(`--out: there is no folder ${dirname(path)}`);
  }
  let discard = (): void => undefined;
  // Heard before there is anything: else a signal in between would leave it there.
  const done = context.onInterrupt?.(() => {
    discard();
  });
  let count = 0;
  try {
    const file = createExportFile(path);
    discard = () => {
      file.discard();
    };
    for (const { text, records: rendered } of renderRecords(records, format)) {
      file.write(`${text}\n`);
      count += rendered;
      context.progress?.(countText(count, 'record'));
      // Signals are heard here.
      await pause();
    }
    file.finish();
  } catch (error) {
    discard();
    throw error;
  } finally {
    done?.();
  }
  context.progress?.('');
  context.out(`Wrote ${path}: ${countText(count, 'record')}`);
}
