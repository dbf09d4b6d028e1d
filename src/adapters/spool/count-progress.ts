/**
 * A spool that says with each chunk and each step that something goes on: reading, writing and every step of a batch
 * passes here, so that a worker that says nothing for long is stuck.
 */
import type { Spool } from '../../ports/spool';

export function countProgress(spool: Spool, step: () => void): Spool {
  function* counted<T>(items: Iterable<T>): Generator<T, void, undefined> {
    for (const item of items) {
      step();
      yield item;
    }
  }
  function stepped<R>(action: () => R): R {
    step();
    return action();
  }

  return {
    claim: (batch) => stepped(() => spool.claim(batch)),
    read: (file) => counted(spool.read(file)),
    readRanges: (file, ranges) => counted(spool.readRanges(file, ranges)),
    isUnchanged: (file, now) => stepped(() => spool.isUnchanged(file, now)),
    readMarker: (batch) => stepped(() => spool.readMarker(batch)),
    namesBeside: (batch) => stepped(() => spool.namesBeside(batch)),
    writeReport: (batch, { name, chunks }) => spool.writeReport(batch, { name, chunks: counted(chunks) }),
    publishReports: (batch, names) => stepped(() => spool.publishReports(batch, names)),
    archive: (batch) => stepped(() => spool.archive(batch)),
    clear: (batch) => stepped(() => spool.clear(batch)),
    setAside: (batch) => stepped(() => spool.setAside(batch)),
    together: (action) => spool.together(action),
  };
}
