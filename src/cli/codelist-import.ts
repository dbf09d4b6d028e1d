/** `labdrop codelist import`: a value set replaced by a file, after everything in it was checked. */
import { Option } from 'commander';
import {
  type CodelistChange,
  type CodelistFile,
  type ImportPlan,
  listCodelistFiles,
  planImport,
} from '../daemon/commands-codelist-import';
import { findDaemon } from '../daemon/commands-replay';
import { escapeControls } from '../domain/escape-controls';
import { nearest } from '../domain/nearest';
import { countText } from '../domain/count-text';
import { type CodelistSchemas, findCodelistSchemas } from './codelist-schemas';
import type { CommandContext, RegisterCommand } from './command-context';
import { CommandProblem } from './command-problem';
import { EXIT } from './exit-status';
import { requireFile } from './named-file';
import { renderPairs } from './render-table';

interface ImportOptions {
  readonly list: string;
  readonly close?: boolean;
  readonly open?: boolean;
  readonly collection?: string;
  readonly basis?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const CODES_SHOWN = 10;
const PROBLEMS_SHOWN = 100;

export const registerCodelistImport: RegisterCommand = (codelist, context) => {
  codelist
    .command('import')
    .description('replace a value set by a CSV or JSON file; the earlier one is kept')
    .argument('<file>', 'CSV with a header, or JSON')
    .requiredOption('--list <name>', 'the value set to replace')
    .addOption(new Option('--close', 'from now on an unknown code rejects the record').conflicts('open'))
    .option('--open', 'from now on an unknown code is a warning')
    .option('--collection <name>', 'the collection it belongs to, where that is not clear')
    .option('--basis <text>', 'where the codes come from')
    .option('--dry-run', 'check and compare, write nothing')
    .option('--json', 'for scripts')
    .addHelpText(
      'after',
      [
        '',
        'CSV: delimiter ; , or tab; columns code, label (or label_en, label_nl, label_fr, label_de), valid_from,',
        'valid_to, system, in any order and spelling; dates as 2021-01-31. JSON: a list of objects with these keys, or',
        'the form that the value sets of the schemas folder have, or what labdrop codelist show --json prints.',
        '',
        'Examples:',
        '  labdrop codelist import collectivities.csv --list CollectivityCodelist --close',
        '  labdrop codelist import collectivities.csv --list CollectivityCodelist --dry-run',
        '',
        'Exit status: 0 done, 1 something in the file is wrong and nothing was changed.',
      ].join('\n'),
    )
    .action((file: string, options: ImportOptions) => {
      importCodelist(file, options, context);
    });
};

function importCodelist(file: string, options: ImportOptions, context: CommandContext): void {
  const schemas = findCodelistSchemas(context);
  const target = findTarget(options, schemas);
  const sourcePath = requireFile(file, context.cwd);
  const closed = options.close === true ? true : options.open === true ? false : null;
  const plan = planImport({ target, sourcePath, closed, basis: options.basis ?? null, now: context.now() });
  for (const remark of plan.remarks) context.err(`note: ${escapeControls(remark)}`);
  if (plan.kind === 'problems') {
    refuse(plan, target);
    return;
  }
  if (plan.kind === 'open-or-closed') {
    throw new CommandProblem(
      `${target.path} is damaged and does not say whether an unknown code rejects the record: say it with --close or --open`,
    );
  }
  if (options.json) {
    const isWritten = plan.change.differs && options.dryRun !== true;
    context.out(renderChangeJson(plan.change, target, isWritten ? plan.write() : null));
    return;
  }
  context.out(renderChange(plan.change));
  if (!plan.change.differs) {
    context.out('\nNothing differs: nothing was written.');
    return;
  }
  if (options.dryRun) {
    context.out('\nNothing was written (--dry-run).');
    return;
  }
  const earlier = plan.write();
  context.out(`\nWrote     ${target.path}\nEarlier   ${earlier}\n${inForce(schemas)}`);
  if (schemas.isProgramsOwn) context.err(upgradeWarning(schemas));
}

function findTarget({ list, collection }: ImportOptions, { dir }: CodelistSchemas): CodelistFile {
  const files = listCodelistFiles(dir);
  const inCollection = files.filter((file) => collection === undefined || file.collection === collection);
  if (inCollection.length === 0) {
    const known = [...new Set(files.map((file) => file.collection))];
    const hint = known.length === 0 ? `${dir} holds none` : `known: ${known.join(', ')}`;
    throw new CommandProblem(`there is no collection ${JSON.stringify(collection ?? '')} with value sets; ${hint}`);
  }
  const found = inCollection.filter(({ name }) => name === list);
  if (found.length > 1) {
    const collections = found.map((file) => file.collection).join(', ');
    throw new CommandProblem(`several collections have ${list}: ${collections}; name one with --collection`);
  }
  if (found[0] !== undefined) return found[0];
  const meant = nearest(
    list,
    inCollection.map(({ name }) => name),
  );
  const hint = meant === null ? 'labdrop codelist list shows all' : `did you mean ${meant}?`;
  throw new CommandProblem(`there is no value set ${JSON.stringify(list)}; ${hint}`);
}

function refuse({ problems }: Extract<ImportPlan, { kind: 'problems' }>, { name }: CodelistFile): never {
  const shown = problems.slice(0, PROBLEMS_SHOWN).map(escapeControls);
  if (problems.length > shown.length) shown.push(`... and ${problems.length - shown.length} more`);
  const count = countText(problems.length, 'problem');
  throw new CommandProblem([...shown, `${count}: ${name} stays as it is.`].join('\n'), EXIT.dataErrors);
}

function renderChange({ before, after, added, removed, changed }: CodelistChange): string {
  const kind = after.closed ? 'closed: an unknown code rejects the record' : 'open: an unknown code is a warning';
  const was = before !== null && before.closed !== after.closed ? ` (was ${before.closed ? 'closed' : 'open'})` : '';
  return renderPairs([
    ['Name', after.name],
    ['Kind', `${kind}${was}`],
    [
      'Codes',
      before === null ? String(after.entries.length) : `${after.entries.length} (were ${before.entries.length})`,
    ],
    ['Basis', after.basis],
    ['Added', countCodes(added)],
    ['Removed', countCodes(removed)],
    ['Changed', countCodes(changed)],
  ]);
}

/** @param earlier where the earlier set is kept; null when nothing was written */
function renderChangeJson(change: CodelistChange, { path }: CodelistFile, earlier: string | null): string {
  const { after, added, removed, changed, differs } = change;
  const view = {
    name: after.name,
    closed: after.closed,
    codes: after.entries.length,
    added,
    removed,
    changed,
    differs,
  };
  return JSON.stringify({ ...view, written: earlier !== null, path, earlier }, null, 2);
}

function countCodes(codes: readonly string[]): string {
  if (codes.length === 0) return '0';
  const rest = codes.length > CODES_SHOWN ? ', ...' : '';
  return `${codes.length}: ${codes.slice(0, CODES_SHOWN).join(', ')}${rest}`;
}

function inForce({ config }: CodelistSchemas): string {
  const daemon = config === null ? null : findDaemon(config);
  if (daemon === null) return 'In force  at the next start of the daemon';
  return `In force  when the daemon reloads: systemctl reload labdrop, or kill -HUP ${daemon.pid}`;
}

function upgradeWarning({ dir, config }: CodelistSchemas): string {
  const where = config === null ? 'a configuration' : config.configPath;
  return `warning: an upgrade of the program replaces ${dir}. Keep your own copy: cp -r ${dir} /etc/labdrop/schemas, and set schemas.dir to it in ${where}`;
}
