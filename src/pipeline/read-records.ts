/** Streams a file's records through parse and validate into the staging area. Bounded memory, whatever the file's size. */
import type { BatchReading, BatchRecord } from '../domain/batch-record';
import { belgianTime } from '../domain/belgian-time';
import type { MessageType } from '../domain/message-type';
import type { ParsedRecord } from '../domain/parsed-record';
import type { Staging } from '../ports/batch-store';
import type { ClaimedFile } from '../ports/spool';
import { splitFileName } from '../stages/name/split-file-name';
import type { FileFacts } from '../stages/parse/inspect';
import { parseFile } from '../stages/parse/parse-file';
import { createValidator, type Judgement } from '../stages/validate/create-validator';
import type { BatchPorts } from './batch-ports';

export interface ReadRecordsInput {
  readonly ports: BatchPorts;
  readonly batch: BatchRecord;
  readonly file: ClaimedFile;
  readonly type: MessageType;
  readonly facts: FileFacts;
  readonly staging: Staging;
}

export interface ReadRecordsResult {
  readonly reading: BatchReading;
  readonly records: number;
  /** A file- or header-scope error: every record read counts as rejected. */
  readonly rejected: boolean;
  /** Records could not be counted for certain (P109, P112): a declared total is not judged. */
  readonly miscounted: boolean;
}

export function readRecords({ ports, batch, file, type, facts, staging }: ReadRecordsInput): ReadRecordsResult {
  let columnOf: (fieldIndex: number) => number | null = () => null;
  const validate = createValidator(type, ports.catalogue.codelists, {
    now: belgianTime(ports.now()),
    sender: batch.sender,
    fileTime: batch.fileTime,
    columnOf: (fieldIndex) => columnOf(fieldIndex),
  });
  const onRecord = (record: ParsedRecord): void => {
    stageRecord(staging, record, validate(record));
  };
  const parsed = parseFile(ports.spool.read(file), facts, type, {
    extension: dataExtension(batch.fileName),
    onHeader: (known) => {
      columnOf = known.columnOf;
    },
    onRecord,
  });
  const { findings, dialect, header, records, rejected, miscounted } = parsed;
  for (const finding of findings) staging.addFinding(finding, null);
  return { reading: { dialect, header }, records, rejected, miscounted };
}

function stageRecord(staging: Staging, record: ParsedRecord, judgement: Judgement): void {
  const warned = record.findings.length > 0 || judgement.findings.length > 0;
  if (warned) stageFindings(staging, record, judgement);
  const { line, record: number, offset, length } = record;
  if (judgement.rejected) {
    staging.addRejected({ line, record: number, offset, length });
    return;
  }
  staging.addRecord({
    line,
    record: number,
    offset,
    length,
    values: judgement.values,
    key: judgement.key,
    patient: judgement.patient,
    warned,
  });
}

/** The reader's findings before the validator's, both under the record's key; a key without a filled part is none. */
function stageFindings(staging: Staging, record: ParsedRecord, judgement: Judgement): void {
  const key = /[^\u001f]/.test(judgement.key) ? judgement.key : null;
  for (const finding of record.findings) staging.addFinding(finding, key);
  for (const finding of judgement.findings) staging.addFinding(finding, key);
}

function dataExtension(fileName: string): '' | 'csv' | 'json' {
  const extension = splitFileName(fileName).extension.toLowerCase();
  return extension === 'csv' || extension === 'json' ? extension : '';
}
