/** `labdrop demo`: the whole job in seconds, in a temporary folder. */
import { runDemo } from '../daemon/demo';
import type { RegisterCommand } from './command-context';

export const registerDemo: RegisterCommand = (program, context) => {
  program
    .command('demo')
    .description('show the whole job with a throwaway account: example batches in, reports and stored records out')
    .addHelpText('after', '\nExample:\n  labdrop demo')
    .action(() => runDemo({ config: context.loadConfig(), print: (text) => context.out(text) }));
};
