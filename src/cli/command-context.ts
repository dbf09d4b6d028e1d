/** What a command has of the world around it; tests give their own. A command ends nothing and writes nowhere else. */
import type { Command } from 'commander';
import type { Config } from '../config/config';
import type { ReloadRequests, StopRequests } from '../daemon/serve';
import type { OnInterrupt } from '../ports/on-interrupt';
import type { ExitStatus } from './exit-status';

export interface CommandIo {
  /** Standard output and standard error; a line end is added. */
  out(line: string): void;
  err(line: string): void;
  /**
   * Shows on standard error how far a long command is, in the place of what it showed before; the empty text takes it
   * away. Null where nobody looks: standard error is no terminal.
   */
  readonly progress: ((text: string) => void) | null;
  /** Whether standard output is a terminal: there, and nowhere else, text may be coloured. */
  readonly terminal?: boolean;
  /** Resolves when the reader of standard output has taken all so far: for commands that print without bounds. */
  flush(): Promise<void>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly packageRoot: string;
  now(): Date;
  /** Resolves after that time; false asks a command that goes on and on to end. */
  pause(ms: number): Promise<boolean>;
  /** Where somebody listens for signals that end the command. */
  readonly onInterrupt?: OnInterrupt;
  /** Where somebody listened for signals before the command began. */
  readonly stops?: StopRequests;
  readonly reloads?: ReloadRequests;
}

export interface CommandContext extends CommandIo {
  /** The exit status when the command does not fail; 0 unless set. */
  setStatus(status: ExitStatus): void;
  /** The configuration that `--config` or the usual places name. @throws ConfigProblem */
  loadConfig(): Config;
}

export type RegisterCommand = (program: Command, context: CommandContext) => void;
