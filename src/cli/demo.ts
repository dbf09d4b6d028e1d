/** `labdrop demo`: the whole job in seconds, in a temporary folder. */
import { join } from 'node:path';
import type { Config } from '../config/config';
import { loadConfig } from '../config/load-config';
import { runDemo } from '../daemon/demo';
import type { CommandContext, RegisterCommand } from './command-context';
import { findConfig } from './find-config';

export const registerDemo: RegisterCommand = (program, context) => {
  program
    .command('demo')
    .description('show the whole job with a throwaway account: example batches in, reports and stored records out')
    .addHelpText('after', '\nExample:\n  labdrop demo')
    .action(() =>
      runDemo({
        config: findConfig(context) ?? ownConfig(context),
        print: (text) => context.out(text),
        ...(context.onInterrupt && { onInterrupt: context.onInterrupt }),
      }),
    );
};

/** The one that comes with the program: enough for a demonstration before anything is set up. */
function ownConfig({ env, cwd, packageRoot }: CommandContext): Config {
  return loadConfig({ explicitPath: join(packageRoot, 'config/labdrop.yaml'), env, cwd, packageRoot });
}
