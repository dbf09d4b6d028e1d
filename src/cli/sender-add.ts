/** `labdrop sender add`: checks everything first, then writes the account file and prints the connection sheet. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { Config } from '../config/config';
import { ensureHostKey, openAccounts, parsePublicKeys, type PublicKey } from '../daemon/commands-accounts';
import { listeningPort } from '../daemon/commands-status';
import { ACCOUNT_STATUSES, type Account, LANGUAGES } from '../domain/account';
import { isNihdi } from '../domain/identifiers/nihdi';
import { describeUnknownTypes } from '../domain/unknown-type';
import { requireCatalogue } from './catalogue';
import type { CommandContext, RegisterCommand } from './command-context';
import { CommandProblem } from './command-problem';
import { renderConnectionSheet } from './connection-sheet';
import { accountFile, renderAccountJson } from './sender-account';

interface AddOptions {
  readonly name: string;
  readonly email: string;
  readonly key: readonly string[];
  readonly account?: string;
  readonly types?: readonly string[];
  readonly status: Account['status'];
  readonly language: Account['language'];
  readonly json?: boolean;
}

export const registerSenderAdd: RegisterCommand = (sender, context) => {
  const statuses = ACCOUNT_STATUSES.filter((status) => status !== 'disabled');
  sender
    .command('add')
    .description('make an account and print its connection sheet; it can log in at once')
    .argument('<riziv...>', 'NIHDI (RIZIV, INAMI) numbers it may send for: eight digits each')
    .requiredOption('--name <name>', 'name of the organisation')
    .requiredOption('--email <address>', 'who answers questions')
    .requiredOption('--key <file>', 'public key file; may be given several times', collect)
    .option('--account <name>', 'login name (default: the first number)')
    .option('--types <types>', 'message types it may send, with commas between (default: all)', splitList)
    .addOption(
      new Option('--status <status>', 'test: a rehearsal, nothing is stored').choices(statuses).default('production'),
    )
    .addOption(new Option('--language <language>', 'language of the reports').choices(LANGUAGES).default('en'))
    .option('--json', 'for scripts: the account in place of the sheet')
    .addHelpText(
      'after',
      '\nExample:\n  labdrop sender add 81365677 --name "Lab" --email lab@example.org --key id_ed25519.pub',
    )
    .action((numbers: string[], options: AddOptions) => {
      addSender(numbers, options, context);
    });
};

function addSender(numbers: readonly string[], options: AddOptions, context: CommandContext): void {
  const config = context.loadConfig();
  const accounts = openAccounts(config);
  for (const number of numbers) checkNumber(number, context);
  const types = options.types ?? null;
  const known = checkTypes(types, config);
  const keys = options.key.flatMap((file) => readKeys(resolve(context.cwd, file)));
  const account: Account = {
    account: options.account ?? numbers[0] ?? '',
    name: options.name,
    email: options.email,
    senders: [...new Set(numbers)],
    messageTypes: types,
    status: options.status,
    authorizedKeys: [...new Set(keys.map((key) => key.line))],
    allowFrom: [],
    language: options.language,
    expires: null,
    quotaBytes: null,
    quotaFiles: null,
  };
  checkAccount(account);
  const path = accountFile(config, account.account);
  if (accounts.exists(account.account)) {
    throw new CommandProblem(
      `the account ${account.account} exists: change ${path}, or give another name with --account`,
    );
  }
  accounts.write(account);
  const hostKey = ensureHostKey(config);
  if (options.json) {
    context.out(renderAccountJson(config, account, { keys, hostKey }));
    return;
  }
  context.out(`Wrote ${path}\n`);
  context.out(
    renderConnectionSheet({
      account,
      keys,
      config,
      port: listeningPort(config),
      hostKey,
      types: types ?? known,
      now: context.now(),
    }),
  );
}

function checkNumber(number: string, context: CommandContext): void {
  if (/^\d{8}$/.test(number)) {
    if (!isNihdi(number)) context.err(`warning: ${number} does not pass its check digits; is it the right number?`);
    return;
  }
  const digits = number.replace(/\D/g, '');
  const hint = digits.length === 11 || digits.length === 8 ? `; did you mean ${digits.slice(0, 8)}?` : '';
  throw new CommandProblem(
    `${JSON.stringify(number)} is no NIHDI number: eight digits, without the qualification code${hint}`,
  );
}

/** The known message types. */
function checkTypes(types: readonly string[] | null, config: Config): readonly string[] {
  const known = [...requireCatalogue(config.schemas.dir).types.keys()];
  const unknown = describeUnknownTypes(types ?? [], known);
  if (unknown.length > 0) throw new CommandProblem(unknown.join('\n'));
  if (types?.length === 0) throw new CommandProblem('--types names none');
  return known;
}

function readKeys(path: string): readonly PublicKey[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandProblem(`the key ${path} cannot be read: ${(error as Error).message}`);
  }
  const reading = parsePublicKeys(text);
  if (reading.kind === 'problem') throw new CommandProblem(`${path}: ${reading.problem}`);
  return reading.keys;
}

function checkAccount(account: Account): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(account.account)) {
    throw new CommandProblem(
      '--account takes letters, digits, dot, hyphen and underscore, at most 64, a letter or digit first',
    );
  }
  if (!/^[^\s@]+@[^\s@]+$/.test(account.email)) {
    throw new CommandProblem(`${JSON.stringify(account.email)} is no e-mail address`);
  }
  if (account.name.trim() === '' || account.name.length > 200 || /\p{Cc}/u.test(account.name)) {
    throw new CommandProblem('--name takes 1 to 200 characters');
  }
}

function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value];
}

function splitList(value: string): readonly string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
