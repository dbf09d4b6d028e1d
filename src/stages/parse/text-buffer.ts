/**
 * A window on the text of a file, refilled from its chunks. It holds no more than what its reader has not given up yet
 * and one more stretch of at least that length, so that reading again from a kept place stays linear. It never fails.
 */
import { bomLength, type FileFacts } from './inspect';
import { createTextDecoding, encodedLength } from './decode-text';

export class TextBuffer {
  /** What is in the window. */
  text = '';
  /** No more text will come. */
  ended = false;
  private ascii = true;
  private readonly pieces: Iterator<string>;

  constructor(
    chunks: Iterable<Uint8Array>,
    private readonly facts: FileFacts,
  ) {
    this.pieces = readText(chunks, facts);
  }

  /** First byte of the text in the file. */
  get startOffset(): number {
    return bomLength(this.facts);
  }

  /**
   * Gives up all before `from` and appends more text. The reader moves its own positions back by `from`.
   * @returns false when there was no more text
   */
  refill(from: number): boolean {
    const kept = this.text.slice(from);
    const pieces = kept === '' ? [] : [kept];
    if (kept === '') this.ascii = true;
    let length = 0;
    while (!this.ended && (length === 0 || length < kept.length)) {
      const next = this.pieces.next();
      if (next.done === true) {
        this.ended = true;
      } else {
        if (this.ascii) this.ascii = encodedLength(next.value, this.facts.encoding) === next.value.length;
        pieces.push(next.value);
        length += next.value.length;
      }
    }
    this.text = pieces.join('');
    return length > 0;
  }

  /** Lets go of the chunks, when not all of them were asked for. */
  close(): void {
    this.ended = true;
    this.pieces.return?.();
  }

  /** Bytes that a stretch of the window takes in the file. */
  bytesOf(from: number, to: number): number {
    return this.ascii ? to - from : encodedLength(this.text.slice(from, to), this.facts.encoding);
  }
}

function* readText(chunks: Iterable<Uint8Array>, facts: FileFacts): Generator<string, undefined> {
  const decoding = createTextDecoding(facts.encoding);
  let skip: number = bomLength(facts);
  for (const chunk of chunks) {
    const from = Math.min(skip, chunk.length);
    skip -= from;
    const text = decoding.decode(from === 0 ? chunk : chunk.subarray(from));
    if (text !== '') yield text;
  }
}
