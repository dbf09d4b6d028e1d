/**
 * From a claimed file to a committed verdict: name, totals, repetition, records, thresholds. What a file-scope error
 * leaves undone is not done: nothing behind it is read or stored. Ends in one commit, or throws a `Fault` and leaves
 * nothing behind.
 */
import { createHash } from 'node:crypto';
import { decideOutcome, NO_RECORDS, type BatchCounts } from '../domain/batch';
import type { BatchReading, BatchRecord } from '../domain/batch-record';
import { belgianTime } from '../domain/belgian-time';
import { createFinding } from '../domain/create-finding';
import type { Finding } from '../domain/finding';
import type { MessageType } from '../domain/message-type';
import type { Staging } from '../ports/batch-store';
import type { ClaimedFile } from '../ports/spool';
import { parseName } from '../stages/name/parse-name';
import { createInspector, type FileFacts } from '../stages/parse/inspect';
import { checkRecordTotal, checkSha256, checkSize } from '../stages/settle/check-totals';
import { createSplitFinder, type FileSplit } from '../stages/parse/split-file';
import { findMeant } from '../stages/settle/pair-files';
import { parseMarker, type ControlTotals } from '../stages/settle/parse-marker';
import { decideThreshold } from '../stages/validate/decide-threshold';
import type { BatchPorts, Submitter } from './batch-ports';
import { readRecords } from './read-records';

interface Verdict {
  readonly reading: BatchReading;
  readonly fileRejected: boolean;
  readonly counts: BatchCounts;
  readonly sha256: string | null;
}

const UNREAD: BatchReading = { dialect: null, header: null };

export function judgeBatch(
  ports: BatchPorts,
  batch: BatchRecord,
  file: ClaimedFile | null,
  submitter: Submitter,
): void {
  const type = batch.messageType === null ? null : (ports.catalogue.types.get(batch.messageType) ?? null);
  const staging = ports.store.openStaging(batch, type);
  try {
    const verdict = judge({ ports, batch, file, submitter, type, staging });
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

interface Case {
  readonly ports: BatchPorts;
  readonly batch: BatchRecord;
  readonly file: ClaimedFile | null;
  readonly submitter: Submitter;
  readonly type: MessageType | null;
  readonly staging: Staging;
}

function judge(current: Case): Verdict {
  const { ports, batch, file, submitter, type, staging } = current;
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

  const early = fileFindings(current);
  if (early !== null) {
    tell(early);
    return refused(null);
  }
  const onName = nameFindings(ports, batch, submitter);
  if (tell(onName) || file === null || type === null) return refused(null);
  if (tell(checkSize(file.bytes, ports.rules.maxFileBytes))) return refused(null);

  const { facts, split, sha256 } = inspect(current, file);
  const totals = parseMarker(ports.spool.readMarker(batch));
  if (tell(checkSha256(totals, sha256))) return refused(sha256);
  const repeated = findSameContent(ports, batch, type, sha256);
  if (repeated === null) tell(findSameName(ports, batch, sha256));
  return judgeRecords(current, { file, type, facts, split, sha256, totals, onName, repeated });
}

interface ReadableFile {
  readonly file: ClaimedFile;
  readonly type: MessageType;
  readonly facts: FileFacts;
  readonly split: FileSplit | null;
  readonly sha256: string;
  readonly totals: ControlTotals;
  readonly onName: readonly Finding[];
  /** D401, due when the file brings nothing new after all. */
  readonly repeated: Finding | null;
}

function judgeRecords({ ports, batch, staging }: Case, readable: ReadableFile): Verdict {
  const { file, type, facts, split, sha256, totals, onName, repeated } = readable;
  const result = readRecords({ ports, batch, file, type, facts, split, staging });
  const { reading } = result;
  const refuse = (): Verdict => {
    staging.rejectAll();
    return { reading, fileRejected: true, counts: staging.counts(), sha256 };
  };
  const repeat = (finding: Finding): Verdict => {
    staging.repeatAll();
    for (const each of [...onName, finding]) staging.addFinding(each, null);
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

/** What a batch without readable data is about; null for one that has data to read. */
function fileFindings({ ports, batch }: Case): readonly Finding[] | null {
  switch (batch.cause) {
    case 'upload':
    case 'replay':
      return null;
    case 'cancelled':
      return [createFinding('F015')];
    case 'orphan-marker': {
      const found = findMeant(batch.baseName, ports.spool.namesBeside(batch)) ?? '';
      const marker = batch.markerName ?? batch.fileName;
      return [createFinding('F006', { value: marker, params: { marker, found } })];
    }
    case 'unmarked':
      return [createFinding('F007', { value: batch.fileName, params: { hours: ports.rules.unmarkedReminderHours } })];
  }
}

/**
 * Findings on the name. Where the message type was given beside the name (the validate command), a name that says
 * another or none is nothing to tell.
 */
function nameFindings(ports: BatchPorts, batch: BatchRecord, submitter: Submitter): readonly Finding[] {
  const name = parseName(batch.baseName, {
    types: [...ports.catalogue.types.keys()],
    account: submitter,
    now: belgianTime(ports.now()),
    fileName: batch.fileName,
  });
  if (batch.messageType !== name.messageType) return name.findings.filter((finding) => finding.severity !== 'error');
  return name.findings;
}

/** One pass over the bytes before they are read as records: what they are, where they may be cut, and their hash. */
function inspect({ ports, staging }: Case, file: ClaimedFile): Pick<ReadableFile, 'facts' | 'split' | 'sha256'> {
  const inspector = createInspector();
  const isShared = ports.secondReader !== null && staging.partTarget !== null;
  const splitFinder = isShared ? createSplitFinder(file.bytes) : null;
  const hash = createHash('sha256');
  for (const chunk of ports.spool.read(file)) {
    inspector.update(chunk);
    splitFinder?.update(chunk);
    hash.update(chunk);
  }
  return { facts: inspector.finish(), split: splitFinder?.finish() ?? null, sha256: hash.digest('hex') };
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
