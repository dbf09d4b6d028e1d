/** `labdrop sender list`. */
import { existsSync } from 'node:fs';
import { findSendersFolderProblem, openAccounts } from '../daemon/commands-accounts';
import type { RegisterCommand } from './command-context';
import { EXIT } from './exit-status';
import { renderTable } from './render-table';
import { lastDay } from './sender-account';

export const registerSenderList: RegisterCommand = (sender, context) => {
  sender
    .command('list')
    .description('all accounts')
    .option('--json', 'for scripts')
    .addHelpText('after', '\nExample:\n  labdrop sender list')
    .action(({ json }: { json?: boolean }) => {
      const config = context.loadConfig();
      const misplaced = findSendersFolderProblem(config);
      const { accounts, problems } =
        misplaced === null
          ? openAccounts(config).list()
          : { accounts: [], problems: [`${misplaced.what}; ${misplaced.fix}`] };
      if (problems.length > 0) context.setStatus(EXIT.usage);
      if (json) {
        context.out(JSON.stringify({ accounts, problems }, null, 2));
        return;
      }
      const rows = accounts.map((account) => [
        account.account,
        account.status,
        account.senders.join(' '),
        account.messageTypes === null ? 'all' : String(account.messageTypes.length),
        account.language,
        account.authorizedKeys.length,
        lastDay(account, context.now()),
        account.name,
        account.email,
      ]);
      const head = ['account', 'status', 'senders', 'types', 'language', 'keys', 'expires', 'name', 'email'];
      if (misplaced === null)
        context.out(
          rows.length === 0
            ? `No account in ${config.senders.dir}${existsSync(config.senders.dir) ? '' : ', which is not there yet'}.`
            : renderTable(head, rows),
        );
      for (const problem of problems) context.err(problem);
    });
};
