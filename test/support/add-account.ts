/** Accounts of the examples' sender for the built program: added by its own command, or written beside it. */
import { writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Home, labdrop } from './built-daemon';
import { dropFolder } from './drop-folder';
import { SENDER } from './shipped-examples';

export interface NewAccount {
  /** Path of the private key; the public one lies beside it. */
  readonly key: string;
  /** By default the sender number. */
  readonly account?: string;
  readonly sender?: string;
}

/** Adds an account as an operator does; its drop folder is made by whoever needs it. */
export function addAccount(home: Home, { key, account, sender = SENDER }: NewAccount): void {
  const who = ['--name', 'Lab', '--email', 'lab@example.org', '--key', `${key}.pub`];
  if (account !== undefined) who.push('--account', account);
  expect(labdrop(home, ['sender', 'add', sender, ...who])).toMatchObject({ status: 0, stderr: '' });
}

export interface AccountFile {
  readonly sender?: string;
  readonly status?: 'production' | 'test';
  /** Public keys; nobody logs in without. */
  readonly authorizedKeys?: readonly string[];
}

/** Writes an account's file, as another program does, and makes the folder for its reports; its drop folder. */
export function writeAccount(home: Home, account: string, options: AccountFile = {}): string {
  const { sender = SENDER, status = 'production', authorizedKeys = [] } = options;
  const lines = [
    `account: ${account}`,
    'name: Lab',
    'email: lab@example.org',
    `senders: ["${sender}"]`,
    `status: ${status}`,
    `authorizedKeys: ${JSON.stringify(authorizedKeys)}`,
  ];
  writeFileSync(join(home.dir, 'senders', `${account}.yaml`), lines.join('\n'));
  const folder = dropFolder(home, account);
  mkdirSync(join(folder, 'reports'), { recursive: true });
  return folder;
}
