/** `labdrop codelist`: the value sets in force. */
import { Option } from 'commander';
import { type Language, LANGUAGES } from '../domain/account';
import type { Codelist } from '../domain/message-type';
import { nearest } from '../domain/nearest';
import { requireCatalogue } from './catalogue';
import { registerCodelistImport } from './codelist-import';
import { findCodelistSchemas } from './codelist-schemas';
import type { CommandContext, RegisterCommand } from './command-context';
import { CommandProblem } from './command-problem';
import { renderPairs, renderTable } from './render-table';

export const registerCodelist: RegisterCommand = (program, context) => {
  const codelist = program.command('codelist').description('value sets');
  codelist
    .command('list')
    .description('all value sets')
    .option('--json', 'for scripts')
    .addHelpText('after', '\nExample:\n  labdrop codelist list')
    .action(({ json }: { json?: boolean }) => {
      listCodelists(json === true, context);
    });
  codelist
    .command('show')
    .description('one value set with its codes')
    .argument('<name>', 'its name')
    .addOption(new Option('--language <language>', 'language of the labels').choices(LANGUAGES).default('en'))
    .option('--json', 'for scripts')
    .addHelpText('after', '\nExample:\n  labdrop codelist show CollectivityCodelist --language nl')
    .action((name: string, { language, json }: { language: Language; json?: boolean }) => {
      const list = requireCodelist(name, context);
      context.out(json ? JSON.stringify(list, null, 2) : renderCodelist(list, language));
    });
  registerCodelistImport(codelist, context);
  codelist.addHelpText('after', '\nExamples:\n  labdrop codelist list\n  labdrop codelist show SexCodelist');
};

function listCodelists(json: boolean, context: CommandContext): void {
  const lists = [...codelistsInForce(context).values()].map(({ name, closed, basis, entries }) => ({
    name,
    closed,
    codes: entries.length,
    basis,
  }));
  if (json) {
    context.out(JSON.stringify(lists, null, 2));
    return;
  }
  const rows = lists.map(({ name, closed, codes, basis }) => [name, closed ? 'closed' : 'open', codes, basis]);
  context.out(renderTable(['name', 'kind', 'codes', 'basis'], rows));
}

function requireCodelist(name: string, context: CommandContext): Codelist {
  const lists = codelistsInForce(context);
  const list = lists.get(name);
  if (list !== undefined) return list;
  const meant = nearest(name, lists.keys());
  const hint = meant === null ? 'labdrop codelist list shows all' : `did you mean ${meant}?`;
  throw new CommandProblem(`there is no value set ${JSON.stringify(name)}; ${hint}`);
}

function renderCodelist({ name, closed, basis, entries }: Codelist, language: Language): string {
  const about = renderPairs([
    ['Name', name],
    ['Kind', closed ? 'closed: an unknown code rejects the record' : 'open: an unknown code is a warning'],
    ['Codes', entries.length],
    ['Basis', basis],
  ]);
  const rows = entries.map(({ code, labels, validFrom, validTo }) => [
    code,
    validFrom,
    validTo,
    labels[language] ?? labels['en'] ?? Object.values(labels)[0] ?? '',
  ]);
  return `${about}\n\n${renderTable(['code', 'from', 'to', 'label'], rows)}`;
}

/** Those of the configuration; where there is none, those that come with the program. */
function codelistsInForce(context: CommandContext): ReadonlyMap<string, Codelist> {
  return requireCatalogue(findCodelistSchemas(context).dir).codelists;
}
