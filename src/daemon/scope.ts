/**
 * Undo steps of what was started, run last in, first out. A step that fails does not keep the others from running.
 */
import { Fault, type FaultCode, toFault } from '../domain/fault';

export interface Scope {
  defer(undo: () => Promise<void> | void): void;
  /** Runs every step once. @throws Fault that names all that failed */
  close(): Promise<void>;
}

export function createScope(): Scope {
  const steps: (() => Promise<void> | void)[] = [];

  async function close(): Promise<void> {
    const failures: unknown[] = [];
    for (let undo = steps.pop(); undo !== undefined; undo = steps.pop()) {
      try {
        await undo();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw faultOf(failures);
  }

  return { defer: (undo) => steps.push(undo), close };
}

/** A fault of our own stands before those of the machine. */
function faultOf(failures: readonly unknown[]): Fault {
  const faults = failures.map(toFault);
  const codes = new Set<FaultCode>(faults.map(({ code }) => code));
  const code = (['S903', 'S902'] as const).find((each) => codes.has(each)) ?? 'S901';
  const messages = [...new Set(faults.map(({ message }) => message))];
  const cause: unknown = failures.length === 1 ? failures[0] : new AggregateError(failures);
  return new Fault(code, `some parts did not stop cleanly: ${messages.join('; ')}`, { retryable: false, cause });
}
