/**
 * What reads the second part of a large file while the worker reads the first: the question, the answer, and how the
 * part is read. It may fail, or be too slow, at any time: then the worker reads on by itself.
 */
import type { Catalogue } from '../domain/message-type';
import type { PartTarget, RecordSink, StagedPart } from '../ports/batch-store';
import type { ClaimedFile } from '../ports/spool';
import type { FileFacts } from '../stages/parse/inspect';
import { parseRest } from '../stages/parse/parse-file';
import type { CsvRestResult } from '../stages/parse/parse-result';
import type { FileSplit } from '../stages/parse/split-file';
import { stagingRecords } from './stage-records';

/** Plain values and shared memory: it goes from thread to thread. */
export interface RestTask {
  readonly file: ClaimedFile;
  readonly facts: FileFacts;
  readonly split: FileSplit;
  /** Belgian local, `YYYY-MM-DD hh:mm:ss`: the same for both readers. */
  readonly now: string;
  readonly target: PartTarget;
}

/** Everything behind the cut. */
export interface RestRead {
  readonly found: CsvRestResult;
  readonly part: StagedPart;
}

/** It must be ended before what `target` stands for is. */
export interface RestInHand {
  /** Waits until the part is read; null when it cannot be had. */
  take(): RestRead | null;
  /** Gives up what was not taken. */
  end(): void;
}

export interface SecondReader {
  /** One at a time: the one before must have ended. */
  begin(task: RestTask): RestInHand;
}

export interface ReadRestInput {
  readonly task: RestTask;
  readonly catalogue: Catalogue;
  /** The file's bytes from an offset on; each chunk is valid until the next one is asked for. */
  readonly chunksFrom: (offset: number) => Iterable<Uint8Array>;
  readonly sink: RecordSink;
}

/** Null where nothing stands there that could be read alone. */
export function readRest({ task, catalogue, chunksFrom, sink }: ReadRestInput): CsvRestResult | null {
  const { facts, split, now, target } = task;
  const type = catalogue.types.get(target.type);
  if (type === undefined) return null;
  const staging = stagingRecords({ batch: target.batch, type, codelists: catalogue.codelists, now, sink });
  return parseRest(chunksFrom, facts, type, { ...staging, split });
}
