/**
 * The configuration in force, as everything but its reader sees it: complete, validated, deep frozen, every path
 * absolute. Meanings, units and ranges: schemas/config.schema.json.
 */
export interface SftpLimitsConfig {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly maxUnauthenticated: number;
  readonly maxNewConnectionsPerMinute: number;
  readonly maxChannelsPerConnection: number;
  readonly maxHandlesPerSession: number;
  readonly maxHeldBytes: number;
  readonly loginGraceSeconds: number;
  readonly maxAuthTries: number;
  readonly idleSeconds: number;
}

export interface SftpBansConfig {
  readonly threshold: number | null;
  readonly windowSeconds: number;
  readonly banSeconds: number;
  readonly maxBanSeconds: number;
  readonly exempt: readonly string[];
}

export interface SftpConfig {
  readonly host: string;
  readonly port: number;
  readonly publicHost: string | null;
  readonly policy: 'modern' | 'compat';
  readonly hostKeyTypes: readonly ('ed25519' | 'ecdsa' | 'rsa')[] | null;
  readonly userCaKeys: readonly string[];
  readonly revokedKeys: readonly string[];
  readonly bans: SftpBansConfig;
  readonly limits: SftpLimitsConfig;
}

export interface IngestConfig {
  readonly mode: 'record' | 'file';
  readonly maxRejected: number | null;
  readonly maxRejectedRatio: number | null;
  readonly maxFileBytes: number;
  readonly diskReserveBytes: number;
  readonly rescanSeconds: number;
  readonly markerGraceSeconds: number;
  readonly unmarkedReminderHours: number;
  readonly uploadShadowSeconds: number;
}

/** Days; null keeps. */
export interface RetentionConfig {
  readonly originalsDays: number | null;
  readonly rejectedValuesDays: number | null;
  readonly partialUploadsDays: number | null;
  readonly findingsDays: number | null;
  readonly reportsDays: number | null;
}

export interface Config {
  /** The file it was read from. */
  readonly configPath: string;
  readonly dataDir: string;
  readonly sftp: SftpConfig;
  readonly senders: { readonly dir: string };
  readonly schemas: { readonly dir: string };
  readonly http: { readonly host: string; readonly port: number | null };
  readonly ingest: IngestConfig;
  readonly log: { readonly level: 'error' | 'warn' | 'info' | 'debug'; readonly format: 'json' | 'text' };
  readonly retention: RetentionConfig;
}
