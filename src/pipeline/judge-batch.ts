/**
 * From a claimed file to a committed verdict: name, totals, repetition, records, thresholds. What a file-scope error
 * leaves undone is not done: nothing behind it is read or stored. Ends in one commit, or throws a `Fault` and leaves
 * nothing behind.
 */
import { decideOutcome, NO_RECORDS, type BatchCounts } from '../domain/batch';
import type { BatchReading, BatchRecord } from '../domain/batch-record';
import { createFinding } from '../domain/create-finding';
import { Fault } from '../domain/fault';
import type { Finding } from '../domain/finding';
import type { MessageType } from '../domain/message-type';
import type { Staging } from '../ports/batch-store';
import type { ClaimedFile } from '../ports/spool';
import { checkRecordTotal, checkSha256 } from '../stages/settle/check-totals';
import { parseMarker, type ControlTotals } from '../stages/settle/parse-marker';
import { decideThreshold } from '../stages/validate/decide-threshold';
import type { BatchPorts, Submitter } from './batch-ports';
import { type Inspection, inspectFile } from './inspect-file';
import { lookAtFile, messageTypeOf } from './look-at-file';
import type { ReadAhead } from './read-ahead';
import { readRecords, type ReadRecordsResult } from './read-records';

interface Verdict {
  readonly reading: BatchReading;
  readonly fileRejected: boolean;
  readonly counts: BatchCounts;
  readonly sha256: string | null;
}

const UNREAD: BatchReading = { dialect: null, header: null };

/** @param ahead what was read of the file already */
export function judgeBatch(
  ports: BatchPorts,
  batch: BatchRecord,
  file: ClaimedFile | null,
  submitter: Submitter,
  ahead: ReadAhead | null = null,
): void {
  const type = messageTypeOf(ports, batch);
  const staging = ports.store.openStaging(batch, type);
  try {
    const verdict = judge({ ports, batch, file, submitter, staging, ahead });
    if (file !== null && !ports.spool.isUnchanged(file, ports.now())) throw stillWritten(batch);
    staging.commit({
      ...verdict.reading,
      outcome: decideOutcome(verdict.counts, verdict.fileRejected),
      counts: verdict.counts,
      sha256: verdict.sha256,
      schemaVersion: type?.version ?? null,
      committedAt: ports.now().toISOString(),
    });
  } catch (error) {
    staging.discard();
    throw error;
  }
}

/** Its next try reads it from the beginning. */
function stillWritten({ fileName }: BatchRecord): Fault {
  return new Fault('S901', `${fileName} was changed while it was read: another program still writes it`, {
    retryable: true,
  });
}

interface Case {
  readonly ports: BatchPorts;
  readonly batch: BatchRecord;
  readonly file: ClaimedFile | null;
  readonly submitter: Submitter;
  readonly staging: Staging;
  readonly ahead: ReadAhead | null;
}

function judge(current: Case): Verdict {
  const { ports, batch, file: claimed, submitter, staging, ahead } = current;
  const tell = (findings: readonly Finding[]): boolean => {
    findings.forEach((finding) => staging.addFinding(finding, null));
    return findings.some((finding) => finding.severity === 'error');
  };
  const refused = (sha256: string | null): Verdict => ({
    reading: UNREAD,
    fileRejected: true,
    counts: NO_RECORDS,
    sha256,
  });

  const { findings: atFirst, readable } = lookAtFile(ports, batch, claimed, submitter);
  tell(atFirst);
  if (readable === null) return refused(null);
  const { file, type } = readable;

  const isShared = ports.secondReader !== null && staging.partTarget !== null;
  const inspection = ahead?.inspection ?? inspectFile(ports.spool.read(file), isShared ? file.bytes : null);
  const { sha256 } = inspection;
  const totals = parseMarker(ports.spool.readMarker(batch));
  if (tell(checkSha256(totals, sha256))) return refused(sha256);
  const repeated = findSameContent(ports, batch, type, sha256);
  if (repeated === null) tell(findSameName(ports, batch, sha256));
  return judgeRecords(current, { file, type, inspection, totals, atFirst, repeated });
}

interface ReadableFile {
  readonly file: ClaimedFile;
  readonly type: MessageType;
  readonly inspection: Inspection;
  readonly totals: ControlTotals;
  /** What was told before it was read. */
  readonly atFirst: readonly Finding[];
  /** D401, due when the file brings nothing new after all. */
  readonly repeated: Finding | null;
}

function judgeRecords(current: Case, readable: ReadableFile): Verdict {
  const { ports, staging } = current;
  const { inspection, totals, atFirst, repeated } = readable;
  const { sha256 } = inspection;
  const result = stageRecords(current, readable);
  const { reading } = result;
  const refuse = (): Verdict => {
    staging.rejectAll();
    return { reading, fileRejected: true, counts: staging.counts(), sha256 };
  };
  const repeat = (finding: Finding): Verdict => {
    staging.repeatAll();
    for (const each of [...atFirst, finding]) staging.addFinding(each, null);
    return { reading, fileRejected: false, counts: staging.counts(), sha256 };
  };
  const wrongTotal = result.rejected || result.miscounted ? [] : checkRecordTotal(totals, result.records);
  if (result.rejected || wrongTotal.length > 0) {
    if (repeated !== null) return repeat(repeated);
    wrongTotal.forEach((finding) => staging.addFinding(finding, null));
    return refuse();
  }
  do {
    staging.settle(result.columnOf);
    if (repeated !== null && staging.counts().accepted === 0) continue;
    const tripped = decideThreshold(staging.counts(), ports.rules);
    if (tripped !== null) {
      staging.addFinding(tripped, null);
      return refuse();
    }
  } while (!staging.hold());
  if (repeated !== null && staging.counts().accepted === 0) return repeat(repeated);
  return { reading, fileRejected: false, counts: staging.counts(), sha256 };
}

function stageRecords({ ports, batch, staging, ahead }: Case, readable: ReadableFile): ReadRecordsResult {
  const { file, type, inspection } = readable;
  if (ahead === null) return readRecords({ ports, batch, file, type, staging, ...inspection });
  staging.addPart(ahead.part);
  return ahead.result;
}

/**
 * D401 when this very content was stored before. It is read all the same: a correction may have come in between, and
 * then the later file says what holds; and one that says it again keeps earlier files from replacing it.
 */
function findSameContent(ports: BatchPorts, batch: BatchRecord, type: MessageType, sha256: string): Finding | null {
  const same = batch.cause === 'replay' ? null : ports.store.sameContent(batch.account, type.name, sha256, batch.id);
  if (same === null) return null;
  const params = { earlierFile: same.fileName, earlierBatch: same.id, earlierTime: same.receivedAt };
  return createFinding('D401', { params });
}

/** F014 when a file of this name came before with other content. */
function findSameName(ports: BatchPorts, batch: BatchRecord, sha256: string): readonly Finding[] {
  const named = ports.store.sameName(batch.account, batch.folder, batch.fileName, batch.id);
  if (batch.cause === 'replay' || named === null || named.sha256 === sha256) return [];
  return [createFinding('F014', { params: { earlierBatch: named.id, earlierTime: named.receivedAt } })];
}
