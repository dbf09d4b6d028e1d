/** `labdrop ban list`: the bans that stand. */
import { type BanView, standingBans } from '../daemon/commands-ban';
import type { RegisterCommand } from './command-context';
import { CommandProblem } from './command-problem';
import { localTime } from './local-time';
import { type Cell, renderTable } from './render-table';

export const BAN_HEAD = ['address', 'until', 'ban', 'refused since'];

export const registerBanList: RegisterCommand = (ban, context) => {
  ban
    .command('list')
    .description('the bans that stand')
    .option('--json', 'for scripts; times in UTC')
    .addHelpText('after', '\nExample:\n  labdrop ban list')
    .action(({ json }: { json?: boolean }) => {
      const bans = standingBans(context.loadConfig(), context.now());
      if (bans === null) throw new CommandProblem('no daemon runs, so nobody is banned');
      if (json) context.out(JSON.stringify(bans, null, 2));
      else context.out(bans.length === 0 ? 'nobody is banned' : renderTable(BAN_HEAD, bans.map(banRow)));
    });
};

export function banRow({ address, until, count, refused }: BanView): Cell[] {
  return [address, localTime(until), count, refused];
}
