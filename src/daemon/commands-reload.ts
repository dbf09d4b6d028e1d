/** What `labdrop reload` does: it signals the running daemon and reads what came of it. */
import { findInstanceHolder } from '../adapters/sqlite/instance-lock';
import type { Config } from '../config/config';
import { readDaemonStatus } from './commands-status';
import type { ReloadOutcome } from './reload';

export type { ReloadOutcome } from './reload';

export interface AskedReload {
  /** Process id of the daemon. */
  readonly pid: number;
  /** What came of it; null as long as there is no answer, 'gone' when the daemon has ended. */
  answer(): ReloadOutcome | 'gone' | null;
}

/** Null when no daemon runs on the data folder. @throws the error of kill(2), EPERM for another user's daemon */
export function askToReload({ dataDir }: Config): AskedReload | null {
  const holder = findInstanceHolder(dataDir);
  if (holder === null) return null;
  const { pid } = holder;
  const before = readDaemonStatus(dataDir)?.reload?.number ?? 0;
  process.kill(pid, 'SIGHUP');
  return {
    pid,
    answer: () => {
      const outcome = readDaemonStatus(dataDir)?.reload ?? null;
      if (outcome !== null && outcome.number > before) return outcome;
      return findInstanceHolder(dataDir)?.pid === pid ? null : 'gone';
    },
  };
}
