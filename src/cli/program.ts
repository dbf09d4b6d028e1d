/**
 * The command line as a whole: which commands there are and what they share. Of the commands only the one that is called
 * is loaded, because most of a short command's time is the loading of what other commands need.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { CommandContext, RegisterCommand } from './command-context';

/** In the order of the help. */
const COMMANDS: Readonly<Record<string, () => Promise<RegisterCommand>>> = {
  serve: async () => (await import('./serve')).registerServe,
  reload: async () => (await import('./reload')).registerReload,
  validate: async () => (await import('./validate')).registerValidate,
  sender: async () => (await import('./sender')).registerSender,
  ban: async () => (await import('./ban')).registerBan,
  status: async () => (await import('./status')).registerStatus,
  batches: async () => (await import('./batches')).registerBatches,
  show: async () => (await import('./show')).registerShow,
  rejections: async () => (await import('./rejections')).registerRejections,
  replay: async () => (await import('./replay')).registerReplay,
  release: async () => (await import('./release')).registerRelease,
  export: async () => (await import('./export')).registerExport,
  check: async () => (await import('./check')).registerCheck,
  backup: async () => (await import('./backup')).registerBackup,
  purge: async () => (await import('./purge')).registerPurge,
  codes: async () => (await import('./codes')).registerCodes,
  codelist: async () => (await import('./codelist')).registerCodelist,
  completion: async () => (await import('./completion')).registerCompletion,
  demo: async () => (await import('./demo')).registerDemo,
};

/** Commands that look at all the others. */
const LOOKS_AT_ALL = ['completion'];

/** The program with what its commands share, and as yet none of them. */
export function createProgram(context: CommandContext): Command {
  return new Command('labdrop')
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
    .exitOverride()
    .addHelpText(
      'after',
      '\nExit status: 0 done, 1 the data has errors, 2 wrong usage or unreadable input, 70 our fault, 78 configuration.',
    );
}

/**
 * Adds the command that `args` call; all of them when they call none, for help and for what is misspelt.
 * @throws CommanderError for `--version` and for wrong use of an option of the program itself
 */
export async function addCommands(
  program: Command,
  context: CommandContext,
  args: readonly string[] = [],
): Promise<void> {
  const [called] = program.parseOptions([...args]).operands;
  const names = Object.keys(COMMANDS);
  const wanted = names.filter((name) => name === called && !LOOKS_AT_ALL.includes(name));
  for (const name of wanted.length > 0 ? wanted : names) (await COMMANDS[name]?.())?.(program, context);
}

function versionOf(packageRoot: string): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  return version;
}
