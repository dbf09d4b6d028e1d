/**
 * The SFTP server: its own TCP listener, ssh2's transport on it, and SFTP version 3 of our own on top. It stores
 * uploads durably and tells of them; it decides nothing about what is in them. Peers cannot make it fail; `listen`
 * fails when the port or the folders are not to be had.
 */
import { mkdir } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { Server as SshServer } from 'ssh2';
import type { Account } from '../../domain/account';
import { Fault } from '../../domain/fault';
import { algorithmsOf, type AlgorithmPolicy } from './algorithm-policy';
import { youngCollector } from './collect-young';
import { Connection } from './connection';
import { AccountSpace } from './files/account-space';
import { clearPartials, type ClearedPartial } from './files/clear-partials';
import { DiskTurns, diskTurnLimits } from './files/disk-turns';
import { OpenWriters } from './files/open-writers';
import { HostKeyAnnouncement } from './host-key-announcement';
import { describeListenProblem } from './listen-problem';
import type { Ban, BanRules } from './login/ban-list';
import type { LoginTrust } from './login/decide-login';
import { Door } from './login/door';
import { normaliseAddress } from './login/peer-address';
import { MemoryBudget } from './memory-budget';
import { PacketPool } from './packet-pool';
import type { SftpAuditEvent } from './sftp-audit';
import type { SftpEvents } from './sftp-events';
import { DEFAULT_BAN_RULES, DEFAULT_SFTP_LIMITS, type SftpLimits } from './sftp-limits';
import { socketOf } from './ssh2-internals';

export interface SftpServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** A socket that listens already, passed on by the service manager: host and port are its own then. */
  readonly listeningFd?: number | null;
  readonly policy: AlgorithmPolicy;
  /** Private key files' contents; one of each type at most. */
  readonly hostKeys: readonly Buffer[];
  /** Private keys that will be used later: clients learn them already. */
  readonly nextHostKeys?: readonly Buffer[];
  /** A folder per account: what it sees as `/`. */
  readonly accountsDir: string;
  /** Partial uploads; on the same file system as `accountsDir`. */
  readonly uploadsDir: string;
  readonly maxFileBytes: number;
  /** How long an uploaded file that was taken still answers STAT. */
  readonly uploadShadowSeconds: number;
  readonly limits?: Partial<SftpLimits>;
  readonly access?: Partial<SftpAccess>;
}

/** Who comes in, besides what the accounts say; may change while the server runs. */
export interface SftpAccess {
  readonly bans: BanRules;
  readonly trust: LoginTrust;
}

export interface EndedBatch {
  readonly account: string;
  readonly folder: 'root' | 'test';
  readonly fileName: string;
  readonly markerName: string | null;
}

export interface SftpServer {
  /** @throws Fault S901 */
  listen(): Promise<{ host: string; port: number }>;
  /** Names with an open write handle, as `account/folder/name`, folder `root` or `test`; a live view. */
  openWriters(): ReadonlySet<string>;
  /** Identity of the complete batch's file beside which the handle of that name was opened; null when there was none. */
  writtenBeside(key: string): string | null;
  /** The pipeline is done with a batch: STAT of its files answers as if they had come now. */
  workEnded(batch: EndedBatch): void;
  connections(): number;
  /** Takes no new connections, lets open uploads end within `graceMs`, then cuts what is left. */
  close(graceMs: number): Promise<void>;
  /** Bans that stand; `until` in milliseconds since 1970. */
  bans(): readonly Ban[];
  /** Ends the ban of an address or an IPv6 /64; false when there was none. */
  liftBan(address: string): boolean;
  configure(access: SftpAccess): void;
  /**
   * Takes away partial uploads that were last changed earlier than `before`, in milliseconds since 1970.
   * @throws the error of the disk, when the folders cannot be listed
   */
  clearPartials(before: number): Promise<readonly ClearedPartial[]>;
}

const FOLDER_CREATION_MODE = 0o750;
const POOLED_MAX_BYTES = 4_194_304;
const SWEEP_MAX_MS = 5_000;
const DRAIN_POLL_MS = 25;
const IDENT = 'labdrop';
const NO_TRUST: LoginTrust = { authorityKeys: [], revokedKeys: [] };

export function createSftpServer(options: SftpServerOptions, events: SftpEvents): SftpServer {
  const limits: SftpLimits = { ...DEFAULT_SFTP_LIMITS, ...options.limits };
  const writers = new OpenWriters();
  const turns = new DiskTurns(diskTurnLimits(process.env['UV_THREADPOOL_SIZE']));
  const spaces = new Map<string, AccountSpace>();
  const connections = new Map<Socket, Connection>();
  const memory = new MemoryBudget<Connection>(limits.memoryMaxBytes);
  const packets = new PacketPool(POOLED_MAX_BYTES, youngCollector());
  const announcement = new HostKeyAnnouncement(options.hostKeys, options.nextHostKeys ?? []);
  let trust = options.access?.trust ?? NO_TRUST;
  let stopping = false;
  let lastNumber = 0;
  const audit = (event: SftpAuditEvent): void => {
    events.audit(event);
  };
  const door = new Door<Connection>({
    limits,
    bans: options.access?.bans ?? DEFAULT_BAN_RULES,
    guests: () => connections.values(),
    isStopping: () => stopping,
    now: () => performance.now(),
    wallClock: () => Date.now(),
    audit,
  });

  const ssh = new SshServer({
    hostKeys: [...options.hostKeys],
    algorithms: algorithmsOf(options.policy),
    ident: IDENT,
  });
  ssh.on('connection', (client, info) => {
    const connection = connections.get(socketOf(client));
    if (connection === undefined) {
      client.on('error', () => client.end());
      client.end();
    } else {
      connection.attach(client, info.header.versions.software);
    }
  });

  const listener = createServer({ noDelay: true }, take);
  const sweeper = setInterval(
    () => {
      for (const connection of connections.values()) connection.sweep();
    },
    Math.min(SWEEP_MAX_MS, limits.idleMs / 2),
  );
  sweeper.unref();

  function take(socket: Socket): void {
    lastNumber += 1;
    const number = lastNumber;
    const address = normaliseAddress(socket.remoteAddress ?? '');
    if (!door.admit(address, number)) {
      socket.on('error', () => socket.destroy());
      socket.destroy();
      return;
    }
    const connection: Connection = new Connection(socket, {
      number,
      address,
      limits,
      login: { findAccount: (name) => events.findAccount(name), trust: () => trust },
      maxFileBytes: options.maxFileBytes,
      spaceOf,
      memory,
      packets,
      isStopping: () => stopping,
      audit,
      onLogin: (client) => {
        door.loggedIn();
        announcement.offer(client);
      },
      onMemoryExceeded: () => {
        memory.heaviest()?.cut('all connections together hold too much, and this one most');
      },
      onClose: (end) => {
        connections.delete(socket);
        door.leave(connection, number, end);
      },
    });
    connections.set(socket, connection);
    ssh.injectSocket(socket);
  }

  function spaceOf(account: Account): AccountSpace {
    const existing = spaces.get(account.account);
    if (existing !== undefined) return existing;
    const space = new AccountSpace(account.account, options, writers, events, turns);
    spaces.set(account.account, space);
    return space;
  }

  async function listen(): Promise<{ host: string; port: number }> {
    const { host, port, accountsDir, uploadsDir } = options;
    const fd = options.listeningFd ?? null;
    try {
      await mkdir(accountsDir, { recursive: true, mode: FOLDER_CREATION_MODE });
      await mkdir(uploadsDir, { recursive: true, mode: FOLDER_CREATION_MODE });
      await new Promise<void>((resolve, reject) => {
        listener.once('error', reject);
        if (fd === null) listener.listen(port, host, resolve);
        else listener.listen({ fd }, resolve);
      });
    } catch (error) {
      throw new Fault('S901', describeListenProblem(host, port, error), { retryable: false, cause: error });
    }
    listener.on('error', (error) => {
      audit(refusedAccept(error));
    });
    const address = listener.address();
    if (typeof address !== 'object' || address === null) return { host, port };
    return { host: fd === null ? host : address.address, port: address.port };
  }

  async function close(graceMs: number): Promise<void> {
    stopping = true;
    clearInterval(sweeper);
    const closed = new Promise<void>((resolve) => {
      listener.close(() => {
        resolve();
      });
    });
    const deadline = performance.now() + graceMs;
    while (connections.size > 0) {
      const late = performance.now() >= deadline;
      for (const connection of connections.values()) {
        if (late) connection.cut('the server stops');
        else if (!connection.isBusy()) connection.end('the server stops');
      }
      await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
    }
    await closed;
  }

  return {
    listen,
    openWriters: () => writers.all(),
    writtenBeside: (key) => writers.beside(key),
    workEnded: ({ account, folder, fileName, markerName }) => {
      const space = spaces.get(account);
      for (const name of [fileName, markerName ?? fileName]) space?.shadow.renew(space.key(folder, name));
    },
    connections: () => door.connections(),
    close,
    bans: () => door.standingBans(),
    liftBan: (address) => door.lift(address),
    configure: (access) => {
      door.configureBans(access.bans);
      ({ trust } = access);
    },
    clearPartials: (before) => clearPartials(options.uploadsDir, writers, before),
  };
}

function refusedAccept(error: Error): SftpAuditEvent {
  return {
    event: 'refusal',
    connection: 0,
    address: '',
    account: null,
    operation: 'connect',
    path: null,
    reason: error.message,
  };
}
