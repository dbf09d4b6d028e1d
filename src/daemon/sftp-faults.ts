/**
 * Failures of ours that a client met over SFTP, as on a disk that fails: each account's last one stands as a fault until
 * the account gets a file in, or nothing of the kind has happened for a while, as a client need not come again. The log
 * tells each; here nothing is kept over a restart.
 */
import type { SftpAuditEvent } from '../adapters/sftp/sftp-audit';
import type { StandingFault } from './status-file';

export interface SftpFaults {
  hear(event: SftpAuditEvent): void;
  standing(): readonly StandingFault[];
}

/** In milliseconds. */
const STANDS_MS = 15 * 60_000;

/** @param risingMs milliseconds, whatever happens to the system's clock */
export function createSftpFaults(now: () => Date, risingMs: () => number): SftpFaults {
  const byAccount = new Map<string, { readonly fault: StandingFault; readonly until: number }>();

  return {
    hear(event) {
      if (event.event === 'fault') {
        const { account, operation } = event;
        const at = byAccount.get(account)?.fault.at ?? now().toISOString();
        const message = `SFTP, ${operation}: ${event.message}`;
        const fault = { code: 'S901', message, retryable: true, at, batch: null, account, fileName: null } as const;
        byAccount.set(account, { fault: { ...fault, retryAt: null }, until: risingMs() + STANDS_MS });
      } else if (event.event === 'transfer' && event.direction === 'upload' && event.outcome === 'complete') {
        byAccount.delete(event.account);
      }
    },
    standing() {
      for (const [account, { until }] of byAccount) if (until <= risingMs()) byAccount.delete(account);
      return [...byAccount.values()].map(({ fault }) => fault);
    },
  };
}
