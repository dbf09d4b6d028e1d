/** What the server asks of whoever runs it, and what it tells. None of these may throw, nor take long. */
import type { Account } from '../../domain/account';
import type { SftpAuditEvent } from './sftp-audit';

export interface SftpEvents {
  /** Looked up at each login attempt, and every few seconds for who is logged in. */
  findAccount(name: string): Account | null;
  /** A file lies durably in a drop folder under its name. Called before the client is told. */
  onArrival(account: string, folder: 'root' | 'test', fileName: string, bytes: number): void;
  /** Whether the file is being taken by the pipeline right now: then it is gone, for its sender. */
  isClaimed(account: string, folder: 'root' | 'test', fileName: string): boolean;
  /** Why no upload may begin or grow now, for the client; null when it may. Asked at each OPEN and WRITE. */
  refuseUploads?(): string | null;
  audit(event: SftpAuditEvent): void;
}
