/**
 * The SFTP server as the daemon runs it: configuration to the server's options, host keys, and what the server is told
 * from time to time: bans that were lifted, partial uploads that have grown old. Fails as the server does.
 */
import type { AccountDirectory } from '../adapters/accounts/create-account-directory';
import { parsePublicKey } from '../adapters/accounts/parse-public-key';
import type { HostKey } from '../adapters/sftp/host-key';
import type { SftpEvents } from '../adapters/sftp/sftp-events';
import type { SftpLimits } from '../adapters/sftp/sftp-limits';
import { createSftpServer, type SftpAccess, type SftpServer } from '../adapters/sftp/sftp-server';
import type { DataFolders } from '../adapters/spool/data-folders';
import type { Config, SftpConfig } from '../config/config';
import { Fault } from '../domain/fault';
import type { Logger } from '../ports/logger';
import { takeLiftRequests } from './ban-requests';
import { loadHostKeys } from './host-keys';

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
  /** Lifts the bans that an operator asked to lift and, once an hour, clears old partial uploads away. */
  refresh(now: Date): void;
}

export interface SftpServiceOptions {
  readonly config: Config;
  readonly folders: DataFolders;
  readonly accounts: AccountDirectory;
  readonly log: Logger;
  /** A socket that listens already, or null. */
  readonly listeningFd: number | null;
  /** Folder of host keys that the service manager handed over, or null. */
  readonly credentialsDir: string | null;
  readonly events: Omit<SftpEvents, 'findAccount'>;
}

const DAY_MS = 86_400_000;
const CLEARING_INTERVAL_MS = 3_600_000;

/** @throws Fault S901 when a host key cannot be used, or an authority is none */
export function createSftpService(options: SftpServiceOptions): SftpService {
  const { config, folders, accounts, log, listeningFd, credentialsDir, events } = options;
  const hostKeys = loadHostKeys(folders, config.sftp, credentialsDir);
  const [hostKey] = hostKeys.inUse;
  for (const path of hostKeys.exposed) log.warn('sftp.host-key-exposed', { path });
  if (hostKey === undefined) throw new Fault('S901', 'there is no host key', { retryable: false });
  const server = createSftpServer(
    {
      host: config.sftp.host,
      port: config.sftp.port,
      listeningFd,
      policy: config.sftp.policy,
      hostKeys: hostKeys.inUse.map(({ privateKey }) => privateKey),
      nextHostKeys: hostKeys.next.map(({ privateKey }) => privateKey),
      accountsDir: folders.accountsDir,
      uploadsDir: folders.uploadsDir,
      maxFileBytes: config.ingest.maxFileBytes,
      uploadShadowSeconds: config.ingest.uploadShadowSeconds,
      limits: limitsOf(config.sftp),
      access: accessOf(config.sftp),
    },
    { ...events, findAccount: (name) => accounts.find(name) },
  );

  let { partialUploadsDays } = config.retention;
  let clearAt = 0;
  let liftProblems = '';

  function refresh(now: Date): void {
    const { addresses, problems } = takeLiftRequests(folders.dataDir);
    for (const address of addresses) {
      if (server.liftBan(address)) log.info('sftp.ban-lifted', { address });
    }
    tellLiftProblems(problems);
    if (performance.now() < clearAt) return;
    clearAt = performance.now() + CLEARING_INTERVAL_MS;
    void clearOldPartials(now);
  }

  /** Once for as long as they stay the same. */
  function tellLiftProblems(problems: readonly string[]): void {
    const text = problems.join('; ');
    if (text !== liftProblems && text !== '') {
      log.error('fault', { code: 'S901', operation: 'lift a ban', message: text });
    }
    liftProblems = text;
  }

  async function clearOldPartials(now: Date): Promise<void> {
    if (partialUploadsDays === null) return;
    const operation = 'clear partial uploads';
    try {
      for (const { problem, ...partial } of await server.clearPartials(now.getTime() - partialUploadsDays * DAY_MS)) {
        if (problem === null) log.info('sftp.partial-cleared', partial);
        else log.error('fault', { code: 'S901', operation, ...partial, message: problem });
      }
    } catch (error) {
      log.error('fault', { code: 'S901', operation, message: String(error) });
    }
  }

  return {
    server,
    hostKey,
    bans: () => server.bans().map((ban) => ({ ...ban, until: new Date(ban.until).toISOString() })),
    configure: (changed) => {
      server.configure(accessOf(changed.sftp));
      ({ partialUploadsDays } = changed.retention);
    },
    refresh,
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
