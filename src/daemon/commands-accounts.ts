/** What commands do with the senders' accounts and with the host key. Thin: it joins configuration and adapters. */
import { chownSync, lstatSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type AccountDirectory, createAccountDirectory } from '../adapters/accounts/create-account-directory';
import { loadOrCreateHostKey } from '../adapters/sftp/host-key';
import { dataFolders } from '../adapters/spool/data-folders';
import { makeDirectory } from '../adapters/spool/durable-files';
import type { Config } from '../config/config';
import { readPublishedHostKey } from './host-keys';

export type { AccountDirectory } from '../adapters/accounts/create-account-directory';
export { findSendersFolderProblem } from './senders-folder';
export { type KeyReading, parsePublicKeys, type PublicKey } from '../adapters/accounts/parse-public-key';

export function openAccounts(config: Config): AccountDirectory {
  return createAccountDirectory(config.senders.dir);
}

export interface HostKeyView {
  /** `ssh-ed25519 base64`. */
  readonly publicKey: string;
  /** `SHA256:...` */
  readonly fingerprint: string;
}

/**
 * The server's host key; made now when there is none yet, so that a connection sheet can name it. Made by root, it is
 * handed to whoever owns the data folder: the daemon runs under that user.
 */
export function ensureHostKey(config: Config): HostKeyView {
  const { dataDir, hostKeyPath } = dataFolders(config.dataDir);
  makeDirectory(dataDir);
  const published = readPublishedHostKey(hostKeyPath);
  if (published !== null) return published;
  const { publicKey, fingerprint } = loadOrCreateHostKey(hostKeyPath);
  if (process.getuid?.() === 0) {
    const { uid, gid } = statSync(dataDir);
    for (const path of [dirname(hostKeyPath), hostKeyPath]) {
      if (lstatSync(path).uid !== uid) chownSync(path, uid, gid);
    }
  }
  return { publicKey, fingerprint };
}
