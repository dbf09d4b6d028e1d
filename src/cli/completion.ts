/** `labdrop completion bash`: a completion script made from the program's own commands, options and their values. */
import { Argument, type Command } from 'commander';
import type { RegisterCommand } from './command-context';

const SHELLS = ['bash'] as const;

export const registerCompletion: RegisterCommand = (program, context) => {
  program
    .command('completion')
    .description('completion of commands, options and values for a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        '  labdrop completion bash > /etc/bash_completion.d/labdrop',
        '  source <(labdrop completion bash)',
      ].join('\n'),
    )
    .action(() => context.out(renderBashCompletion(program)));
};

interface Place {
  /** Names of the commands that lead there, each with a blank before it; empty for the program itself. */
  readonly path: string;
  readonly command: Command;
}

/** Where the shell itself completes file names, because no word fits: options and arguments that name files. */
function renderBashCompletion(program: Command): string {
  const places = placesBelow(program, '');
  const inner = places.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  const global = program.options.flatMap(({ long }) => long ?? []);
  const words = places.map(({ path, command }) => {
    const names = command.commands.map((child) => child.name());
    const options = command.options.flatMap(({ long }) => long ?? []);
    const values = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
    const all = [...names, ...values, ...new Set([...options, ...global, '--help'])];
    return `    '${path}') words='${all.join(' ')}' ;;`;
  });
  const values = places.flatMap(({ path, command }) =>
    command.options.flatMap(({ long, argChoices }) =>
      long == null || argChoices === undefined ? [] : [`    '${path}:${long}') words='${argChoices.join(' ')}' ;;`],
    ),
  );
  const taking = new Set(
    places.flatMap(({ command }) =>
      command.options.flatMap(({ long, required }) => (long != null && required ? [long] : [])),
    ),
  );
  return [
    '# Completion of labdrop for bash; made by: labdrop completion bash',
    '_labdrop() {',
    '  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} path= words= i',
    '  for ((i = 1; i < COMP_CWORD; i++)); do',
    '    case "$path ${COMP_WORDS[i]}" in',
    `      ${inner.join(' | ')}) path="$path \${COMP_WORDS[i]}" ;;`,
    '    esac',
    '  done',
    '  COMPREPLY=()',
    '  case "$path:$prev" in',
    ...values,
    `    ${[...taking].map((long) => `*:${long}`).join(' | ')}) return ;;`,
    '    *)',
    '      case "$path" in',
    ...words.map((line) => `    ${line}`),
    '      esac',
    '      ;;',
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    '}',
    'complete -o default -F _labdrop labdrop',
  ].join('\n');
}

function placesBelow(command: Command, path: string): readonly Place[] {
  return [{ path, command }, ...command.commands.flatMap((child) => placesBelow(child, `${path} ${child.name()}`))];
}
