/**
 * One TCP connection from accept to end: handshake and login within the grace time, then up to a few SFTP sessions and
 * nothing else. States: greeting (no SSH yet) -> unauthenticated -> open -> cut. Every way out ends with the socket
 * destroyed, also when ssh2 only half closes it. An error here is the peer's and touches no other connection.
 */
import type { Socket } from 'node:net';
import type { Connection as SshConnection } from 'ssh2';
import type { Account } from '../../domain/account';
import { watchGreeting } from './client-greeting';
import { ConnectionAudit } from './connection-audit';
import type { AccountSpace } from './files/account-space';
import { HeldMemory } from './held-memory';
import { describeMismatch, isGuessRight, type KexOffer } from './kex-offer';
import { KeyRenewal } from './key-renewal';
import type { Offence } from './login/ban-list';
import { LoginProcedure, type LoginRecord, type LoginRules } from './login/login-procedure';
import type { MemoryBudget } from './memory-budget';
import type { PacketPool } from './packet-pool';
import { printable } from './printable';
import { SessionGate } from './session-gate';
import type { SftpAuditEvent } from './sftp-audit';
import type { SftpLimits } from './sftp-limits';
import { buildSignatureList } from './signature-list';
import {
  acceptGuess,
  heldBackPackets,
  isExchangingKeys,
  offeredLists,
  sendPayload,
  takeOverSignatureList,
  withdrawHostKey,
} from './ssh2-internals';

export interface ConnectionOptions {
  readonly number: number;
  readonly address: string;
  readonly limits: SftpLimits;
  readonly login: LoginRules;
  readonly maxFileBytes: number;
  readonly spaceOf: (account: Account) => AccountSpace;
  readonly memory: MemoryBudget<Connection>;
  readonly packets: PacketPool;
  readonly isStopping: () => boolean;
  readonly audit: (event: SftpAuditEvent) => void;
  readonly onLogin: (client: SshConnection) => void;
  /** All connections together hold too much: somebody is to be cut. */
  readonly onMemoryExceeded: () => void;
  readonly onClose: (end: ConnectionEnd) => void;
}

export interface ConnectionEnd {
  readonly wasLoggedIn: boolean;
  /** What it did to be held against its address. */
  readonly offence: Offence | null;
}

/** From an orderly end to the destruction of the socket. */
const LINGER_MS = 2_000;

export class Connection {
  private readonly audit: ConnectionAudit;
  private readonly login: LoginProcedure;
  private graceTimer: NodeJS.Timeout | null;
  private lingerTimer: NodeJS.Timeout | null = null;
  private client: SshConnection | null = null;
  private gate: SessionGate | null = null;
  private memory: HeldMemory<Connection> | null = null;
  private keys: KeyRenewal | null = null;
  private account: Account | null = null;
  private reason: string | null = null;
  private violated = false;
  private socketClosed = false;
  private lastActivityAt = performance.now();

  /** To be made before ssh2 gets the socket. */
  constructor(
    private readonly socket: Socket,
    private readonly options: ConnectionOptions,
  ) {
    const { limits, address, number } = options;
    this.audit = new ConnectionAudit({ connection: number, address }, options.audit);
    this.graceTimer = setTimeout(() => {
      this.cut('no login within the grace time');
    }, limits.loginGraceMs);
    this.login = new LoginProcedure({
      ...options.login,
      address,
      triesMax: limits.authTriesMax,
      onAccepted: (account, record) => {
        this.acceptLogin(account, record);
      },
      onTooManyTries: () => {
        this.end('too many login attempts');
      },
    });
    socket.on('error', (error) => {
      this.cut(error.message);
    });
    socket.once('close', () => {
      this.closed();
    });
    watchGreeting(socket, {
      onOffer: (offer) => {
        this.judgeOffer(offer);
      },
      onBroken: (reason) => {
        this.cut(reason);
      },
    });
  }

  /** The peer has said that it speaks SSH. */
  attach(client: SshConnection, software: string): void {
    client.on('error', (error: Error) => {
      this.reason ??= printable(error.message);
      this.destroySoon();
    });
    this.client = client;
    this.audit.greeted(software);
    withdrawHostKey(client, 'ssh-rsa');
    this.keys = new KeyRenewal(client, this.options.limits, () => {
      this.cut('the client did not take part in a key exchange');
    });
    this.gate = this.openGate(client);
    this.memory = this.watchMemory(client, this.gate);
    client.on('handshake', (negotiated) => {
      this.audit.agreed(negotiated);
      setImmediate(() => this.gate?.wake());
    });
    client.on('authentication', (context) => {
      try {
        this.login.answer(context);
      } catch (error) {
        this.cut(`internal error: ${String(error)}`);
      }
    });
  }

  get address(): string {
    return this.options.address;
  }

  /** How far the login has come; null when it is through. */
  progress(): number | null {
    if (this.account !== null) return null;
    if (this.login.hasBegun()) return 3;
    if (this.audit.hasAgreed()) return 2;
    return this.client === null ? 0 : 1;
  }

  accountName(): string | null {
    return this.account?.account ?? null;
  }

  /** Whether an upload is open, or something that was asked is not answered yet. */
  isBusy(): boolean {
    return this.gate?.isBusy() ?? false;
  }

  /** Cuts what is idle or may not be logged in any more, and renews old keys; called every few seconds. */
  sweep(): void {
    if (this.account === null) return;
    this.gate?.wake(); // its share grows when others leave, of which nobody tells it
    this.memory?.settle();
    const withdrawn = this.login.recheck();
    if (withdrawn !== null) this.cut(`the login holds no more: ${withdrawn}`);
    else if (this.isIdle()) this.end('idle');
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

  /** Ends at once. What a peer does not take is given up, or the system would keep it for minutes. */
  cut(reason: string): void {
    this.reason ??= reason;
    this.memory?.release();
    if (this.socket.writableLength > 0) this.socket.resetAndDestroy();
    else this.socket.destroy();
  }

  /** A request that waits for the disk is not the client's idleness. */
  private isIdle(): boolean {
    return this.gate?.isCarrying() !== true && performance.now() - this.lastActivityAt > this.options.limits.idleMs;
  }

  private openGate(client: SshConnection): SessionGate {
    const { limits, maxFileBytes, spaceOf, memory, packets, isStopping } = this.options;
    const within = (limit: number): number => Math.min(limit, memory.share());
    return new SessionGate(client, {
      limits,
      maxFileBytes,
      isStopping,
      owner: () => (this.account === null ? null : { account: this.account, space: spaceOf(this.account) }),
      audit: (event) => {
        this.audit.session(this.accountName(), event);
      },
      session: {
        packets,
        pendingMaxBytes: () => within(limits.pendingMaxBytes),
        unsentMaxBytes: () => within(limits.unsentMaxBytes),
        isCongested: () =>
          (this.memory?.unsentBytes() ?? 0) > within(limits.unsentMaxBytes) || isExchangingKeys(client),
        onProgress: (bytes) => {
          this.lastActivityAt = performance.now();
          this.keys?.countBytes(bytes);
        },
        onHeldChange: () => {
          this.memory?.settle();
        },
      },
      onViolation: (reason) => {
        this.violated = true;
        this.cut(reason);
      },
      onFault: (reason) => {
        this.cut(reason);
      },
      onSessionEnd: () => {
        this.memory?.settle();
        this.finish();
      },
    });
  }

  private watchMemory(client: SshConnection, gate: SessionGate): HeldMemory<Connection> {
    return new HeldMemory<Connection>({
      owner: this,
      budget: this.options.memory,
      socket: this.socket,
      gate,
      accountName: () => this.accountName() ?? '',
      heldBackPackets: () => heldBackPackets(client),
      onDrained: () => {
        gate.wake();
        this.memory?.settle();
      },
      onExceeded: this.options.onMemoryExceeded,
    });
  }

  /** What the client can do, before anything is agreed on: what ssh2 does not look at, or looks at wrongly. */
  private judgeOffer(offer: KexOffer): void {
    if (this.client === null) return;
    const served = offeredLists(this.client);
    const mismatch = describeMismatch(offer, served);
    if (mismatch !== null)
      this.audit.session(null, { event: 'refusal', operation: 'handshake', path: null, reason: mismatch });
    if (offer.guessFollows && isGuessRight(offer, served)) acceptGuess(this.client);
    if (takeOverSignatureList(this.client)) {
      const { client } = this;
      client.once('handshake', () => {
        sendPayload(client, buildSignatureList());
      });
    }
  }

  private acceptLogin(account: Account, record: LoginRecord): void {
    this.account = account;
    if (this.graceTimer !== null) clearTimeout(this.graceTimer);
    this.graceTimer = null;
    this.lastActivityAt = performance.now();
    if (this.client !== null) this.options.onLogin(this.client);
    this.audit.login(record);
  }

  private destroySoon(): void {
    this.lingerTimer ??= setTimeout(() => this.socket.resetAndDestroy(), LINGER_MS);
  }

  private closed(): void {
    for (const timer of [this.graceTimer, this.lingerTimer]) if (timer !== null) clearTimeout(timer);
    this.keys?.stop();
    this.gate?.kill();
    this.socketClosed = true;
    this.memory?.release();
    if (this.account === null) for (const record of this.login.refusals()) this.audit.login(record);
    this.audit.closed(this.accountName(), this.reason);
    this.finish();
  }

  /** A connection is gone when its last session has put its files away. */
  private finish(): void {
    if (!this.socketClosed || this.gate?.isEmpty() === false) return;
    this.options.onClose({ wasLoggedIn: this.account !== null, offence: this.offence() });
  }

  private offence(): Offence | null {
    if (this.violated) return 'violation';
    return this.account === null ? (this.login.offence() ?? 'noLogin') : null;
  }
}
