/**
 * A window on the bytes of a file behind its byte order mark, refilled from its chunks. It holds no more than what its
 * reader has not given up yet and one more stretch of at least that length, so that reading again from a kept place
 * stays linear. The memory is used again: what a reader keeps it copies. It never fails.
 */
import { isAscii } from 'node:buffer';
import { bomLength, type FileFacts } from './inspect';

export class ByteWindow {
  /** What is in the window, until it is refilled. */
  bytes: Buffer = Buffer.alloc(0);
  /** The same as text of one character a byte, each of the byte's value: index for index. */
  raw = '';
  /** Every byte is ASCII. */
  ascii = true;
  /** No more bytes will come. */
  ended = false;
  private memory = Buffer.alloc(0);
  private skip: number;
  private readonly chunks: Iterator<Uint8Array>;

  constructor(
    chunks: Iterable<Uint8Array>,
    readonly facts: Pick<FileFacts, 'bom' | 'encoding'>,
  ) {
    this.chunks = chunks[Symbol.iterator]();
    this.skip = bomLength(facts);
  }

  /**
   * Gives up all before `from` and appends more bytes. The reader moves its own positions back by `from`.
   * @returns false when there were no more
   */
  refill(from: number): boolean {
    const kept = this.bytes.length - from;
    this.bytes.copy(this.memory, 0, from);
    let length = kept;
    while (!this.ended && (length === kept || length < 2 * kept)) {
      const next = this.chunks.next();
      if (next.done === true) this.ended = true;
      else length = this.append(next.value, length);
    }
    this.bytes = this.memory.subarray(0, length);
    this.raw = this.bytes.toString('latin1');
    this.ascii = isAscii(this.bytes);
    return length > kept;
  }

  /** Lets go of the chunks, when not all of them were asked for. */
  close(): void {
    this.ended = true;
    this.chunks.return?.();
  }

  private append(chunk: Uint8Array, length: number): number {
    const from = Math.min(this.skip, chunk.length);
    this.skip -= from;
    const end = length + chunk.length - from;
    if (end > this.memory.length) {
      const larger = Buffer.allocUnsafe(Math.max(end, 2 * this.memory.length));
      this.memory.copy(larger, 0, 0, length);
      this.memory = larger;
    }
    this.memory.set(from === 0 ? chunk : chunk.subarray(from), length);
    return end;
  }
}
