/**
 * Our own failure, or the world's: disk, store, peer. A fault is for the operator only and never becomes a rejection.
 */
import { types } from 'node:util';

export const FAULT_CODES = ['S901', 'S902', 'S903'] as const;

/** S901 disk, file system or permission; S902 the store; S903 internal. */
export type FaultCode = (typeof FAULT_CODES)[number];

export class Fault extends Error {
  readonly code: FaultCode;
  /** Whether the same step may succeed later without anybody's doing. */
  readonly retryable: boolean;

  constructor(code: FaultCode, message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'Fault';
    this.code = code;
    this.retryable = options.retryable;
  }
}

/** The fault that stands for any thrown value; a fault is returned as it is. */
export function toFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  if (!(thrown instanceof Error) && !types.isNativeError(thrown))
    return new Fault('S903', String(thrown), { retryable: false });
  const { code } = thrown as NodeJS.ErrnoException;
  if (typeof code === 'string' && code.startsWith('SQLITE_')) {
    return new Fault('S902', thrown.message, { retryable: true, cause: thrown });
  }
  if ((thrown as NodeJS.ErrnoException).syscall !== undefined) {
    return new Fault('S901', thrown.message, { retryable: true, cause: thrown });
  }
  return new Fault('S903', thrown.message, { retryable: false, cause: thrown });
}
