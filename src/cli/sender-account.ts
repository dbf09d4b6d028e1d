/** The account that a command names, or why it cannot be used. */
import { join } from 'node:path';
import type { Config } from '../config/config';
import { openAccounts } from '../daemon/commands-accounts';
import type { Account } from '../domain/account';
import { nearest } from '../domain/nearest';
import { CommandProblem } from './command-problem';

export function accountFile(config: Config, name: string): string {
  return join(config.senders.dir, `${name}.yaml`);
}

/** @throws CommandProblem when there is none of that name or its file is broken */
export function requireAccount(config: Config, name: string): Account {
  const directory = openAccounts(config);
  const account = directory.find(name);
  if (account !== null) return account;
  const { accounts, problems } = directory.list();
  const broken = problems.filter((problem) => problem.startsWith(accountFile(config, name)));
  if (broken.length > 0) throw new CommandProblem(broken.join('\n'));
  const meant = nearest(
    name,
    accounts.map((known) => known.account),
  );
  const hint = meant === null ? 'labdrop sender list shows all' : `did you mean ${meant}?`;
  throw new CommandProblem(`there is no account ${JSON.stringify(name)}; ${hint}`);
}
