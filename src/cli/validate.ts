/** `labdrop validate`: the daemon's rules on any machine, before anything is sent. */
import { statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Option } from 'commander';
import { describeReportClash, readCatalogue, validateFile, type Validation } from '../daemon/validate-file';
import { LANGUAGES, type Language } from '../domain/account';
import type { Catalogue } from '../domain/message-type';
import { nearest } from '../domain/nearest';
import { inLineOrder } from '../stages/report/in-line-order';
import { planReports } from '../stages/report/plan-reports';
import { renderValidateLine } from '../stages/report/render-validate-line';
import { renderValidateText } from '../stages/report/render-validate-text';
import type { CommandContext, RegisterCommand } from './command-context';
import { CommandProblem } from './command-problem';
import { EXIT } from './exit-status';
import { requireFile, requireFolder } from './named-file';

interface ValidateFlags {
  readonly type?: string;
  readonly format: 'text' | 'json';
  readonly reports?: string;
  readonly schemas?: string;
  readonly language: Language;
}

export const registerValidate: RegisterCommand = (program, context) => {
  program
    .command('validate')
    .description('judge files by the same rules as the daemon, without a daemon, a store or a configuration')
    .argument('<file...>', 'data files, named as they will be sent; no folder, no pipe')
    .option('--type <type>', 'message type, when the name does not say it')
    .addOption(new Option('--format <format>', 'what to print').choices(['text', 'json']).default('text'))
    .option(
      '--reports <dir>',
      'also write the report set into this folder; it replaces an earlier set on the same file',
    )
    .option('--schemas <dir>', 'schemas and value sets (default: those of this program)')
    .addOption(new Option('--language <language>', 'of the messages').choices(LANGUAGES).default('en'))
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        '  labdrop validate 81365677_LaboratoryTestResult_210401120000.csv',
        '  labdrop validate export.csv --type LaboratoryTestResult --format json',
        '',
        'Exit status: 0 nothing is wrong, 1 something would be rejected, 2 a file cannot be read.',
      ].join('\n'),
    )
    .action((files: string[], flags: ValidateFlags) => validateAll(files, flags, context));
};

function validateAll(files: readonly string[], flags: ValidateFlags, context: CommandContext): void {
  const catalogue = readCatalogue(
    flags.schemas === undefined ? join(context.packageRoot, 'schemas') : resolve(context.cwd, flags.schemas),
  );
  const messageType = flags.type === undefined ? null : knownType(flags.type, catalogue);
  const paths = files.map((file) => requireFile(file, context.cwd));
  const reportsDir = flags.reports === undefined ? null : requireFolder('--reports', flags.reports, context.cwd);
  const clash = reportsDir === null ? null : describeReportClash(paths, reportsDir);
  if (clash !== null) throw new CommandProblem(`${clash}: validate them one by one, each with --reports of its own`);
  for (const path of paths) {
    const { size } = statSync(path);
    const onProgress = (bytes: number): void =>
      context.progress?.(`${basename(path)}: ${Math.floor((bytes / Math.max(size, 1)) * 100)} % read`);
    const { language } = flags;
    const options = { path, messageType, catalogue, reportsDir, language, now: () => context.now(), onProgress };
    validateFile(options, (validation) => {
      context.progress?.('');
      print(validation, { format: flags.format, isReported: reportsDir !== null }, context);
      if (validation.totals.errors > 0) context.setStatus(EXIT.dataErrors);
    });
  }
}

function knownType(type: string, { types }: Catalogue): string {
  if (types.has(type)) return type;
  const meant = nearest(type, types.keys());
  const hint = meant === null ? `known are ${[...types.keys()].join(', ')}` : `did you mean ${meant}?`;
  throw new CommandProblem(`unknown message type ${type}: ${hint}`);
}

/** Names report files only where they are written. */
function print(
  { batch, groups, totals, findings }: Validation,
  { format, isReported }: { readonly format: 'text' | 'json'; readonly isReported: boolean },
  context: CommandContext,
): void {
  if (format === 'json') {
    printPieces(renderValidateLine({ batch, groups, totals, files: [] }, findings()), context);
    return;
  }
  const names = isReported ? planReports(batch, totals) : [];
  const nameOf = (kind: string): string | null => names.find((report) => report.kind === kind)?.name ?? null;
  const input = { batch, groups, totals, errorsFile: nameOf('errors'), rejectedFile: nameOf('rejected') };
  printPieces(renderValidateText(input, inLineOrder(findings)), context);
}

/** Whole lines, as they become complete. */
function printPieces(pieces: Iterable<string>, context: CommandContext): void {
  let pending: string[] = [];
  for (const piece of pieces) {
    const end = piece.lastIndexOf('\n');
    if (end < 0) {
      pending.push(piece);
      continue;
    }
    context.out([...pending, piece.slice(0, end)].join(''));
    pending = [piece.slice(end + 1)];
  }
  const rest = pending.join('');
  if (rest !== '') context.out(rest);
}
