/** `labdrop check`: what is not as it should be around the daemon, each with what mends it. */
import { checkAll, type CheckResult } from '../daemon/commands-check';
import { escapeControls } from '../domain/escape-controls';
import { countText } from '../domain/count-text';
import type { RegisterCommand } from './command-context';
import { EXIT } from './exit-status';

export const registerCheck: RegisterCommand = (program, context) => {
  program
    .command('check')
    .description(
      'configuration, permissions, disk, accounts, schemas, store, leftovers: each problem with what mends it',
    )
    .option('--json', 'for scripts')
    .addHelpText(
      'after',
      [
        '',
        'Example:',
        '  labdrop check',
        '',
        'It changes nothing and may run beside the daemon. It reads the whole store.',
        'Exit status: 0 nothing is wrong, 1 something is, 78 the configuration cannot be used.',
      ].join('\n'),
    )
    .action(({ json }: { json?: boolean }) => {
      const results = checkAll(context.loadConfig(), context.now());
      const ok = results.every((result) => result.ok);
      context.out(json ? JSON.stringify({ ok, results }, null, 2) : renderResults(results));
      if (!ok) context.setStatus(EXIT.dataErrors);
    });
};

function renderResults(results: readonly CheckResult[]): string {
  const widest = Math.max(...results.map(({ area }) => area.length));
  const lines = results.flatMap(({ area, ok, what, fix }) => {
    const head = `${ok ? 'ok     ' : 'PROBLEM'}  ${area.padEnd(widest)}  ${escapeControls(what)}`;
    return fix === null ? [head] : [head, `${' '.repeat(9 + widest)}  mend: ${escapeControls(fix)}`];
  });
  const problems = results.filter(({ ok }) => !ok).length;
  const verdict = problems === 0 ? 'Nothing is wrong.' : `${countText(problems, 'problem')}.`;
  return [...lines, '', verdict].join('\n');
}
