/**
 * The SFTP server as the daemon runs it: configuration to the server's options, host keys, and what the server is told
 * from time to time: accounts that were closed, bans that were lifted. Fails as the server does.
 */
import { dirname, join } from 'node:path';
import type { AccountDirectory } from '../adapters/accounts/create-account-directory';
import { parsePublicKey } from '../adapters/accounts/parse-public-key';
import { loadHostKey, loadOrCreateHostKey, type HostKey } from '../adapters/sftp/host-key';
import { isLoginAllowed } from '../adapters/sftp/login/decide-login';
import type { SftpLimits } from '../adapters/sftp/sftp-limits';
import { createSftpServer, type SftpAccess, type SftpEvents, type SftpServer } from '../adapters/sftp/sftp-server';
import type { DataFolders } from '../adapters/spool/data-folders';
import type { Config, SftpConfig } from '../config/config';
import { Fault } from '../domain/fault';
import type { Logger } from '../ports/logger';
import { takeLiftRequests } from './ban-requests';

/** A ban, for people. */
export interface BanView {
  /** An address, or an IPv6 /64. */
  readonly address: string;
  /** ISO 8601 UTC. */
  readonly until: string;
  readonly count: number;
  readonly refused: number;
}

export interface SftpService {
  readonly server: SftpServer;
  /** The key that connection sheets name: the first. */
  readonly hostKey: HostKey;
  bans(): readonly BanView[];
  /** Puts new rules for bans, authorities and revoked keys in force. @throws Fault S901 for an authority that is none */
  configure(config: Config): void;
  /** Cuts accounts that may not log in any more, and lifts the bans that an operator asked to lift. */
  refresh(now: Date): void;
}

export interface SftpServiceOptions {
  readonly config: Config;
  readonly folders: DataFolders;
  readonly accounts: AccountDirectory;
  readonly log: Logger;
  /** A socket that listens already, or null. */
  readonly listeningFd: number | null;
  readonly events: Omit<SftpEvents, 'findAccount'>;
}

/** @throws Fault S901 when a host key cannot be used, or an authority is none */
export function createSftpService(options: SftpServiceOptions): SftpService {
  const { config, folders, accounts, log, listeningFd, events } = options;
  const { hostKeys, nextHostKeys } = loadHostKeys(folders, config.sftp);
  const [hostKey] = hostKeys;
  if (hostKey === undefined) throw new Fault('S901', 'there is no host key', { retryable: false });
  const server = createSftpServer(
    {
      host: config.sftp.host,
      port: config.sftp.port,
      listeningFd,
      policy: config.sftp.policy,
      hostKeys: hostKeys.map(({ privateKey }) => privateKey),
      nextHostKeys: nextHostKeys.map(({ privateKey }) => privateKey),
      accountsDir: folders.accountsDir,
      uploadsDir: folders.uploadsDir,
      maxFileBytes: config.ingest.maxFileBytes,
      uploadShadowSeconds: config.ingest.uploadShadowSeconds,
      limits: limitsOf(config.sftp),
      access: accessOf(config.sftp),
    },
    { ...events, findAccount: (name) => accounts.find(name) },
  );

  function refresh(now: Date): void {
    for (const name of server.openAccounts()) {
      const account = accounts.find(name);
      if (account === null || !isLoginAllowed(account, now)) server.closeAccount(name);
    }
    const { addresses, problems } = takeLiftRequests(folders.dataDir);
    for (const address of addresses) {
      if (server.liftBan(address)) log.info('sftp.ban-lifted', { address });
    }
    for (const message of problems) log.error('fault', { code: 'S901', operation: 'lift a ban', message });
  }

  return {
    server,
    hostKey,
    bans: () => server.bans().map((ban) => ({ ...ban, until: new Date(ban.until).toISOString() })),
    configure: (changed) => server.configure(accessOf(changed.sftp)),
    refresh,
  };
}

/** Keys in use, and those that stand ready under `.next`. */
function loadHostKeys(
  { hostKeyPath }: DataFolders,
  sftp: SftpConfig,
): { readonly hostKeys: readonly HostKey[]; readonly nextHostKeys: readonly HostKey[] } {
  const ofPolicy = sftp.policy === 'compat' ? (['ed25519', 'ecdsa', 'rsa'] as const) : (['ed25519'] as const);
  const types = sftp.hostKeyTypes ?? ofPolicy;
  const paths = types.map((type) => ({ type, path: join(dirname(hostKeyPath), `ssh_host_${type}_key`) }));
  return {
    hostKeys: paths.map(({ type, path }) => loadOrCreateHostKey(path, type)),
    nextHostKeys: paths.flatMap(({ path }) => loadHostKey(`${path}.next`) ?? []),
  };
}

function limitsOf({ limits }: SftpConfig): Partial<SftpLimits> {
  return {
    connectionsMax: limits.maxConnections,
    connectionsPerAddressMax: limits.maxConnectionsPerAddress,
    unauthenticatedMax: limits.maxUnauthenticated,
    newConnectionsPerMinuteMax: limits.maxNewConnectionsPerMinute,
    loginGraceMs: limits.loginGraceSeconds * 1000,
    authTriesMax: limits.maxAuthTries,
    channelsPerConnectionMax: limits.maxChannelsPerConnection,
    handlesPerSessionMax: limits.maxHandlesPerSession,
    memoryMaxBytes: limits.maxHeldBytes,
    idleMs: limits.idleSeconds * 1000,
  };
}

function accessOf({ bans, userCaKeys, revokedKeys }: SftpConfig): SftpAccess {
  const { threshold, exempt } = bans;
  return {
    bans: {
      threshold,
      exempt,
      windowMs: bans.windowSeconds * 1000,
      banMs: bans.banSeconds * 1000,
      banMaxMs: bans.maxBanSeconds * 1000,
    },
    trust: { authorityKeys: userCaKeys.map(readAuthority), revokedKeys },
  };
}

function readAuthority(line: string, index: number): Buffer {
  const key = parsePublicKey(line);
  if (typeof key === 'string') throw new Fault('S901', `sftp.userCaKeys.${index}: ${key}`, { retryable: false });
  return Buffer.from(line.trim().split(/\s+/)[1] ?? '', 'base64');
}
