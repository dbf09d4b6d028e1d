/**
 * Whether what a filter names is anything at all: a slip would else show nothing, as if nothing had come. A message type
 * that neither schemas nor store know is wrong usage. Accounts and senders come and go, and one that has sent nothing may
 * be asked for all the same: of those a note is made on standard error, and the answer stays what it is.
 */
import type { Config } from '../config/config';
import { openAccounts } from '../daemon/commands-accounts';
import { type BatchNameColumn, openReader } from '../daemon/commands-store';
import { nearest } from '../domain/nearest';
import { describeUnknownTypes } from '../domain/unknown-type';
import type { FilterOptions } from './batch-options';
import { findCatalogue } from './catalogue';
import type { CommandContext } from './command-context';
import { CommandProblem } from './command-problem';

/** @throws CommandProblem for a message type that there is not and never was */
export function checkFilter(options: FilterOptions, config: Config, context: CommandContext): void {
  const { type, account, sender } = options;
  if (type !== undefined) requireType(type, config);
  const problems = [
    account === undefined ? null : describeUnknown('account', account, config),
    sender === undefined ? null : describeUnknown('sender', sender, config),
  ];
  for (const problem of problems) if (problem !== null) context.err(`note: ${problem}`);
}

/** Where the schemas cannot be read, any may be right. */
function requireType(type: string, config: Config): void {
  const catalogue = findCatalogue(config.schemas.dir);
  if (catalogue === null || catalogue.types.has(type)) return;
  const known = new Set([...catalogue.types.keys(), ...named(config, 'message_type')]);
  const [unknown] = describeUnknownTypes([type], [...known]);
  if (unknown !== undefined) throw new CommandProblem(unknown);
}

/** Null when an account file or a batch has it. */
function describeUnknown(what: 'account' | 'sender', name: string, config: Config): string | null {
  const directory = openAccounts(config);
  // An account whose file is broken is one all the same.
  if (what === 'account' && directory.exists(name)) return null;
  const { accounts } = directory.list();
  const present = accounts.flatMap(({ account, senders }) => (what === 'account' ? [account] : senders));
  const known = new Set([...present, ...named(config, what)]);
  if (known.has(name)) return null;
  const meant = nearest(name, known);
  const hint = meant === null ? '' : `; did you mean ${meant}?`;
  return `there is no ${what} ${JSON.stringify(name)}, and no batch of it${hint}`;
}

/** What batches of the store have there. */
function named(config: Config, column: BatchNameColumn): readonly string[] {
  const reader = openReader(config);
  try {
    return reader?.named(column) ?? [];
  } finally {
    reader?.close();
  }
}
