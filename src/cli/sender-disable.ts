/** `labdrop sender disable`: no further login; what was uploaded already is still processed. */
import { openAccounts } from '../daemon/commands-accounts';
import type { RegisterCommand } from './command-context';
import { accountFile, requireAccount } from './sender-account';

export const registerSenderDisable: RegisterCommand = (sender, context) => {
  sender
    .command('disable')
    .description('refuse further logins of an account')
    .argument('<account>', 'login name')
    .option('--json', 'for scripts')
    .addHelpText('after', '\nExample:\n  labdrop sender disable 81365677')
    .action((name: string, { json }: { json?: boolean }) => {
      const config = context.loadConfig();
      const account = requireAccount(config, name);
      const file = accountFile(config, name);
      const before = account.status;
      if (before !== 'disabled') openAccounts(config).write({ ...account, status: 'disabled' });
      if (json) context.out(JSON.stringify({ account: name, status: 'disabled', before, file }, null, 2));
      else if (before === 'disabled') context.out(`${name} is disabled already.`);
      else {
        context.out(
          `${name} is disabled: it cannot log in any more. To allow it again, set status: ${before} in ${file}`,
        );
      }
    });
};
