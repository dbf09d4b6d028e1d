/** The account that a command names, or why it cannot be used. */
import { join } from 'node:path';
import type { Config } from '../config/config';
import { type HostKeyView, openAccounts, type PublicKey } from '../daemon/commands-accounts';
import { listeningPort } from '../daemon/commands-status';
import type { Account } from '../domain/account';
import { hasExpired } from '../domain/has-expired';
import { nearest } from '../domain/nearest';
import { CommandProblem } from './command-problem';

export function accountFile(config: Config, name: string): string {
  return join(config.senders.dir, `${name}.yaml`);
}

/** An account as scripts read it, with where it connects to. */
export function renderAccountJson(
  config: Config,
  account: Account,
  { keys, hostKey }: { readonly keys: readonly PublicKey[]; readonly hostKey: HostKeyView },
): string {
  const { host, publicHost } = config.sftp;
  const sftp = { host: publicHost ?? host, port: listeningPort(config), hostKeyFingerprint: hostKey.fingerprint };
  const views = keys.map(({ type, fingerprint, comment, expires }) => ({ type, fingerprint, comment, expires }));
  return JSON.stringify({ ...account, keys: views, sftp, file: accountFile(config, account.account) }, null, 2);
}

/** Of its logins, for people; null when there is none. */
export function lastDay(account: Account, now: Date): string | null {
  return hasExpired(account, now) ? `${String(account.expires)}, EXPIRED` : account.expires;
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
