/** What a sender needs to connect, as a sheet to pass on. Pure; it holds nothing secret. */
import type { Config } from '../config/config';
import type { HostKeyView, PublicKey } from '../daemon/commands-accounts';
import type { Account } from '../domain/account';
import { belgianTime } from '../domain/belgian-time';
import { localTime } from './local-time';
import { renderPairs } from './render-table';

export interface ConnectionSheet {
  readonly account: Account;
  readonly keys: readonly PublicKey[];
  readonly config: Config;
  /** Where the server listens. */
  readonly port: number;
  readonly hostKey: HostKeyView;
  /** Message types it may send. */
  readonly types: readonly string[];
  readonly now: Date;
}

const ANY_ADDRESS = ['0.0.0.0', '::'];

export function renderConnectionSheet({ account, keys, config, port, hostKey, types, now }: ConnectionSheet): string {
  const host = config.sftp.publicHost ?? config.sftp.host;
  const sender = account.senders[0] ?? '';
  const stamp = belgianTime(now).replace(/\D/g, '').slice(2);
  const example = `${sender}_${types[0] ?? 'MessageType'}_${stamp}.csv`;
  const sheet = renderPairs([
    ['Account', `${account.account}, ${account.name}, ${account.email}`],
    ['Status', statusText(account)],
    ['Host', ANY_ADDRESS.includes(host) ? `${host} (every address of this machine)` : host],
    ['Port', port],
    ['User', account.account],
    ...keys.map((key): [string, string] => ['Key', keyText(key, now)]),
    ['Host key', `${hostKey.fingerprint} (ED25519)`],
    ['known_hosts', `${port === 22 ? host : `[${host}]:${port}`} ${hostKey.publicKey.trim()}`],
    ['Sender numbers', account.senders.join(', ')],
    ['Message types', types.join(', ')],
    ['Folder', '/ for data files, /reports for the answers; /test and /test/reports for rehearsals'],
    ['File names', `${sender}_<MessageType>_<yymmddhhmmss>, with .csv, .json or nothing behind`],
    ['Then', 'an empty file of the same name with .ok behind: it says that the data file is complete'],
    ['Answers', 'fetch them when <name>.report.ok is in /reports'],
  ]);
  const commands = [
    `touch ${example}.ok`,
    `sftp -P ${port} ${account.account}@${host} <<'END'`,
    `put ${example}`,
    `put ${example}.ok`,
    'END',
  ];
  return `${sheet}\n\nExample:\n${commands.map((line) => `  ${line}`).join('\n')}`;
}

function keyText({ fingerprint, type, comment, expires }: PublicKey, now: Date): string {
  const text = `${fingerprint} (${type}) ${comment}`.trimEnd();
  if (expires === null) return text;
  return `${text}, ${expires <= now ? 'EXPIRED' : 'expires'} ${localTime(expires.toISOString()) ?? ''}`;
}

function statusText(account: Account): string {
  switch (account.status) {
    case 'production':
      return 'production';
    case 'test':
      return 'test: everything is a rehearsal, nothing is stored';
    case 'disabled':
      return 'disabled: no login';
  }
}
