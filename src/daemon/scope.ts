/**
 * Undo steps of what was started, run last in, first out. A step that fails does not keep the others from running.
 */
export interface Scope {
  defer(undo: () => Promise<void> | void): void;
  /** Runs every step once. @throws AggregateError of what failed */
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
    if (failures.length > 0) throw new AggregateError(failures, 'some parts did not stop cleanly');
  }

  return { defer: (undo) => steps.push(undo), close };
}
