/**
 * How many records of a batch came to what end: as they were read, when they are settled, or when the file is judged whole.
 * Pure.
 */
import { NO_RECORDS, type BatchCounts } from '../../domain/batch';
import type { ReadCounts } from './count-settled';

export class StagingTally {
  #staged = 0;
  #warned = 0;
  #rejected = 0;
  #settled: BatchCounts | null = null;
  /** All records are rejected, whatever was found about each. */
  allRejected = false;
  /** All records are told before, whatever was found about each. */
  allRepeated = false;

  get hasStaged(): boolean {
    return this.#staged > 0;
  }

  addStaged(warned: boolean): void {
    this.#staged++;
    if (warned) this.#warned++;
  }

  addRejected(): void {
    this.#rejected++;
  }

  addPart({ staged, warned, rejected }: ReadCounts): void {
    this.#staged += staged;
    this.#warned += warned;
    this.#rejected += rejected;
  }

  read(): ReadCounts {
    return { staged: this.#staged, warned: this.#warned, rejected: this.#rejected };
  }

  /** @param counts null: they are as they were read again */
  settle(counts: BatchCounts | null): void {
    this.#settled = counts;
  }

  counts(): BatchCounts {
    const { staged, warned, rejected } = this.read();
    const records = staged + rejected;
    if (this.allRepeated) return { ...NO_RECORDS, records, duplicate: records };
    if (this.allRejected) return { ...NO_RECORDS, records, rejected: records };
    return this.#settled ?? { ...NO_RECORDS, records, accepted: staged, acceptedWithWarning: warned, rejected };
  }
}
