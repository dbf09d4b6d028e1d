/**
 * What a client may do once it has logged in: open a few session channels with SFTP on them, and nothing else. Every
 * other request is refused and told of; a client that goes on asking is cut.
 */
import type { Connection as SshConnection, ServerChannel, Session } from 'ssh2';
import type { Account } from '../../domain/account';
import type { AccountSpace } from './files/account-space';
import { printable } from './printable';
import { refuseForwarding, refusePrograms } from './refuse-requests';
import { HandleTable } from './session/handle-table';
import { SftpSession, type SessionOptions } from './session/sftp-session';
import type { SessionAuditEvent } from './sftp-audit';
import type { SftpLimits } from './sftp-limits';
import { peerPacketBytes } from './ssh2-internals';

export interface SessionGateOptions {
  readonly limits: SftpLimits;
  readonly maxFileBytes: number;
  /** The account that is logged in, with its space. */
  readonly owner: () => { readonly account: Account; readonly space: AccountSpace } | null;
  readonly isStopping: () => boolean;
  readonly audit: (event: SessionAuditEvent) => void;
  readonly session: Omit<SessionOptions, 'onViolation' | 'onFault' | 'onEnd'>;
  /** The client broke the rules: it is to be cut. */
  readonly onViolation: (reason: string) => void;
  /** Something of ours failed: it is to be cut, and not held against it. */
  readonly onFault: (reason: string) => void;
  /** A session has put its files away. */
  readonly onSessionEnd: () => void;
}

/** Smaller packets than this no client needs; 0 would keep ssh2 in a loop for ever. */
const PEER_PACKET_MIN_BYTES = 1024;
const SESSIONS_WITHOUT_SFTP_MAX = 16;
const REFUSED_CHANNELS_MAX = 100;

export class SessionGate {
  private readonly sessions = new Set<SftpSession>();
  private channels = 0;
  private sessionsWithoutSftp = 0;
  private refusedChannels = 0;

  constructor(
    client: SshConnection,
    private readonly options: SessionGateOptions,
  ) {
    client.on('session', (accept, reject) => {
      this.guarded(() => {
        if (this.channels < options.limits.channelsPerConnectionMax) this.openSession(accept());
        else this.refuseChannel(reject);
      });
    });
    refuseForwarding(client, (operation, detail) => {
      this.refuse(operation, detail);
    });
  }

  /** Whether an upload is open, or something that was asked is not answered yet. */
  isBusy(): boolean {
    return [...this.sessions].some((session) => session.isBusy());
  }

  isEmpty(): boolean {
    return this.sessions.size === 0;
  }

  /** Whether a session waits for its client to take replies. */
  isBlocked(): boolean {
    return [...this.sessions].some((session) => session.isBlocked());
  }

  /** Whether a session has a request to carry out. */
  hasWork(): boolean {
    return [...this.sessions].some((session) => session.hasWork());
  }

  /** Whether a session carries a request out. */
  isCarrying(): boolean {
    return [...this.sessions].some((session) => session.isCarrying());
  }

  /** Bytes that the sessions hold for the client. */
  heldBytes(): number {
    let bytes = 0;
    for (const session of this.sessions) bytes += session.heldBytes();
    return bytes;
  }

  wake(): void {
    for (const session of this.sessions) session.wake();
  }

  kill(): void {
    for (const session of this.sessions) session.kill();
  }

  private refuseChannel(reject: () => void): void {
    const { channelsPerConnectionMax } = this.options.limits;
    this.refuse('channel', null, `more than ${String(channelsPerConnectionMax)} channels`);
    reject();
    this.refusedChannels += 1;
    if (this.refusedChannels > REFUSED_CHANNELS_MAX) this.options.onViolation('too many channels asked for');
  }

  private openSession(session: Session): void {
    this.channels += 1;
    let hasSftp = false;
    session.on('close', () => {
      this.channels -= 1;
      if (hasSftp) return;
      this.sessionsWithoutSftp += 1;
      if (this.sessionsWithoutSftp > SESSIONS_WITHOUT_SFTP_MAX) this.options.onViolation('sessions without SFTP');
    });
    refusePrograms(session, (operation, detail) => {
      this.refuse(operation, detail);
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
    const { limits, maxFileBytes, isStopping, audit } = this.options;
    const owner = this.options.owner();
    if (owner === null) return;
    if (peerPacketBytes(channel) < PEER_PACKET_MIN_BYTES) {
      this.options.onViolation('the client takes packets of less than 1024 bytes only');
      return;
    }
    const handlesMax = limits.handlesPerSessionMax;
    const handles = new HandleTable(handlesMax);
    const context = { ...owner, handles, handlesMax, maxFileBytes, isStopping, audit };
    const session: SftpSession = new SftpSession(channel, context, {
      ...this.options.session,
      onViolation: (reason) => {
        this.refuse('sftp', null, reason);
        this.options.onViolation(reason);
      },
      onFault: this.options.onFault,
      onEnd: () => {
        this.sessions.delete(session);
        this.options.onSessionEnd();
      },
    });
    this.sessions.add(session);
  }

  private refuse(operation: string, path: string | null, reason = 'only SFTP is served here'): void {
    this.options.audit({ event: 'refusal', operation, path, reason });
  }

  /** What throws in a listener of ssh2's would otherwise end the process or be taken for the peer's error. */
  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.options.onFault(`internal error: ${String(error)}`);
    }
  }
}
