/** `labdrop sender disable`: no further login; what was uploaded already is still processed. */
import { openAccounts } from '../daemon/commands-accounts';
import type { RegisterCommand } from './command-context';
import { accountFile, requireAccount } from './sender-account';

export const registerSenderDisable: RegisterCommand = (sender, context) => {
  sender
    .command('disable')
    .description('refuse further logins of an account')
    .argument('<account>', 'login name')
    .addHelpText('after', '\nExample:\n  labdrop sender disable 81365677')
    .action((name: string) => {
      const config = context.loadConfig();
      const account = requireAccount(config, name);
      const file = accountFile(config, name);
      if (account.status === 'disabled') {
        context.out(`${name} is disabled already.`);
        return;
      }
      openAccounts(config).write({ ...account, status: 'disabled' });
      context.out(
        `${name} is disabled: it cannot log in any more. To allow it again, set status: ${account.status} in ${file}`,
      );
    });
};
