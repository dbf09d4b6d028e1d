/** The configuration for commands that can do without one. */
import type { Config } from '../config/config';
import { ConfigProblem } from '../config/config-problem';
import type { CommandContext } from './command-context';

/** Null where there is none. @throws ConfigProblem when there is one and it is not right */
export function findConfig(context: CommandContext): Config | null {
  try {
    return context.loadConfig();
  } catch (error) {
    if (error instanceof ConfigProblem && error.file === null) return null;
    throw error;
  }
}
