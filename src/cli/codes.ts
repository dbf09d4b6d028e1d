/** `labdrop codes`: what the codes in reports mean. Needs no configuration. */
import { Option } from 'commander';
import { type Language, LANGUAGES } from '../domain/account';
import { FINDING_CODES, type FindingCode, isFindingCode } from '../domain/codes';
import { codeTitle, TEXTS } from '../stages/report/texts';
import type { CommandContext, RegisterCommand } from './command-context';
import { CommandProblem } from './command-problem';
import { renderPairs, renderTable } from './render-table';

interface CodesOptions {
  readonly language: Language;
  readonly json?: boolean;
}

export const registerCodes: RegisterCommand = (program, context) => {
  program
    .command('codes')
    .description('what the codes in reports mean')
    .argument('[code]', 'one code, with its texts (default: all)')
    .addOption(new Option('--language <language>', 'language of the texts').choices(LANGUAGES).default('en'))
    .option('--json', 'for scripts')
    .addHelpText('after', '\nExample:\n  labdrop codes V201 --language nl')
    .action((code: string | undefined, options: CodesOptions) => {
      if (code === undefined) listCodes(options, context);
      else showCode(code, options, context);
    });
};

function listCodes({ language, json }: CodesOptions, context: CommandContext): void {
  const codes = (Object.keys(FINDING_CODES) as FindingCode[]).map((code) => {
    const { severity, scope, stage } = FINDING_CODES[code];
    return { code, severity, scope, stage, title: codeTitle(code, language) };
  });
  if (json) {
    context.out(JSON.stringify(codes, null, 2));
    return;
  }
  const rows = codes.map(({ code, severity, scope, title }) => [code, severity, scope, title]);
  context.out(renderTable(['code', 'severity', 'scope', 'what'], rows));
}

function showCode(text: string, { language, json }: CodesOptions, context: CommandContext): void {
  const code = text.toUpperCase();
  if (!isFindingCode(code))
    throw new CommandProblem(`there is no code ${JSON.stringify(text)}; labdrop codes lists them`);
  const { severity, scope, stage } = FINDING_CODES[code];
  const texts = TEXTS[language].codes[code];
  if (json) {
    context.out(JSON.stringify({ code, severity, scope, stage, texts }, null, 2));
    return;
  }
  const lines = Object.entries(texts).map(([key, value]): [string, string] => [key, value]);
  context.out(renderPairs([['code', code], ['severity', severity], ['scope', scope], ['raised by', stage], ...lines]));
}
