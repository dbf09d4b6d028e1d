import type { BanRules } from './login/ban-list';

/** Bounds on what any peer can take from the server, with defaults that no honest client meets. */
export interface SftpLimits {
  /** Open connections in all. */
  readonly connectionsMax: number;
  /** Open connections from one address; IPv6 by /64. */
  readonly connectionsPerAddressMax: number;
  /** Connections that have not logged in yet. */
  readonly unauthenticatedMax: number;
  /** New connections from one address within a minute; IPv6 by /64. */
  readonly newConnectionsPerMinuteMax: number;
  /** From TCP accept to login, in milliseconds. */
  readonly loginGraceMs: number;
  /** Refused attempts after which a connection is cut. */
  readonly authTriesMax: number;
  readonly channelsPerConnectionMax: number;
  readonly handlesPerSessionMax: number;
  /** Time without a request taken up or answered after which a connection is cut, in milliseconds. */
  readonly idleMs: number;
  /** Requests of one session that wait to be carried out, in bytes. */
  readonly pendingMaxBytes: number;
  /** Replies that wait to be sent, in bytes, per session and per socket. */
  readonly unsentMaxBytes: number;
  /** What all connections together may hold for their peers, in bytes; above half of it each gets its share only. */
  readonly memoryMaxBytes: number;
  /** New keys after this many bytes on a connection. */
  readonly rekeyBytes: number;
  /** New keys after this time, in milliseconds. */
  readonly rekeyMs: number;
}

const MEBIBYTE = 1_048_576;
const MINUTE_MS = 60_000;

export const DEFAULT_SFTP_LIMITS: SftpLimits = {
  connectionsMax: 256,
  connectionsPerAddressMax: 64,
  unauthenticatedMax: 64,
  newConnectionsPerMinuteMax: 600,
  loginGraceMs: MINUTE_MS / 2,
  authTriesMax: 6,
  channelsPerConnectionMax: 4,
  handlesPerSessionMax: 64,
  idleMs: 15 * MINUTE_MS,
  pendingMaxBytes: 2 * MEBIBYTE,
  unsentMaxBytes: 2 * MEBIBYTE,
  memoryMaxBytes: 8 * MEBIBYTE,
  rekeyBytes: 1024 * MEBIBYTE,
  rekeyMs: 60 * MINUTE_MS,
};

export const DEFAULT_BAN_RULES: BanRules = {
  threshold: 15,
  windowMs: 10 * MINUTE_MS,
  banMs: 15 * MINUTE_MS,
  banMaxMs: 24 * 60 * MINUTE_MS,
  exempt: ['127.0.0.0/8', '::1'],
};
