/** `labdrop ban`: addresses that the SFTP server lets in no more for a while. */
import { registerBanLift } from './ban-lift';
import { registerBanList } from './ban-list';
import type { RegisterCommand } from './command-context';

export const registerBan: RegisterCommand = (program, context) => {
  const ban = program.command('ban').description('addresses that may not connect for a while');
  registerBanList(ban, context);
  registerBanLift(ban, context);
  ban.addHelpText('after', '\nExamples:\n  labdrop ban list\n  labdrop ban lift 192.0.2.7');
};
