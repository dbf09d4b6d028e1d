/**
 * Whose turn it is to write into the store, among the threads of one process. SQLite lets one write at a time; who finds
 * it busy sleeps and looks again, after pauses of up to 100 ms. Here the next one is woken in the moment in which the
 * turn is its own. A courtesy and no more: SQLite's lock decides, and who has waited for too long, because a thread died
 * with its turn or another process writes, asks it without.
 */

/**
 * Words of the shared memory: first the turn, that is the seat that has it, from 1, or 0 for none, below a count of how
 * often it changed: who looks and then acts acts on the turn it saw, and never on a later one of the same seat. Behind
 * it one word for each seat, 1 while it waits or writes.
 */
const TURN = 0;
const NOBODY = 0;
const SEAT_BITS = 8;
const SEAT_MASK = (1 << SEAT_BITS) - 1;

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

/** The seat that has the turn, 0 for none. */
export function holderOf(turns: SharedArrayBuffer): number {
  return Atomics.load(new Int32Array(turns), TURN) & SEAT_MASK;
}

/** The turn after `turn`, as `seat` has it; the count begins anew when it is full. */
function passedTo(seat: number, turn: number): number {
  return (((turn >>> SEAT_BITS) + 1) << SEAT_BITS) | seat;
}

/** The turns of one thread. */
export class WriteTurns {
  readonly #words: Int32Array;
  readonly #seat: number;

  constructor({ turns, seat }: Seat) {
    this.#words = new Int32Array(turns);
    this.#seat = seat;
  }

  /** Waits for the turn of this seat, or until waiting is of no use. @returns whether the turn is this seat's */
  take(): boolean {
    const words = this.#words;
    const until = performance.now() + WAIT_MAX_MS;
    Atomics.store(words, this.#seat, 1);
    for (;;) {
      const turn = Atomics.load(words, TURN);
      const holder = turn & SEAT_MASK;
      if (holder === this.#seat) return true;
      if (holder === NOBODY) {
        if (this.#pass(turn, this.#seat)) return true;
        continue;
      }
      const left = until - performance.now();
      if (left <= 0) break;
      Atomics.wait(words, TURN, turn, left);
    }
    this.give();
    return false;
  }

  /** Gives the turn, if it is this seat's, to the next one that waits. */
  give(): void {
    const words = this.#words;
    Atomics.store(words, this.#seat, 0);
    const turn = Atomics.load(words, TURN);
    if ((turn & SEAT_MASK) !== this.#seat) return;
    const next = this.#nextWaiting();
    if (!this.#pass(turn, next)) return;
    // It may have given up, or ended, in the moment in which it was chosen.
    if (next !== NOBODY && Atomics.load(words, next) === 0) this.#pass(passedTo(next, turn), NOBODY);
  }

  /** Lets `seat` have the turn that was seen as `turn`. @returns false if it has changed since */
  #pass(turn: number, seat: number): boolean {
    const words = this.#words;
    if (Atomics.compareExchange(words, TURN, turn, passedTo(seat, turn)) !== turn) return false;
    Atomics.notify(words, TURN);
    return true;
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
