/** `labdrop sender show`: the connection sheet again. */
import { ensureHostKey, parsePublicKeys } from '../daemon/commands-accounts';
import { listeningPort } from '../daemon/commands-status';
import type { Account } from '../domain/account';
import { requireCatalogue } from './catalogue';
import type { RegisterCommand } from './command-context';
import { renderConnectionSheet } from './connection-sheet';
import { renderPairs } from './render-table';
import { accountFile, lastDay, renderAccountJson, requireAccount } from './sender-account';

export const registerSenderShow: RegisterCommand = (sender, context) => {
  sender
    .command('show')
    .description('one account and its connection sheet')
    .argument('<account>', 'login name')
    .option('--json', 'for scripts')
    .addHelpText('after', '\nExample:\n  labdrop sender show 81365677')
    .action((name: string, { json }: { json?: boolean }) => {
      const config = context.loadConfig();
      const account = requireAccount(config, name);
      const hostKey = ensureHostKey(config);
      const reading = parsePublicKeys(account.authorizedKeys.join('\n'));
      const keys = reading.kind === 'keys' ? reading.keys : [];
      if (json) {
        context.out(renderAccountJson(config, account, { keys, hostKey }));
        return;
      }
      const types = account.messageTypes ?? [...requireCatalogue(config.schemas.dir).types.keys()];
      context.out(
        renderConnectionSheet({
          account,
          keys,
          config,
          port: listeningPort(config),
          hostKey,
          types,
          now: context.now(),
        }),
      );
      context.out(`\n${renderPairs([['File', accountFile(config, name)], ...limitsOf(account, context.now())])}`);
    });
};

function limitsOf(account: Account, now: Date): [string, string | number | null][] {
  return [
    ['Language', account.language],
    ['Allowed from', account.allowFrom.length === 0 ? null : account.allowFrom.join(', ')],
    ['Expires after', lastDay(account, now)],
    ['Quota, bytes', account.quotaBytes],
    ['Quota, files', account.quotaFiles],
  ];
}
