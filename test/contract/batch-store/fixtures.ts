/** Small invented message types and batches that the store's suites share. */
import type { BatchOrigin } from '../../../src/domain/batch-record';
import type { Catalogue, CrossRules, MessageType } from '../../../src/domain/message-type';
import type { StagedRecord } from '../../../src/ports/batch-store';
import { makeMessageType } from '../../support/make-message-type';
import { makeOrigin } from '../../support/make-origin';
import { SENDER } from '../../support/shipped-examples';

export function messageType(name: string, fields: readonly string[], rules: Partial<CrossRules> = {}): MessageType {
  return makeMessageType(fields, { name, businessKey: [fields[0] ?? ''], rules });
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
  return makeOrigin({
    id,
    messageType: 'Result',
    fileName: `${SENDER}_Result_210403120000.csv`,
    baseName: `${SENDER}_Result_210403120000`,
    markerName: `${SENDER}_Result_210403120000.ok`,
    markerIdentity: '1:2',
    dataIdentity: '3:4',
    fileTime: '2021-04-03 12:00:00',
    bytes: 1000,
    receivedAt: '2021-04-03T10:00:00.000Z',
    ...changes,
  });
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
