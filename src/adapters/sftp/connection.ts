/**
 * One TCP connection from accept to end: handshake and login within the grace time, then up to a few SFTP sessions and
 * nothing else. States: greeting (no SSH yet) -> unauthenticated -> open -> cut. Every way out ends with the socket
 * destroyed, also when ssh2 only half closes it. An error here is the peer's and touches no other connection.
 */
import type { Socket } from 'node:net';
import type { Connection as SshConnection, NegotiatedAlgorithms, ServerChannel, Session } from 'ssh2';
import type { Account } from '../../domain/account';
import type { AccountSpace } from './files/account-space';
import { KeyRenewal } from './key-renewal';
import { LoginProcedure, type LoginRecord } from './login/login-procedure';
import { printable } from './printable';
import { HandleTable } from './session/handle-table';
import { SftpSession } from './session/sftp-session';
import type { SessionAuditEvent, SftpAuditEvent } from './sftp-audit';
import type { SftpLimits } from './sftp-limits';
import { isExchangingKeys, peerPacketBytes } from './ssh2-internals';

export interface ConnectionOptions {
  readonly number: number;
  readonly address: string;
  readonly limits: SftpLimits;
  readonly maxFileBytes: number;
  readonly findAccount: (name: string) => Account | null;
  readonly spaceOf: (account: Account) => AccountSpace;
  readonly isStopping: () => boolean;
  readonly audit: (event: SftpAuditEvent) => void;
  readonly onLogin: () => void;
  readonly onClose: (wasLoggedIn: boolean) => void;
}

/** Smaller packets than this no client needs; 0 would keep ssh2 in a loop for ever. */
const PEER_PACKET_MIN_BYTES = 1024;
/** From an orderly end to the destruction of the socket. */
const LINGER_MS = 2_000;
/** Refusals told of per connection: a client that is refused a thousand times says nothing new. */
const AUDITED_REFUSALS_MAX = 100;
const SESSIONS_WITHOUT_SFTP_MAX = 16;

export class Connection {
  private readonly openedAt = performance.now();
  private readonly sessions = new Set<SftpSession>();
  private readonly login: LoginProcedure;
  private graceTimer: NodeJS.Timeout | null;
  private lingerTimer: NodeJS.Timeout | null = null;
  private client: SshConnection | null = null;
  private keys: KeyRenewal | null = null;
  private account: Account | null = null;
  private software = '';
  private algorithms = '';
  private reason: string | null = null;
  private socketClosed = false;
  private channels = 0;
  private sessionsWithoutSftp = 0;
  private auditedRefusals = 0;
  private lastActivityAt = performance.now();

  constructor(
    private readonly socket: Socket,
    private readonly options: ConnectionOptions,
  ) {
    const { limits, address, findAccount } = options;
    this.graceTimer = setTimeout(() => {
      this.cut('no login within the grace time');
    }, limits.loginGraceMs);
    this.login = new LoginProcedure({
      address,
      triesMax: limits.authTriesMax,
      findAccount,
      onAccepted: (account, record) => {
        this.acceptLogin(account, record);
      },
      onTooManyTries: () => {
        this.end('too many login attempts');
      },
    });
    socket.on('drain', () => {
      this.wakeSessions();
    });
    socket.on('error', (error) => {
      this.cut(error.message);
    });
    socket.once('close', () => {
      this.closed();
    });
    this.audit({ event: 'connection' });
  }

  /** The peer has said that it speaks SSH. */
  attach(client: SshConnection, software: string): void {
    client.on('error', (error: Error) => {
      this.reason ??= printable(error.message);
      this.destroySoon();
    });
    this.client = client;
    this.keys = new KeyRenewal(client, this.options.limits, () => {
      this.cut('the client did not take part in a key exchange');
    });
    this.software = printable(software);
    client.on('handshake', (negotiated) => {
      this.algorithms = describe(negotiated);
      setImmediate(() => {
        this.wakeSessions();
      });
    });
    client.on('authentication', (context) => {
      this.guarded(() => {
        this.login.answer(context);
      });
    });
    client.on('session', (accept, reject) => {
      this.guarded(() => {
        if (this.channels >= this.options.limits.channelsPerConnectionMax) reject();
        else this.openSession(accept());
      });
    });
  }

  accountName(): string | null {
    return this.account?.account ?? null;
  }

  /** Whether an upload is open, or something that was asked is not answered yet. */
  isBusy(): boolean {
    for (const session of this.sessions) if (session.isBusy()) return true;
    return false;
  }

  /** Cuts what is idle and renews old keys; called every few seconds. */
  sweep(): void {
    if (this.account === null) return;
    if (performance.now() - this.lastActivityAt > this.options.limits.idleMs) this.end('idle');
    else this.keys?.sweep();
  }

  /** Ends in order where that is possible; the socket is destroyed shortly after in any case. */
  end(reason: string | null): void {
    this.reason ??= reason;
    try {
      this.client?.end();
    } catch {
      this.socket.end(); // ssh2 throws when the connection broke under it
    }
    this.destroySoon();
  }

  /** Ends at once. */
  cut(reason: string): void {
    this.reason ??= reason;
    this.socket.destroy();
  }

  private acceptLogin(account: Account, record: LoginRecord): void {
    this.account = account;
    if (this.graceTimer !== null) clearTimeout(this.graceTimer);
    this.graceTimer = null;
    this.lastActivityAt = performance.now();
    this.options.onLogin();
    this.auditLogin(record);
  }

  private openSession(session: Session): void {
    this.channels += 1;
    let hasSftp = false;
    session.on('close', () => {
      this.channels -= 1;
      if (hasSftp) return;
      this.sessionsWithoutSftp += 1;
      if (this.sessionsWithoutSftp > SESSIONS_WITHOUT_SFTP_MAX) this.end('sessions without SFTP');
    });
    session.on('exec', (_accept, reject: (() => void) | undefined, { command }) => {
      this.refuse('exec', printable(command));
      reject?.();
    });
    session.on('shell', (_accept, reject: (() => void) | undefined) => {
      this.refuse('shell', null);
      reject?.();
    });
    session.on('subsystem', (accept, reject: (() => void) | undefined, { name }) => {
      if (name !== 'sftp' || hasSftp) {
        this.refuse('subsystem', printable(name));
        reject?.();
        return;
      }
      hasSftp = true;
      this.guarded(() => {
        this.openSftp(accept());
      });
    });
  }

  private openSftp(channel: ServerChannel): void {
    const { account, client } = this;
    if (account === null || client === null) return;
    if (peerPacketBytes(channel) < PEER_PACKET_MIN_BYTES) {
      this.cut('the client takes packets of less than 1024 bytes only');
      return;
    }
    const { limits, maxFileBytes, spaceOf, isStopping } = this.options;
    const handlesMax = limits.handlesPerSessionMax;
    const context = {
      account,
      space: spaceOf(account),
      handles: new HandleTable(handlesMax),
      handlesMax,
      maxFileBytes,
      isStopping,
      audit: (event: SessionAuditEvent) => {
        this.auditSession(event);
      },
    };
    const session: SftpSession = new SftpSession(channel, context, {
      pendingMaxBytes: limits.pendingMaxBytes,
      unsentMaxBytes: limits.unsentMaxBytes,
      isCongested: () => this.socket.writableLength > limits.unsentMaxBytes || isExchangingKeys(client),
      onProgress: (bytes) => {
        this.progress(bytes);
      },
      onViolation: (reason) => {
        this.refuse('sftp', null, reason);
        this.cut(reason);
      },
      onEnd: () => {
        this.sessions.delete(session);
        this.finish();
      },
    });
    this.sessions.add(session);
  }

  private progress(bytes: number): void {
    this.lastActivityAt = performance.now();
    this.keys?.countBytes(bytes);
  }

  private wakeSessions(): void {
    for (const session of this.sessions) session.wake();
  }

  /** What throws in a listener of ssh2's would otherwise end the process or be taken for the peer's error. */
  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.cut(`internal error: ${String(error)}`);
    }
  }

  private destroySoon(): void {
    this.lingerTimer ??= setTimeout(() => this.socket.destroy(), LINGER_MS);
  }

  private closed(): void {
    for (const timer of [this.graceTimer, this.lingerTimer]) if (timer !== null) clearTimeout(timer);
    this.keys?.stop();
    for (const session of this.sessions) session.kill();
    this.socketClosed = true;
    if (this.account === null) for (const record of this.login.refusals()) this.auditLogin(record);
    const ms = Math.round(performance.now() - this.openedAt);
    this.audit({ event: 'disconnect', account: this.accountName(), ms, reason: this.reason });
    this.finish();
  }

  /** A connection is gone when its last session has put its files away. */
  private finish(): void {
    if (this.socketClosed && this.sessions.size === 0) this.options.onClose(this.account !== null);
  }

  private auditLogin(record: LoginRecord): void {
    const { software: client, algorithms } = this;
    const outcome = record.reason === null ? 'ok' : 'refused';
    this.audit({ event: 'login', outcome, ...record, client, algorithms });
  }

  private refuse(operation: string, path: string | null, reason = 'only SFTP is served here'): void {
    this.auditSession({ event: 'refusal', operation, path, reason });
  }

  private auditSession(event: SessionAuditEvent): void {
    if (event.event === 'refusal') {
      this.auditedRefusals += 1;
      if (this.auditedRefusals > AUDITED_REFUSALS_MAX) return;
    }
    this.audit({ ...event, account: this.accountName() ?? '' });
  }

  private audit(event: WithoutOrigin<SftpAuditEvent>): void {
    const { number, address } = this.options;
    this.options.audit({ ...event, connection: number, address });
  }
}

type WithoutOrigin<T> = T extends unknown ? Omit<T, 'connection' | 'address'> : never;

function describe(negotiated: NegotiatedAlgorithms): string {
  const { kex, serverHostKey, cs } = negotiated;
  return [kex, serverHostKey, cs.cipher, cs.mac].filter((name) => name !== '').join(' ');
}
