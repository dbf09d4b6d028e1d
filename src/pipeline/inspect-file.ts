/** One pass over the bytes before they are read as records: what they are, where they may be cut, and their hash. */
import { createHash } from 'node:crypto';
import { createInspector, type FileFacts } from '../stages/parse/inspect';
import { createSplitFinder, type FileSplit } from '../stages/parse/split-file';

export interface Inspection {
  readonly facts: FileFacts;
  /** Where another may read on; null where it is not looked for, or nowhere. */
  readonly split: FileSplit | null;
  readonly sha256: string;
}

/** @param sharedBytes size of a file that two will read; null for one alone */
export function inspectFile(chunks: Iterable<Uint8Array>, sharedBytes: number | null): Inspection {
  const inspector = createInspector();
  const splitFinder = sharedBytes === null ? null : createSplitFinder(sharedBytes);
  const hash = createHash('sha256');
  for (const chunk of chunks) {
    inspector.update(chunk);
    splitFinder?.update(chunk);
    hash.update(chunk);
  }
  return { facts: inspector.finish(), split: splitFinder?.finish() ?? null, sha256: hash.digest('hex') };
}
