/**
 * Folders that the inbox cannot read, and files in them that it cannot take up: each is told in the log when it begins,
 * and stands as a fault until a scan meets it no more.
 */
import { toFault } from '../domain/fault';
import type { Logger } from '../ports/logger';
import type { StandingFault } from './status-file';

export interface FolderFaults {
  failed(path: string, error: Error): void;
  /** All folders were looked at: what has not failed since the scan before is well again. */
  scanned(): void;
  standing(): readonly StandingFault[];
}

export function createFolderFaults(log: Logger, now: () => Date): FolderFaults {
  let before = new Map<string, StandingFault>();
  let failing = new Map<string, StandingFault>();

  return {
    failed(path, error) {
      const { retryable } = toFault(error);
      const { message } = error;
      const known = failing.get(path) ?? before.get(path);
      if (known === undefined) log.error('fault', { code: 'S901', path, message });
      const at = known?.at ?? now().toISOString();
      const noBatch = { batch: null, account: null, fileName: null, retryAt: null };
      failing.set(path, { ...noBatch, code: 'S901', message, retryable, at });
    },
    scanned() {
      before = failing;
      failing = new Map();
    },
    standing: () => [...new Map([...before, ...failing]).values()],
  };
}
