/** Reads a file in order, in bounded memory: whole, or only given ranges of it. Fails as Node's fs does. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 256 * 1024;

/** Ranges may lie far apart, and what is read between them is read for nothing. */
const WINDOW_BYTES = 64 * 1024;

/** The file's bytes from an offset on; each chunk is valid until the next one is asked for. */
export function* readChunks(path: string, offset = 0): Generator<Uint8Array, void, undefined> {
  const fd = openSync(path, 'r');
  try {
    // Room for all of a small file; what has no size may be of any.
    const { size } = fstatSync(fd);
    const buffer = Buffer.allocUnsafe(size === 0 ? CHUNK_BYTES : Math.min(CHUNK_BYTES, size));
    for (let at = offset; ;) {
      // Without a position, what cannot be read from one is read all the same: a pipe, say.
      const length = readSync(fd, buffer, 0, buffer.length, offset === 0 ? null : at);
      if (length === 0) return;
      at += length;
      yield buffer.subarray(0, length);
    }
  } finally {
    closeSync(fd);
  }
}

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** The bytes of ascending ranges, one result per range; each is valid until the next one is asked for. */
export function* readByteRanges(path: string, ranges: Iterable<ByteRange>): Generator<Uint8Array, void, undefined> {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    let buffer = Buffer.allocUnsafe(Math.min(WINDOW_BYTES, size));
    let window = buffer.subarray(0, 0);
    let start = 0;
    for (const { offset, length } of ranges) {
      if (offset < start || offset + length > start + window.length) {
        if (length > buffer.length) buffer = Buffer.allocUnsafe(length);
        start = offset;
        window = buffer.subarray(0, readFully(fd, buffer, offset));
      }
      yield window.subarray(offset - start, offset - start + length);
    }
  } finally {
    closeSync(fd);
  }
}

function readFully(fd: number, target: Buffer, position: number): number {
  let filled = 0;
  while (filled < target.length) {
    const length = readSync(fd, target, filled, target.length - filled, position + filled);
    if (length === 0) break;
    filled += length;
  }
  return filled;
}
