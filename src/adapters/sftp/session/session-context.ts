/** What carrying out a request needs, besides the request. */
import type { Account } from '../../../domain/account';
import type { AccountSpace } from '../files/account-space';
import type { SessionAuditEvent } from '../sftp-audit';
import type { HandleTable } from './handle-table';

export interface SessionContext {
  readonly account: Account;
  readonly space: AccountSpace;
  readonly handles: HandleTable;
  readonly handlesMax: number;
  readonly maxFileBytes: number;
  readonly audit: (event: SessionAuditEvent) => void;
  /** The server is on its way down: what is open may be finished, nothing new is begun. */
  readonly isStopping: () => boolean;
}
