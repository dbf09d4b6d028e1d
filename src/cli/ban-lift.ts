/** `labdrop ban lift`: lets an address in again before its ban has run out. */
import { isIP } from 'node:net';
import { askToLift, type BanView, standingBans } from '../daemon/commands-ban';
import type { CommandContext, RegisterCommand } from './command-context';
import { CommandProblem } from './command-problem';
import { EXIT } from './exit-status';

const POLL_MS = 300;
/** Beyond the rescan after which the daemon has done it. */
const MARGIN_MS = 5_000;

export const registerBanLift: RegisterCommand = (ban, context) => {
  ban
    .command('lift')
    .description('let an address in again, and forget what it did')
    .argument('<address>', 'as ban list shows it')
    .option('--json', 'for scripts')
    .addHelpText('after', '\nExample:\n  labdrop ban lift 192.0.2.7')
    .action((address: string, { json }: { json?: boolean }) => liftBan(address, json === true, context));
};

async function liftBan(address: string, json: boolean, context: CommandContext): Promise<void> {
  const config = context.loadConfig();
  if (isIP(address.replace(/\/64$/, '')) === 0) throw new CommandProblem(`${address} is no address`);
  const standing = (): readonly BanView[] | null => standingBans(config, context.now());
  const before = standing();
  if (before === null) throw new CommandProblem('no daemon runs, so nobody is banned');
  askToLift(config, address);
  const deadline = context.now().getTime() + config.ingest.rescanSeconds * 1000 + MARGIN_MS;
  const listed = (): boolean => standing()?.some((ban) => ban.address === address) ?? false;
  const wasBanned = before.some((ban) => ban.address === address);
  while (wasBanned && listed()) {
    if (context.now().getTime() > deadline || !(await context.pause(POLL_MS))) {
      throw new CommandProblem('the daemon has not lifted it in time; its log may say why', EXIT.fault);
    }
  }
  if (json) context.out(JSON.stringify({ address, wasBanned }, null, 2));
  else if (wasBanned) context.out(`${address} may connect again.`);
  else context.out(`${address} is not in the list of bans; whatever stands against it is lifted at the next rescan.`);
}
