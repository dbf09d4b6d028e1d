/**
 * Keeps a file of a drop folder from being removed in the moment in which the next one takes its name: who removes looks
 * first whose it is, and what is there may be another one when it is removed. Newcomers come in the main thread and
 * wait for a rename meanwhile; a thread that removes waits for them, and they for it. Where another program puts its
 * files nobody waits for anybody.
 */
import { Fault } from '../../domain/fault';

/** One word of shared memory for many names: over 0 so many newcomers, below 0 the seat that removes, 0 nobody. */
const WORDS = 1_024;
const NOBODY = 0;

/** Longer than a rename takes on any disk that works. */
const WAIT_MAX_MS = 10_000;

export interface DropName {
  readonly account: string;
  readonly folder: 'root' | 'test';
  readonly name: string;
}

export class NameLocks {
  readonly #words: Int32Array;
  readonly #waitMaxMs: number;

  constructor(memory: SharedArrayBuffer, waitMaxMs = WAIT_MAX_MS) {
    this.#words = new Int32Array(memory);
    this.#waitMaxMs = waitMaxMs;
  }

  static make(): SharedArrayBuffer {
    return new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT);
  }

  /** For the main thread, which must not wait: lets nobody remove until what it returns is called; null while somebody does. */
  hold(name: DropName): (() => void) | null {
    const words = this.#words;
    const at = wordOf(name);
    for (let held = Atomics.load(words, at); held >= NOBODY; held = Atomics.load(words, at)) {
      if (Atomics.compareExchange(words, at, held, held + 1) !== held) continue;
      return () => {
        Atomics.sub(words, at, 1);
        Atomics.notify(words, at);
      };
    }
    return null;
  }

  /**
   * For a thread that removes.
   * @param seat its own, over 0
   * @throws Fault S901 when newcomers do not come to an end
   */
  alone<T>(name: DropName, seat: number, remove: () => T): T {
    const words = this.#words;
    const at = wordOf(name);
    const until = performance.now() + this.#waitMaxMs;
    for (;;) {
      const held = Atomics.compareExchange(words, at, NOBODY, -seat);
      if (held === NOBODY) break;
      const left = until - performance.now();
      if (left <= 0) throw new Fault('S901', `${name.name} is being replaced for too long`, { retryable: true });
      Atomics.wait(words, at, held, left);
    }
    try {
      return remove();
    } finally {
      Atomics.store(words, at, NOBODY);
      Atomics.notify(words, at);
    }
  }

  /** The thread of this seat has ended, however it did: it removes nothing more. */
  free(seat: number): void {
    for (let at = 0; at < WORDS; at++) {
      if (Atomics.compareExchange(this.#words, at, -seat, NOBODY) === -seat) Atomics.notify(this.#words, at);
    }
  }
}

function wordOf({ account, folder, name }: DropName): number {
  let hash = 0;
  for (const character of `${account}/${folder}/${name}`) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) | 0;
  return (hash >>> 0) % WORDS;
}
