/** From a record as read to what is staged of it: judged by the rules of its message type, with what they need to know. */
import type { BatchRecord } from '../domain/batch-record';
import type { Finding } from '../domain/finding';
import type { Codelist, MessageType } from '../domain/message-type';
import type { ParsedRecord } from '../domain/parsed-record';
import type { RecordSink } from '../ports/batch-store';
import type { ParseOptions } from '../stages/parse/parse-result';
import { splitFileName } from '../stages/name/split-file-name';
import { createPlainRows } from '../stages/plain/create-plain-rows';
import { compileType } from '../stages/validate/compile-type';
import { type Positions, positionsOf } from '../stages/validate/condition';
import { inFieldOrder } from '../stages/validate/in-field-order';
import { type Judgement, Validator } from '../stages/validate/validator';
import { latestMoment } from '../stages/validate/verdict';

export interface StageRecordsInput {
  readonly batch: Pick<BatchRecord, 'sender' | 'fileTime' | 'fileName'>;
  readonly type: MessageType;
  readonly codelists: ReadonlyMap<string, Codelist>;
  /** Belgian local, `YYYY-MM-DD hh:mm:ss`. */
  readonly now: string;
  readonly sink: RecordSink;
}

/** How the records of a batch's file are parsed so that each is judged and staged. */
export function stagingRecords(
  input: StageRecordsInput,
): Required<Pick<ParseOptions, 'extension' | 'onHeader' | 'onRecord' | 'rowTaker'>> {
  const { batch, type, codelists, now, sink } = input;
  let columnOf: (fieldIndex: number) => number | null = () => null;
  const validator = new Validator(type, codelists, {
    now,
    sender: batch.sender,
    fileTime: batch.fileTime,
    columnOf: (fieldIndex) => columnOf(fieldIndex),
  });
  const positions = positionsOf(type.fields);
  return {
    extension: dataExtension(batch.fileName),
    onHeader: (known) => {
      columnOf = known.columnOf;
    },
    onRecord: (record) => stageRecord(sink, record, validator.judge(record), positions),
    rowTaker: plainRows(input),
  };
}

function plainRows({
  batch,
  type,
  codelists,
  now,
  sink,
}: StageRecordsInput): NonNullable<ParseOptions['rowTaker']> | null {
  const { addPlain } = sink;
  if (addPlain === null) return null;
  const { sender, fileTime } = batch;
  const compiled = compileType(type, codelists);
  const input = { type, compiled, sender, fileTime, latest: latestMoment(now), onPlain: addPlain };
  return (header, encoding) => createPlainRows(input, header, encoding);
}

function stageRecord(sink: RecordSink, record: ParsedRecord, judgement: Judgement, positions: Positions): void {
  const warned = record.findings.length > 0 || judgement.findings.length > 0;
  if (warned) stageFindings(sink, inFieldOrder([...record.findings, ...judgement.findings], positions), judgement);
  const { line, record: number, offset, length } = record;
  if (judgement.rejected) {
    sink.addRejected({ line, record: number, offset, length });
    return;
  }
  sink.addRecord({
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

/** All under the record's key; a key without a filled part is none. */
function stageFindings(sink: RecordSink, findings: readonly Finding[], { key }: Judgement): void {
  const shown = /[^\u001f]/.test(key) ? key : null;
  for (const finding of findings) sink.addFinding(finding, shown);
}

function dataExtension(fileName: string): '' | 'csv' | 'json' {
  const extension = splitFileName(fileName).extension.toLowerCase();
  return extension === 'csv' || extension === 'json' ? extension : '';
}
