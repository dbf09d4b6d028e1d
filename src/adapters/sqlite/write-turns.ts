/**
 * Whose turn it is to write into the store, among the threads of one process. SQLite lets one write at a time; who finds
 * it busy sleeps and looks again, after pauses of up to 100 ms. Here the next one is woken in the moment in which the
 * turn is its own. A courtesy and no more: SQLite's lock decides, and who has waited for too long, because a thread died
 * with its turn or another process writes, asks it without.
 */

/** Words of the shared memory: the seat that has the turn, first = 1, 0 for none; behind it one for each seat that waits. */
const HOLDER = 0;
const NOBODY = 0;

/** Longer than any but the largest commits take. */
const WAIT_MAX_MS = 2_000;

export interface Seat {
  readonly turns: SharedArrayBuffer;
  /** From 1 to the number of seats. */
  readonly seat: number;
}

export function makeTurns(seats: number): SharedArrayBuffer {
  return new SharedArrayBuffer((1 + seats) * Int32Array.BYTES_PER_ELEMENT);
}

/** The turns of one thread. */
export class WriteTurns {
  readonly #words: Int32Array;
  readonly #seat: number;

  constructor({ turns, seat }: Seat) {
    this.#words = new Int32Array(turns);
    this.#seat = seat;
  }

  /** Waits for the turn of this seat, or until waiting is of no use. */
  take(): void {
    const words = this.#words;
    const until = performance.now() + WAIT_MAX_MS;
    Atomics.store(words, this.#seat, 1);
    for (;;) {
      const holder = Atomics.compareExchange(words, HOLDER, NOBODY, this.#seat);
      if (holder === NOBODY || holder === this.#seat) return;
      const left = until - performance.now();
      if (left <= 0) break;
      Atomics.wait(words, HOLDER, holder, left);
    }
    this.give();
  }

  /** Gives the turn, if it is this seat's, to the next one that waits. */
  give(): void {
    const words = this.#words;
    Atomics.store(words, this.#seat, 0);
    if (Atomics.load(words, HOLDER) !== this.#seat) return;
    const next = this.#nextWaiting();
    Atomics.store(words, HOLDER, next);
    Atomics.notify(words, HOLDER);
    // It may have given up, or ended, in the moment in which it was chosen.
    if (next !== NOBODY && Atomics.load(words, next) === 0) {
      Atomics.compareExchange(words, HOLDER, next, NOBODY);
      Atomics.notify(words, HOLDER);
    }
  }

  #nextWaiting(): number {
    const seats = this.#words.length - 1;
    for (let step = 1; step < seats; step++) {
      const seat = ((this.#seat - 1 + step) % seats) + 1;
      if (Atomics.load(this.#words, seat) === 1) return seat;
    }
    return NOBODY;
  }
}
