/** `labdrop sender`: the senders' accounts. */
import type { RegisterCommand } from './command-context';
import { registerSenderAdd } from './sender-add';
import { registerSenderDisable } from './sender-disable';
import { registerSenderList } from './sender-list';
import { registerSenderShow } from './sender-show';

export const registerSender: RegisterCommand = (program, context) => {
  const sender = program.command('sender').description('accounts of laboratories and physicians');
  for (const register of [registerSenderAdd, registerSenderList, registerSenderShow, registerSenderDisable]) {
    register(sender, context);
  }
  sender.addHelpText(
    'after',
    '\nExample:\n  labdrop sender add 81365677 --name "Lab" --email lab@example.org --key id_ed25519.pub',
  );
};
