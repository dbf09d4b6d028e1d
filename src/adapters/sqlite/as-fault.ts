/**
 * Runs `action`; what SQLite throws becomes a `Fault` S902, anything else what `toFault` makes of it. SQLite's errors are
 * told by their code alone, because better-sqlite3's are no native errors. Retryable are those that another process, or
 * free space, may end: not a damaged file, nor a statement that can never succeed.
 */
import { Fault, toFault } from '../../domain/fault';

const PASSING = ['BUSY', 'LOCKED', 'FULL', 'IOERR', 'CANTOPEN', 'READONLY', 'NOMEM', 'PROTOCOL', 'INTERRUPT', 'PERM'];

export function asFault<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw storeFault(error);
  }
}

export function storeFault(error: unknown): Fault {
  const code = sqliteCode(error);
  if (code === null) return toFault(error);
  const message = `${(error as Error).message} (${code})`;
  const retryable = PASSING.some((name) => code === `SQLITE_${name}` || code.startsWith(`SQLITE_${name}_`));
  return new Fault('S902', message, { retryable, cause: error });
}

/** Another connection holds the lock that was asked for. */
export function isBusy(error: unknown): boolean {
  return sqliteCode(error)?.startsWith('SQLITE_BUSY') === true;
}

function sqliteCode(error: unknown): string | null {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : null;
}
