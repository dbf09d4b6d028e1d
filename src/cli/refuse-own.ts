/** What `backup` and `export` share: a target that belongs to the daemon is wrong usage, whatever option stands beside. */
import type { Config } from '../config/config';
import { isDaemonsOwn } from '../daemon/guard-own-files';
import { CommandProblem } from './command-problem';

/** @throws CommandProblem */
export function refuseOwn(config: Config, path: string): void {
  if (!isDaemonsOwn(config, path)) return;
  throw new CommandProblem(
    `${path} belongs to the daemon, which keeps its data in ${config.dataDir}; name another file`,
  );
}
