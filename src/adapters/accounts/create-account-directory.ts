/**
 * The senders' accounts: one YAML file each, read fresh at every login, so that a new or changed file holds at once.
 * A broken file disables its own account and no other. Nothing here writes to a file that it did not make itself.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Account } from '../../domain/account';
import { exists, makeDirectory, syncDirectory } from '../spool/durable-files';
import { createAccountReader } from './read-account';

export interface AccountListing {
  /** By name. */
  readonly accounts: readonly Account[];
  /** A line for each thing that is not right, with the file. */
  readonly problems: readonly string[];
}

export interface AccountDirectory {
  /** Synchronous and fresh. Null when there is no such account or its file is broken. */
  find(name: string): Account | null;
  list(): AccountListing;
  /** Whether a file of that account is there, broken or not. */
  exists(name: string): boolean;
  /** Writes the account's file whole, durably; replaces an earlier one. */
  write(account: Account): void;
}

interface Cached {
  readonly version: string;
  readonly account: Account | null;
  readonly problems: readonly string[];
}

const ACCOUNT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const FILE_BYTES_MAX = 256 * 1024;
/** The group is the daemon's. */
const FILE_MODE = 0o640;

/** @param onProblem called once for each version of a file that cannot be used */
export function createAccountDirectory(
  dir: string,
  onProblem: (account: string, problem: string) => void = () => undefined,
): AccountDirectory {
  const readAccount = createAccountReader();
  const cache = new Map<string, Cached>();

  const load = (name: string): Cached | null => {
    const path = accountPath(dir, name);
    const cached = cache.get(name);
    try {
      const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
      if (stat === undefined) {
        cache.delete(name);
        return null;
      }
      const version = `${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`;
      if (cached?.version === version) return cached;
      if (!stat.isFile() || stat.size > FILE_BYTES_MAX) return broken(name, version, [`${path}: is no account file`]);
      const reading = readAccount(name, path, readFileSync(path, 'utf8'));
      if (reading.kind === 'problems') return broken(name, version, reading.problems);
      const fresh = { version, account: reading.account, problems: [] };
      cache.set(name, fresh);
      return fresh;
    } catch (error) {
      return broken(name, 'unreadable', [`${path}: cannot be read: ${(error as Error).message}`]);
    }
  };

  const broken = (name: string, version: string, problems: readonly string[]): Cached => {
    if (cache.get(name)?.version !== version) for (const problem of problems) onProblem(name, problem);
    const found = { version, account: null, problems };
    cache.set(name, found);
    return found;
  };

  return {
    find(name) {
      return ACCOUNT_NAME.test(name) ? (load(name)?.account ?? null) : null;
    },

    exists(name) {
      return ACCOUNT_NAME.test(name) && exists(accountPath(dir, name));
    },

    list() {
      const accounts: Account[] = [];
      const problems: string[] = [];
      for (const file of accountFiles(dir, problems)) {
        const name = file.replace(/\.yaml$/, '');
        if (!file.endsWith('.yaml') || !ACCOUNT_NAME.test(name)) {
          problems.push(`${join(dir, file)}: is not named <account>.yaml and is left aside`);
          continue;
        }
        const found = load(name);
        if (found?.account) accounts.push(found.account);
        problems.push(...(found?.problems ?? []));
      }
      return { accounts, problems };
    },

    write(account) {
      makeDirectory(dir);
      const path = accountPath(dir, account.account);
      const temporary = join(dir, `.${account.account}.${process.pid}.new`);
      writeDurably(temporary, stringify(account, { lineWidth: 0 }), dir);
      renameSync(temporary, path);
      syncDirectory(dir);
      cache.delete(account.account);
    },
  };
}

function accountPath(dir: string, name: string): string {
  if (!ACCOUNT_NAME.test(name)) throw new Error(`not an account name: ${JSON.stringify(name)}`);
  return join(dir, `${name}.yaml`);
}

/**
 * Made by root, it is handed to the folder's owner and group: the daemon runs under another user and must read it,
 * whatever root's umask takes away.
 */
function handOver(fd: number, dir: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(dir);
  fchownSync(fd, uid, gid);
  fchmodSync(fd, FILE_MODE);
}

/** Visible files in order; a folder that is not there holds none. */
function accountFiles(dir: string, problems: string[]): string[] {
  try {
    return readdirSync(dir)
      .filter((file) => !file.startsWith('.'))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    problems.push(`${dir}: cannot be listed: ${(error as Error).message}`);
    return [];
  }
}

function writeDurably(path: string, text: string, dir: string): void {
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, FILE_MODE);
  try {
    writeSync(fd, text);
    handOver(fd, dir);
    fsyncSync(fd);
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(fd);
  }
}
