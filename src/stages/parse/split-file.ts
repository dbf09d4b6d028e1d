/**
 * Where a file may be cut in two, so that its second part can be read beside the first: at the first line behind the
 * middle. Line ends other than LF and CRLF make the line's number wrong; whoever reads up to the cut sees that. Keeps
 * nothing of the file, and never fails.
 */

const LF = 0x0a;

export interface FileSplit {
  /** First byte of a line: the byte before it is an LF. */
  readonly offset: number;
  /** Its number where LF ends every line, first = 1. */
  readonly line: number;
}

export interface SplitFinder {
  /** The chunk is not kept. */
  update(chunk: Uint8Array): void;
  /** Null where no line begins behind the middle. */
  finish(): FileSplit | null;
}

/** @param bytes of the whole file, in one byte an LF: UTF-16 is not cut like this */
export function createSplitFinder(bytes: number): SplitFinder {
  const middle = Math.floor(bytes / 2);
  let at = 0;
  let line = 1;
  let split: FileSplit | null = null;
  return {
    update(chunk) {
      for (let lf = chunk.indexOf(LF); lf >= 0 && split === null; lf = chunk.indexOf(LF, lf + 1)) {
        line++;
        const offset = at + lf + 1;
        if (offset > middle && offset < bytes) split = { offset, line };
      }
      at += chunk.length;
    },
    finish: () => split,
  };
}
