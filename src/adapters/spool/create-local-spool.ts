/**
 * Files where they lie, for the `validate` command: the data file is read in place and never moved or removed; reports
 * go into a folder of the caller's, or nowhere. Errors of the file system become faults S901.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { toFault } from '../../domain/fault';
import type { ReportContent, Spool, WrittenReport } from '../../ports/spool';
import { isUnchanged, lookAtClaimed } from './claimed-file';
import { makeDirectory } from './durable-files';
import { readByteRanges, readChunks } from './read-file';

/** @param reportsDir made when it is not there; null writes no reports */
export function createLocalSpool(dataPath: string, reportsDir: string | null): Spool {
  function writeReport(content: ReportContent): WrittenReport {
    const hash = createHash('sha256');
    let bytes = 0;
    if (reportsDir !== null) makeDirectory(reportsDir);
    const fd = reportsDir === null ? null : openSync(join(reportsDir, content.name), 'w', 0o640);
    try {
      for (const chunk of content.chunks) {
        if (fd !== null) for (let done = 0; done < chunk.length;) done += writeSync(fd, chunk, done);
        hash.update(chunk);
        bytes += chunk.length;
      }
    } finally {
      if (fd !== null) closeSync(fd);
    }
    return { name: content.name, bytes, sha256: hash.digest('hex') };
  }

  return {
    claim: () => guarded(() => lookAtClaimed(dataPath)),
    read: (file) => readChunks(file.path),
    readRanges: (file, ranges) => readByteRanges(file.path, ranges),
    isUnchanged: (file) => guarded(() => isUnchanged(file)),
    readMarker: () => new Uint8Array(),
    namesBeside: () => ({ files: [], partials: [] }),
    writeReport: (_batch, content) => guarded(() => writeReport(content)),
    publishReports: () => undefined,
    archive: () => null,
    clear: () => undefined,
    setAside: () => undefined,
    together: (action) => action(),
  };
}

function guarded<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw toFault(error);
  }
}
