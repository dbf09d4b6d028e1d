/**
 * Sorts pairs of a hash and a record's number in bounded memory, however many there are: so many at a time are sorted as
 * a run and put by as pages that belong to no table; in the end the runs are merged. Two threads may put runs into one
 * file, and one of them merges them all. Throws what the file system throws.
 */
import { endianness } from 'node:os';
import type { DatabaseFile } from './database-file';

/** Pairs of a run; the number of one in its run takes 16 bits. */
const RUN_PAIRS = 65_536;
/** A pair on a page: two doubles. */
const PAIR_NUMBERS = 2;
/** Of a hash, its highest 48 bits of 53 stand before the pair's number in the run. */
const LOW_BITS = 5;

/** Where the halves of a 64-bit number stand. */
const [LOW, HIGH] = endianness() === 'LE' ? [0, 1] : [1, 0];

/** Pages with sorted pairs, in order; the last one may be filled in part. */
export interface HashRun {
  readonly pages: readonly number[];
  readonly pairs: number;
}

export class HashRuns {
  readonly #file: DatabaseFile;
  readonly #hashes = new Float64Array(RUN_PAIRS);
  readonly #records = new Float64Array(RUN_PAIRS);
  /** What is sorted, as numbers of 64 bits, and the halves of each. */
  readonly #order = new BigUint64Array(RUN_PAIRS);
  readonly #halves = new Uint32Array(this.#order.buffer);
  readonly #page: Float64Array;
  readonly #runs: HashRun[] = [];
  #pairs = 0;

  constructor(file: DatabaseFile) {
    this.#file = file;
    this.#page = new Float64Array(file.pageBytes / Float64Array.BYTES_PER_ELEMENT);
  }

  /**
   * @param hash from 0 to 2^53 - 1
   * @param record above those of all pairs before
   */
  add(hash: number, record: number): void {
    const at = this.#pairs++;
    this.#hashes[at] = hash;
    this.#records[at] = record;
    this.#halves[2 * at + LOW] = ((hash / 2 ** LOW_BITS) << 16) | at;
    this.#halves[2 * at + HIGH] = hash / 2 ** (LOW_BITS + 16);
    if (this.#pairs === RUN_PAIRS) this.#endRun();
  }

  /** Ends the last run. All of them. */
  end(): readonly HashRun[] {
    if (this.#pairs > 0) this.#endRun();
    return this.#runs;
  }

  #endRun(): void {
    const pairs = this.#pairs;
    const page = this.#page;
    const pages: number[] = [];
    let filled = 0;
    this.#order.subarray(0, pairs).sort();
    this.#sortLowBits(pairs);
    for (let i = 0; i < pairs; i++) {
      const at = this.#numberAt(i);
      page[filled++] = this.#hashes[at] ?? 0;
      page[filled++] = this.#records[at] ?? 0;
      if (filled < page.length && i < pairs - 1) continue;
      pages.push(this.#file.append(Buffer.from(page.buffer)));
      filled = 0;
    }
    this.#runs.push({ pages, pairs });
    this.#pairs = 0;
  }

  /** Puts right what differs in the bits that were left out: next to nothing, as hashes go. */
  #sortLowBits(pairs: number): void {
    const order = this.#order;
    for (let i = 1; i < pairs; i++) {
      for (let j = i; j > 0 && this.#hashAt(j - 1) > this.#hashAt(j); j--) {
        const moved = order[j] ?? 0n;
        order[j] = order[j - 1] ?? 0n;
        order[j - 1] = moved;
      }
    }
  }

  #hashAt(place: number): number {
    return this.#hashes[this.#numberAt(place)] ?? 0;
  }

  #numberAt(place: number): number {
    return (this.#halves[2 * place + LOW] ?? 0) & 0xffff;
  }
}

/** Goes through a run from its first pair to its last. */
class RunReader {
  hash = 0;
  record = 0;
  readonly #file: DatabaseFile;
  readonly #run: HashRun;
  #page: Float64Array = new Float64Array(0);
  #pages = 0;
  #pairs = 0;
  #at = 0;

  constructor(file: DatabaseFile, run: HashRun) {
    this.#file = file;
    this.#run = run;
  }

  /** False behind the last pair. */
  next(): boolean {
    if (this.#pairs === this.#run.pairs) return false;
    if (this.#at === this.#page.length) {
      const page = this.#file.page(this.#run.pages[this.#pages++] ?? 0);
      this.#page = new Float64Array(page.buffer, page.byteOffset, page.length / Float64Array.BYTES_PER_ELEMENT);
      this.#at = 0;
    }
    this.hash = this.#page[this.#at] ?? 0;
    this.record = this.#page[this.#at + 1] ?? 0;
    this.#at += PAIR_NUMBERS;
    this.#pairs++;
    return true;
  }

  isBefore(other: RunReader): boolean {
    return this.hash < other.hash || (this.hash === other.hash && this.record < other.record);
  }
}

/** Gives the pairs of all runs, by hash and then by record. */
export function mergeRuns(
  file: DatabaseFile,
  runs: readonly HashRun[],
  onPair: (hash: number, record: number) => void,
): void {
  const heap = runs.map((run) => new RunReader(file, run)).filter((reader) => reader.next());
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) sink(heap, i);
  for (let top = heap[0]; top !== undefined; top = heap[0]) {
    onPair(top.hash, top.record);
    if (!top.next()) {
      const last = heap.pop();
      if (last === undefined || last === top) continue;
      heap[0] = last;
    }
    sink(heap, 0);
  }
}

/** Lets the reader at `from` sink in the heap to where it belongs: whoever comes first is above those that come later. */
function sink(heap: RunReader[], from: number): void {
  const sinking = heap[from];
  if (sinking === undefined) return;
  let at = from;
  for (;;) {
    let child = 2 * at + 1;
    let first = heap[child];
    if (first === undefined) break;
    const second = heap[child + 1];
    if (second?.isBefore(first) === true) {
      first = second;
      child++;
    }
    if (!first.isBefore(sinking)) break;
    heap[at] = first;
    at = child;
  }
  heap[at] = sinking;
}
