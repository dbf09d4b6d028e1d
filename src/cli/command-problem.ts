/** A command that cannot be done as asked: a message for the person who typed it, and the exit status. */
import { EXIT, type ExitStatus } from './exit-status';

export class CommandProblem extends Error {
  readonly status: ExitStatus;

  constructor(message: string, status: ExitStatus = EXIT.usage) {
    super(message);
    this.name = 'CommandProblem';
    this.status = status;
  }
}
