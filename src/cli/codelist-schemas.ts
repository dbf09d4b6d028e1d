/** Where the value sets of a command are: the schemas folder of the configuration, else the one of the program. */
import { join } from 'node:path';
import type { Config } from '../config/config';
import type { CommandContext } from './command-context';
import { findConfig } from './find-config';

export interface CodelistSchemas {
  readonly dir: string;
  /** The folder that comes with the program: an upgrade replaces it. */
  readonly isProgramsOwn: boolean;
  /** Null where there is none. */
  readonly config: Config | null;
}

/** @throws ConfigProblem when there is a configuration and it is not right */
export function findCodelistSchemas(context: CommandContext): CodelistSchemas {
  const own = join(context.packageRoot, 'schemas');
  const config = findConfig(context);
  const dir = config?.schemas.dir ?? own;
  return { dir, isProgramsOwn: dir === own, config };
}
