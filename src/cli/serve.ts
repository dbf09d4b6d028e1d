/** `labdrop serve`: the daemon. */
import { resolve } from 'node:path';
import { serveDaemon } from '../daemon/serve';
import { hearReloadRequests } from './hear-reload-requests';
import { hearStopRequests } from './hear-stop-requests';
import type { RegisterCommand } from './command-context';
import { EXIT } from './exit-status';

const STATUS = { done: EXIT.done, failed: EXIT.fault, misconfigured: EXIT.config } as const;

export const registerServe: RegisterCommand = (program, context) => {
  program
    .command('serve')
    .description('run the daemon: SFTP server, intake, reports')
    .addHelpText(
      'after',
      [
        '',
        'Example:',
        '  labdrop serve --config /etc/labdrop/labdrop.yaml',
        '',
        'SIGTERM or SIGINT drains and stops, a second one stops at once; SIGHUP reads configuration, schemas and',
        'value sets again, all or nothing. Accounts are read fresh at every login.',
      ].join('\n'),
    )
    .action(async () => {
      const stopped = await serveDaemon({
        config: context.loadConfig(),
        reread: () => context.loadConfig(),
        print: (line) => context.out(line),
        env: context.env,
        stops: context.stops ?? hearStopRequests(),
        reloads: context.reloads ?? hearReloadRequests(),
        program: programName(),
      });
      context.setStatus(STATUS[stopped]);
    });
};

/** How the person called this program. */
function programName(): string {
  const [, script = 'labdrop'] = process.argv;
  return resolve(script) === resolve('dist/main.js') ? 'node dist/main.js' : 'labdrop';
}
