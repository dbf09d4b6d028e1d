/**
 * Streams a file's records through parse and validate into the staging area. Bounded memory, whatever the file's size.
 * Where there is a second reader it reads what stands behind a cut, and this one stops there; but nothing depends on it:
 * what it does not bring in time is read here.
 */
import type { BatchReading, BatchRecord } from '../domain/batch-record';
import { belgianTime } from '../domain/belgian-time';
import type { MessageType } from '../domain/message-type';
import type { RecordSink, Staging } from '../ports/batch-store';
import type { ClaimedFile } from '../ports/spool';
import type { FileFacts } from '../stages/parse/inspect';
import { canSplit, parseFile } from '../stages/parse/parse-file';
import type { CsvRest, CsvRestResult } from '../stages/parse/parse-result';
import type { FileSplit } from '../stages/parse/split-file';
import type { BatchPorts } from './batch-ports';
import type { RestInHand } from './second-reader';
import { stagingRecords } from './stage-records';

export interface FileToRead {
  readonly ports: BatchPorts;
  readonly batch: BatchRecord;
  readonly type: MessageType;
  readonly facts: FileFacts;
}

export interface ReadRecordsInput extends FileToRead {
  readonly file: ClaimedFile;
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
  const { split, staging } = input;
  const now = belgianTime(input.ports.now());
  const inHand = beginRest(input, now);
  try {
    const rest = inHand === null || split === null ? null : { split, take: () => takeRest(inHand, staging) };
    return readInto(staging, input, { now, rest, chunks: input.ports.spool.read(input.file) });
  } finally {
    inHand?.end();
  }
}

/** The whole file, whose bytes are there. */
export function readHeld(sink: RecordSink, input: FileToRead, bytes: Uint8Array): ReadRecordsResult {
  return readInto(sink, input, { now: belgianTime(input.ports.now()), rest: null, chunks: [bytes] });
}

interface Source {
  readonly chunks: Iterable<Uint8Array>;
  /** Belgian local, `YYYY-MM-DD hh:mm:ss`. */
  readonly now: string;
  readonly rest: CsvRest | null;
}

function readInto(
  sink: RecordSink,
  { ports, batch, type, facts }: FileToRead,
  { chunks, now, rest }: Source,
): ReadRecordsResult {
  const { codelists } = ports.catalogue;
  const options = { ...stagingRecords({ batch, type, codelists, now, sink }), rest };
  const parsed = parseFile(chunks, facts, type, options);
  const { findings, dialect, header, records, rejected, miscounted, columnOf } = parsed;
  for (const finding of findings) sink.addFinding(finding, null);
  return { reading: { dialect, header }, records, rejected, miscounted, columnOf };
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
