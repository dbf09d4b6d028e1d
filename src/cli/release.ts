/** `labdrop release`: another try for batches that were set aside. */
import { findDaemon } from '../daemon/commands-replay';
import { release, whyNoRelease } from '../daemon/commands-release';
import { openReader } from '../daemon/commands-store';
import type { CommandContext, RegisterCommand } from './command-context';
import { CommandProblem } from './command-problem';
import { BATCH_NAMES, findBatch } from './find-batch';

export const registerRelease: RegisterCommand = (program, context) => {
  program
    .command('release')
    .description('give batches that were set aside another try')
    .argument('<batch...>', `each: ${BATCH_NAMES}`)
    .option('--json', 'for scripts')
    .addHelpText(
      'after',
      [
        '',
        'Example:',
        '  labdrop release 81365677_LaboratoryTestResult_210403091500.csv',
        '',
        'For after what stopped them was mended, by a new version of this program for instance: each goes on from where',
        'it stood. What fails twice again is set aside again. labdrop status lists what is set aside.',
      ].join('\n'),
    )
    .action((texts: string[], { json }: { json?: boolean }) => {
      releaseAll(texts, json === true, context);
    });
};

/** Nothing is released when one of them cannot be. */
function releaseAll(texts: readonly string[], json: boolean, context: CommandContext): void {
  const config = context.loadConfig();
  const reader = openReader(config);
  if (reader === null) throw new CommandProblem('there is no batch yet');
  try {
    const aside = new Set(reader.quarantined().map(({ batch }) => batch.id));
    const batches = texts.map((text) => findBatch(reader, text));
    const problems = batches.flatMap((batch) => {
      const why = aside.has(batch.id) ? whyNoRelease(config, batch) : 'it is not set aside';
      return why === null ? [] : [`${batch.fileName} (${batch.id}) cannot be released: ${why}`];
    });
    if (problems.length > 0) throw new CommandProblem(problems.join('\n'));
    for (const batch of batches) {
      release(config, batch);
      if (!json) context.out(`${batch.fileName}  ${batch.id}  released`);
    }
    const released = batches.map(({ id, account, fileName }) => ({ id, account, fileName }));
    if (json) context.out(JSON.stringify(released, null, 2));
  } finally {
    reader.close();
  }
  const when =
    findDaemon(config) === null ? 'No daemon runs: it goes on at its next start.' : 'It goes on within a minute.';
  context.err(when);
}
