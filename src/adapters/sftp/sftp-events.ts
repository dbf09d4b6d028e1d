/** What the server asks of whoever runs it, and what it tells. None of these may throw, nor take long. */
import type { Account } from '../../domain/account';
import type { SftpAuditEvent } from './sftp-audit';

export interface HeldFile {
  /** Inode and birth time, as `statIdentity` tells them. */
  readonly identity: string;
  /** For its sender it is gone. */
  readonly isGone: boolean;
}

export interface SftpEvents {
  /** Looked up at each login attempt, and every few seconds for who is logged in. */
  findAccount(name: string): Account | null;
  /** A file lies durably in a drop folder under its name. Called before the client is told. */
  onArrival(account: string, folder: 'root' | 'test', fileName: string, bytes: number): void;
  /** Files of this name that the pipeline has in its hands, lying there still or moved away. */
  heldFiles(account: string, folder: 'root' | 'test', fileName: string): readonly HeldFile[];
  /** Identity of the file of this name if it is part of a complete batch that nobody has taken up yet. */
  readyFile(account: string, folder: 'root' | 'test', fileName: string): string | null;
  /**
   * Keeps the pipeline from removing a file of this name, for the rename by which a new one takes it, until the function
   * that it returns is called; null while one is being removed.
   */
  holdName?(account: string, folder: 'root' | 'test', fileName: string): (() => void) | null;
  /** Why no upload may begin or grow now, for the client; null when it may. Asked at each OPEN and WRITE. */
  refuseUploads?(): string | null;
  audit(event: SftpAuditEvent): void;
}
