/** What `labdrop ban` does: it reads what the running daemon tells of its bans, and leaves requests for it. */
import { findInstanceHolder } from '../adapters/sqlite/instance-lock';
import type { Config } from '../config/config';
import { requestLift } from './ban-requests';
import { readDaemonStatus } from './commands-status';
import type { BanView } from './sftp-service';

export type { BanView } from './sftp-service';

/** Bans that stand; null when no daemon runs on the data folder. */
export function standingBans(config: Config, now: Date): readonly BanView[] | null {
  if (findInstanceHolder(config.dataDir) === null) return null;
  const bans = readDaemonStatus(config.dataDir)?.bans ?? [];
  return bans.filter(({ until }) => until > now.toISOString());
}

/** Asks the daemon to lift a ban; it does so at its next rescan. @throws the error of the file system */
export function askToLift(config: Config, address: string): void {
  requestLift(config.dataDir, address);
}
