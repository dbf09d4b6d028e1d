/**
 * Streams a file's records through parse and validate into the staging area. Bounded memory, whatever the file's size.
 * Where there is a second reader it reads what stands behind a cut, and this one stops there; but nothing depends on it:
 * what it does not bring in time is read here.
 */
import type { BatchReading, BatchRecord } from '../domain/batch-record';
import { belgianTime } from '../domain/belgian-time';
import type { MessageType } from '../domain/message-type';
import type { Staging } from '../ports/batch-store';
import type { ClaimedFile } from '../ports/spool';
import type { FileFacts } from '../stages/parse/inspect';
import { canSplit, parseFile } from '../stages/parse/parse-file';
import type { CsvRestResult } from '../stages/parse/parse-result';
import type { FileSplit } from '../stages/parse/split-file';
import type { BatchPorts } from './batch-ports';
import type { RestInHand } from './second-reader';
import { stagingRecords } from './stage-records';

export interface ReadRecordsInput {
  readonly ports: BatchPorts;
  readonly batch: BatchRecord;
  readonly file: ClaimedFile;
  readonly type: MessageType;
  readonly facts: FileFacts;
  /** Where the file may be cut in two; null where it is read from end to end. */
  readonly split: FileSplit | null;
  readonly staging: Staging;
}

export interface ReadRecordsResult {
  readonly reading: BatchReading;
  readonly records: number;
  /** A file- or header-scope error: every record read counts as rejected. */
  readonly rejected: boolean;
  /** Records could not be counted for certain (P109, P112): a declared total is not judged. */
  readonly miscounted: boolean;
  /** Column of a field in the file, first = 1; null in JSON. */
  readonly columnOf: (fieldIndex: number) => number | null;
}

export function readRecords(input: ReadRecordsInput): ReadRecordsResult {
  const { ports, batch, file, type, facts, split, staging } = input;
  const { codelists } = ports.catalogue;
  const now = belgianTime(ports.now());
  const inHand = beginRest(input, now);
  try {
    const parsed = parseFile(ports.spool.read(file), facts, type, {
      ...stagingRecords({ batch, type, codelists, now, sink: staging }),
      rest: inHand === null || split === null ? null : { split, take: () => takeRest(inHand, staging) },
    });
    const { findings, dialect, header, records, rejected, miscounted, columnOf } = parsed;
    for (const finding of findings) staging.addFinding(finding, null);
    return { reading: { dialect, header }, records, rejected, miscounted, columnOf };
  } finally {
    inHand?.end();
  }
}

function beginRest({ ports, file, facts, split, staging }: ReadRecordsInput, now: string): RestInHand | null {
  const target = staging.partTarget;
  if (ports.secondReader === null || split === null || target === null || !canSplit(facts)) return null;
  return ports.secondReader.begin({ file, facts, split, now, target });
}

function takeRest(inHand: RestInHand, staging: Staging): CsvRestResult | null {
  const rest = inHand.take();
  if (rest === null) return null;
  staging.addPart(rest.part);
  return rest.found;
}
