/**
 * A small file is read before its batch is judged: reading needs nothing of the store, and what is held meanwhile is
 * little. While one thread reads, another writes.
 */
import type { BatchRecord } from '../domain/batch-record';
import type { StagedPart } from '../ports/batch-store';
import type { ClaimedFile } from '../ports/spool';
import type { BatchPorts, Submitter } from './batch-ports';
import { type Inspection, inspectFile } from './inspect-file';
import { lookAtFile } from './look-at-file';
import { readHeld, type ReadRecordsResult } from './read-records';

/** Of the records of larger files too much would be held. */
const AHEAD_MAX_BYTES = 256 * 1024;

export interface ReadAhead {
  readonly inspection: Inspection;
  readonly result: ReadRecordsResult;
  /** Its records. */
  readonly part: StagedPart;
}

/** Null for what is not read, or not ahead. */
export function readAhead(
  ports: BatchPorts,
  batch: BatchRecord,
  claimed: ClaimedFile,
  submitter: Submitter,
): ReadAhead | null {
  if (claimed.bytes > AHEAD_MAX_BYTES || !ports.store.stagesInMemory(batch.bytes)) return null;
  const { readable } = lookAtFile(ports, batch, claimed, submitter);
  if (readable === null) return null;
  const { file, type } = readable;
  const bytes = Buffer.concat(Array.from(ports.spool.read(file), (chunk) => Buffer.from(chunk)));
  const inspection = inspectFile([bytes], null);
  const input = { ports, batch, type, facts: inspection.facts };
  return { inspection, ...ports.store.receive(batch, type, (sink) => readHeld(sink, input, bytes)) };
}
