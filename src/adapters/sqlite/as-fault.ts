/** Runs `action`; what SQLite throws (busy, full, I/O, corrupt) becomes a `Fault` S902, anything else S903. */
import { toFault } from '../../domain/fault';

export function asFault<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw toFault(error);
  }
}
