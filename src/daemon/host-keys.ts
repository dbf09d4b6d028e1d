/**
 * Where the server's own keys come from: from the service manager (LoadCredential=, under the names that the files have),
 * else from `host_keys/` of the data folder, where a missing one is made. Of a key that was handed over the public half
 * is left in `host_keys/`, as commands cannot read it otherwise.
 * @see systemd.exec(5), "Credentials"
 */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  fingerprintOf,
  type HostKey,
  type HostKeyType,
  loadHostKey,
  loadOrCreateHostKey,
} from '../adapters/sftp/host-key';
import type { DataFolders } from '../adapters/spool/data-folders';
import type { SftpConfig } from '../config/config';

export interface HostKeys {
  readonly inUse: readonly HostKey[];
  /** Made known to clients, and not used yet. */
  readonly next: readonly HostKey[];
  /** Paths of keys in the data folder that others than their owner can use. */
  readonly exposed: readonly string[];
}

const NOT_OWNER_ANY = 0o077;

/**
 * @param credentialsDir folder of what the service manager handed over, or null
 * @throws Fault S901 when a key cannot be read or made, or is none
 */
export function loadHostKeys({ hostKeyPath }: DataFolders, sftp: SftpConfig, credentialsDir: string | null): HostKeys {
  const ofPolicy = sftp.policy === 'compat' ? (['ed25519', 'ecdsa', 'rsa'] as const) : (['ed25519'] as const);
  const folder = dirname(hostKeyPath);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keys = (sftp.hostKeyTypes ?? ofPolicy).map((type) => loadOne(type, folder, credentialsDir));
  const exposed = keys.flatMap(({ path }) => (path !== null && isExposed(path) ? path : []));
  return { inUse: keys.map(({ key }) => key), next: keys.flatMap(({ next }) => next ?? []), exposed };
}

/** The public half of the key that connection sheets name, where the key itself is not in the data folder. */
export function readPublishedHostKey(hostKeyPath: string): Pick<HostKey, 'publicKey' | 'fingerprint'> | null {
  try {
    const publicKey = readFileSync(publishedPath(hostKeyPath), 'utf8').trim();
    const wire = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
    return { publicKey, fingerprint: fingerprintOf(wire) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function isExposed(path: string): boolean {
  return (statSync(path).mode & NOT_OWNER_ANY) !== 0;
}

/** The path is null for a key that was handed over: its file is the service manager's. */
function loadOne(
  type: HostKeyType,
  folder: string,
  credentialsDir: string | null,
): { readonly key: HostKey; readonly next: HostKey | null; readonly path: string | null } {
  const name = `ssh_host_${type}_key`;
  const path = join(folder, name);
  const handed = credentialsDir === null ? null : loadHostKey(join(credentialsDir, name));
  if (handed === null || credentialsDir === null) {
    rmSync(publishedPath(path), { force: true });
    return { key: loadOrCreateHostKey(path, type), next: loadHostKey(`${path}.next`), path };
  }
  writeFileSync(publishedPath(path), `${handed.publicKey}\n`, { mode: 0o644 });
  return { key: handed, next: loadHostKey(join(credentialsDir, `${name}.next`)), path: null };
}

function publishedPath(hostKeyPath: string): string {
  return `${hostKeyPath}.pub`;
}
