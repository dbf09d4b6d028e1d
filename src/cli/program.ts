/** The command line as a whole: which commands there are and what they share. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { registerBackup } from './backup';
import { registerBan } from './ban';
import { registerBatches } from './batches';
import { registerCheck } from './check';
import { registerCodelist } from './codelist';
import { registerCodes } from './codes';
import type { CommandContext, RegisterCommand } from './command-context';
import { registerCompletion } from './completion';
import { registerDemo } from './demo';
import { registerExport } from './export';
import { registerPurge } from './purge';
import { registerRejections } from './rejections';
import { registerRelease } from './release';
import { registerReload } from './reload';
import { registerReplay } from './replay';
import { registerSender } from './sender';
import { registerServe } from './serve';
import { registerShow } from './show';
import { registerStatus } from './status';
import { registerValidate } from './validate';

/** In the order of the help. */
const COMMANDS: readonly RegisterCommand[] = [
  registerServe,
  registerReload,
  registerValidate,
  registerSender,
  registerBan,
  registerStatus,
  registerBatches,
  registerShow,
  registerRejections,
  registerReplay,
  registerRelease,
  registerExport,
  registerCheck,
  registerBackup,
  registerPurge,
  registerCodes,
  registerCodelist,
  registerCompletion,
  registerDemo,
];

export function buildProgram(context: CommandContext): Command {
  const program = new Command('labdrop')
    .description(
      'Takes laboratory test batches over SFTP, validates every record, stores what is right, reports the rest.',
    )
    .version(versionOf(context.packageRoot))
    .option('--config <file>', 'configuration (else LABDROP_CONFIG, ./config/labdrop.yaml, /etc/labdrop/labdrop.yaml)')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => context.out(text.replace(/\n$/, '')),
      writeErr: (text) => context.err(text.replace(/\n$/, '')),
    })
    .showSuggestionAfterError()
    .exitOverride();
  for (const register of COMMANDS) register(program, context);
  program.addHelpText(
    'after',
    '\nExit status: 0 done, 1 the data has errors, 2 wrong usage or unreadable input, 70 our fault, 78 configuration.',
  );
  return program;
}

function versionOf(packageRoot: string): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  return version;
}
