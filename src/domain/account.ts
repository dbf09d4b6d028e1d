/** An SFTP login. It may send for one or more sender numbers; several accounts may exist for one organisation. */
export const ACCOUNT_STATUSES = ['production', 'test', 'disabled'] as const;
export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];

export const LANGUAGES = ['en', 'nl', 'fr', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface Account {
  /** Login name, also the folder's name: `[A-Za-z0-9][A-Za-z0-9._-]{0,63}`. */
  readonly account: string;
  readonly name: string;
  readonly email: string;
  /** Eight-digit NIHDI numbers it may send for. */
  readonly senders: readonly string[];
  /** Message types it may send; null allows all. */
  readonly messageTypes: readonly string[] | null;
  readonly status: AccountStatus;
  /** Lines as in authorized_keys: type, base64, comment; `expiry-time` in front of a key that has an end. */
  readonly authorizedKeys: readonly string[];
  /** CIDR networks it may come from; empty allows all. */
  readonly allowFrom: readonly string[];
  readonly language: Language;
  /** Last day the login works, YYYY-MM-DD, or null. */
  readonly expires: string | null;
  readonly quotaBytes: number | null;
  readonly quotaFiles: number | null;
}
