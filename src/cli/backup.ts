/** `labdrop backup`: a checked copy of the store while batches arrive. It holds patients' data. */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { backUp, inspectBackup, type StoreBackup } from '../daemon/commands-backup';
import { Fault } from '../domain/fault';
import { countText } from '../domain/count-text';
import type { CommandContext, RegisterCommand } from './command-context';
import { CommandProblem } from './command-problem';
import { EXIT } from './exit-status';
import { byteText } from './byte-text';
import { localTime } from './local-time';
import { notAFile, requireFile } from './named-file';
import { refuseOwn } from './refuse-own';

interface BackupOptions {
  readonly force?: boolean;
  readonly verify?: boolean;
  readonly json?: boolean;
}

export const registerBackup: RegisterCommand = (program, context) => {
  program
    .command('backup')
    .argument('<file>', 'the copy; readable by you alone')
    .description('a checked copy of the store, while the daemon works')
    .option('--force', 'take the place of a file that is there')
    .option('--verify', 'make none: say whether FILE, made earlier, is sound')
    .option('--json', 'for scripts; times in UTC')
    .addHelpText(
      'after',
      [
        '',
        'The copy is the store at one moment: batches, findings and records. Originals (archive/), account files,',
        'configuration and host keys are plain files: copy them with what copies your files. To put a copy back: stop',
        'the daemon, move labdrop.db, labdrop.db-wal and labdrop.db-shm of its data folder aside, put the copy there as',
        'labdrop.db, owned by the user of the daemon, and start it.',
        '',
        'Examples:',
        '  labdrop backup /backup/labdrop-$(date +%F).db',
        '  labdrop backup --verify /backup/labdrop-2026-01-31.db',
        '',
        'Exit status of --verify: 0 the copy is sound, 2 there is no such file, 70 it is not sound.',
      ].join('\n'),
    )
    .action((file: string, options: BackupOptions) => run(resolve(context.cwd, file), options, context));
};

async function run(path: string, { force, verify, json }: BackupOptions, context: CommandContext): Promise<void> {
  const backup = verify === true ? verified(path) : await made(path, force === true, context);
  if (json === true) context.out(JSON.stringify({ file: path, ...backup }));
  else context.out(`${path} is sound: ${describe(backup)}`);
}

function verified(path: string): StoreBackup {
  const file = requireFile(path, '/');
  try {
    return inspectBackup(file);
  } catch (error) {
    if (!(error instanceof Fault) || error.retryable) throw error;
    const remedy = [
      'Do not put it back. An older copy may be sound: labdrop backup --verify FILE tells. Make a new one with',
      'labdrop backup FILE; whether the store itself is sound, labdrop check tells.',
    ];
    throw new CommandProblem(
      [`${error.code}: ${file} is not sound: ${error.message}`, ...remedy].join('\n'),
      EXIT.fault,
    );
  }
}

async function made(path: string, overwrite: boolean, context: CommandContext): Promise<StoreBackup> {
  const config = context.loadConfig();
  const present = statSync(path, { throwIfNoEntry: false });
  const what = present === undefined ? null : notAFile(present);
  if (what !== null) throw new CommandProblem(`${path} is no file but ${what}`);
  refuseOwn(config, path);
  if (present !== undefined && !overwrite) throw new CommandProblem(`${path} is there already; --force replaces it`);
  if (statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new CommandProblem(`there is no folder ${dirname(path)}`);
  }
  const onProgress = (done: number): void => context.progress?.(`copied ${Math.floor(done * 100)} %`);
  const { onInterrupt } = context;
  const backup = await backUp(config, { targetPath: path, onProgress, ...(onInterrupt && { onInterrupt }) });
  context.progress?.('');
  if (backup === null) throw new CommandProblem('there is no store yet: the daemon makes it at its first start');
  return backup;
}

function describe({ bytes, batches, lastCommittedAt }: StoreBackup): string {
  const last = lastCommittedAt === null ? '' : `, the last of ${localTime(lastCommittedAt) ?? ''}`;
  return `${byteText(bytes)}, ${countText(batches, 'batch', 'batches')}${last}`;
}
