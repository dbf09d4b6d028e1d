/** Small invented message types and batches that the store's suites share. */
import type { BatchOrigin } from '../../../src/domain/batch-record';
import type { Catalogue, CrossRules, FieldSpec, MessageType } from '../../../src/domain/message-type';
import type { StagedRecord } from '../../../src/ports/batch-store';

const NO_RULES: CrossRules = {
  dateOrder: [],
  detectedWithin: null,
  testIdWithDate: null,
  senderField: null,
  follows: null,
  codeDates: {},
};

export function messageType(name: string, fields: readonly string[], rules: Partial<CrossRules> = {}): MessageType {
  return {
    name,
    collection: 'invented',
    version: '1',
    fields: fields.map(field),
    businessKey: [fields[0] ?? ''],
    patient: null,
    rules: { ...NO_RULES, ...rules },
    schema: {},
  };
}

function field(name: string, index: number): FieldSpec {
  return {
    name,
    index,
    format: 'text',
    maxLength: 100,
    codelist: null,
    multiple: null,
    values: [],
    absentValue: null,
    required: null,
    allowedWhen: null,
    notInFuture: true,
    pii: false,
    identifier: false,
    severities: {},
  };
}

export const RESULT = messageType('Result', ['TestId', 'Patient', 'CT/Value', 'CollectedAt']);
export const VARIANT = messageType('Variant', ['TestId', 'Patient', 'CollectedAt'], {
  follows: { messageType: 'Result', days: 30, date: 'CollectedAt', earlierDates: ['CollectedAt'] },
});

export function catalogueOf(...types: readonly MessageType[]): Catalogue {
  return { types: new Map(types.map((type) => [type.name, type])), codelists: new Map() };
}

export const CATALOGUE = catalogueOf(RESULT, VARIANT);

export function origin(id: string, changes: Partial<BatchOrigin> = {}): BatchOrigin {
  return {
    id,
    cause: 'upload',
    account: 'lab',
    sender: '81365677',
    messageType: 'Result',
    fileName: '81365677_Result_210403120000.csv',
    baseName: '81365677_Result_210403120000',
    markerName: '81365677_Result_210403120000.ok',
    markerIdentity: '1:2',
    dataIdentity: '3:4',
    mode: 'production',
    folder: 'root',
    language: 'en',
    fileTime: '2021-04-03 12:00:00',
    run: 1,
    replayOf: null,
    bytes: 1000,
    receivedAt: '2021-04-03T10:00:00.000Z',
    ...changes,
  };
}

/** A record whose key is its first value and whose patient its second; line = record + 1, 100 bytes each. */
export function staged(record: number, values: readonly string[], changes: Partial<StagedRecord> = {}): StagedRecord {
  return {
    line: record + 1,
    record,
    offset: record * 100,
    length: 99,
    values,
    key: values[0] ?? '',
    patient: values[1] ?? '',
    warned: false,
    ...changes,
  };
}
