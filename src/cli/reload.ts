/** `labdrop reload`: the running daemon reads everything again; what came of it is told here and in the exit status. */
import { type AskedReload, askToReload, type ReloadOutcome } from '../daemon/commands-reload';
import { escapeControls } from '../domain/escape-controls';
import type { CommandContext, RegisterCommand } from './command-context';
import { CommandProblem } from './command-problem';
import { EXIT } from './exit-status';

const POLL_MS = 200;
const PATIENCE_MS = 60_000;

export const registerReload: RegisterCommand = (program, context) => {
  program
    .command('reload')
    .description('have the daemon read configuration, accounts, schemas and value sets again, all or nothing')
    .option('--json', 'for scripts; times in UTC')
    .addHelpText(
      'after',
      [
        '',
        'When anything is wrong, all of it is told and what was in force stays. Connections of accounts that were disabled',
        'are cut. It needs the right to signal the daemon: root, or its own user.',
        '',
        'Examples:',
        '  labdrop reload',
        '  labdrop check && labdrop reload',
        '',
        'Exit status: 0 all is in force, 78 refused, 2 no daemon runs.',
      ].join('\n'),
    )
    .action(({ json }: { json?: boolean }) => run(json === true, context));
};

async function run(json: boolean, context: CommandContext): Promise<void> {
  const config = context.loadConfig();
  const asked = ask(() => askToReload(config));
  if (asked === null) throw new CommandProblem(`no daemon runs on ${config.dataDir}: its next start reads everything`);
  const outcome = await waitFor(asked, context);
  if (outcome.reasons.length > 0) context.setStatus(EXIT.config);
  if (json) {
    context.out(JSON.stringify({ inForce: outcome.reasons.length === 0, ...outcome }, null, 2));
  } else if (outcome.reasons.length === 0) {
    context.out('Configuration, accounts, schemas and value sets were read again and are in force.');
  } else {
    outcome.reasons.forEach((reason) => context.err(escapeControls(reason)));
    context.err('Refused: nothing has changed. Mend this and reload again.');
  }
}

function ask(request: () => AskedReload | null): AskedReload | null {
  try {
    return request();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    throw new CommandProblem('the daemon belongs to another user: sudo labdrop reload, or systemctl reload labdrop');
  }
}

async function waitFor(asked: AskedReload, context: CommandContext): Promise<ReloadOutcome> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
    const answer = asked.answer();
    if (answer === 'gone') throw new CommandProblem(`the daemon (process ${asked.pid}) has ended`, EXIT.fault);
    if (answer !== null) return answer;
    if (!(await context.pause(POLL_MS))) break;
  }
  const message = `the daemon (process ${asked.pid}) gave no answer; its log and labdrop status tell more`;
  throw new CommandProblem(message, EXIT.fault);
}
