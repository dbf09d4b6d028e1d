/**
 * One run of the command line: arguments in, exit status out. Every failure ends here, as lines on standard error and
 * a status: usage and unreadable input 2, configuration 78, our own 70.
 */
import { CommanderError } from 'commander';
import type { Config } from '../config/config';
import { ConfigProblem } from '../config/config-problem';
import type * as LoadConfig from '../config/load-config';
import { CatalogueProblem } from '../daemon/catalogue-problem';
import { Fault, toFault } from '../domain/fault';
import type { CommandContext, CommandIo } from './command-context';
import { CommandProblem } from './command-problem';
import { EXIT, type ExitStatus } from './exit-status';
import { addCommands, createProgram } from './program';
import { refusedText } from './refused-text';

/** @param args without the program's own name */
export async function runProgram(args: readonly string[], io: CommandIo): Promise<ExitStatus> {
  let status: ExitStatus = EXIT.done;
  const context: CommandContext = {
    ...io,
    setStatus: (chosen) => (status = chosen),
    loadConfig: () => loadConfig(program.opts<{ config?: string }>().config ?? null, io),
  };
  const program = createProgram(context);
  try {
    const asked = helpAsOption(args);
    await addCommands(program, context, asked);
    await program.parseAsync([...asked], { from: 'user' });
    return status;
  } catch (error) {
    return report(error, io);
  }
}

/** `help sender add` as `sender add --help`: commander's own `help` knows commands, but none below them. */
function helpAsOption(args: readonly string[]): readonly string[] {
  const [first, ...path] = args;
  return first === 'help' && path.length > 1 ? [...path, '--help'] : args;
}

/** Its libraries are loaded when a command asks for a configuration: several do without. */
function loadConfig(explicitPath: string | null, { env, cwd, packageRoot }: CommandIo): Config {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- on demand, as said above
  const loader = require('../config/load-config') as typeof LoadConfig;
  return loader.loadConfig({ explicitPath, env, cwd, packageRoot });
}

function report(error: unknown, io: CommandIo): ExitStatus {
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof CommandProblem) {
    if (error.message !== '') io.err(error.message);
    return error.status;
  }
  if (error instanceof ConfigProblem || error instanceof CatalogueProblem) {
    io.err(error.message);
    return EXIT.config;
  }
  const refused = refusedText(error instanceof Fault ? error.cause : error);
  if (refused !== null) {
    io.err(refused);
    return EXIT.usage;
  }
  const fault = toFault(error);
  // What the file system or SQLite says is told as it is, whichever command met it; a stack is for mistakes of our own.
  if (error instanceof Fault || fault.code !== 'S903') {
    const hint = fault.code === 'S902' ? '; labdrop check tells what stands in the way' : '';
    io.err(`${fault.code}: ${fault.message}${hint}`);
    return EXIT.fault;
  }
  io.err(`internal error: ${(error as Error | null)?.stack ?? String(error)}`);
  return EXIT.fault;
}
