/**
 * Signals that end a command while it has unfinished work: the work is taken away, then the signal ends the process as it
 * would have. With no such work nobody listens, and signals do what they always do. A stretch of work without a pause is
 * finished before the signal is heard.
 */
import type { OnInterrupt } from '../ports/on-interrupt';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function hearInterrupts(): OnInterrupt {
  const unfinished = new Set<() => void>();

  function onSignal(signal: NodeJS.Signals): void {
    for (const takeAway of [...unfinished].reverse()) {
      try {
        takeAway();
      } catch (error) {
        process.stderr.write(`S901: ${(error as Error).message}\n`);
      }
    }
    stopListening();
    process.kill(process.pid, signal);
  }

  function stopListening(): void {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }

  return (takeAway) => {
    if (unfinished.size === 0) for (const signal of SIGNALS) process.on(signal, onSignal);
    unfinished.add(takeAway);
    return () => {
      if (unfinished.delete(takeAway) && unfinished.size === 0) stopListening();
    };
  };
}
