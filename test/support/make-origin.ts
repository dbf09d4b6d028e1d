/** A batch origin for tests: an upload of laboratory results; the members that matter are given. */
import type { BatchOrigin } from '../../src/domain/batch-record';

export function makeOrigin(overrides: Partial<BatchOrigin> = {}): BatchOrigin {
  return {
    id: '01900000-0000-7000-8000-000000000001',
    cause: 'upload',
    account: 'lab',
    sender: '81365677',
    messageType: 'LaboratoryTestResult',
    fileName: '81365677_LaboratoryTestResult_210101120000.csv',
    baseName: '81365677_LaboratoryTestResult_210101120000',
    markerName: '81365677_LaboratoryTestResult_210101120000.ok',
    markerIdentity: null,
    dataIdentity: null,
    mode: 'production',
    folder: 'root',
    language: 'en',
    fileTime: '2021-01-01 12:00:00',
    run: 1,
    replayOf: null,
    bytes: 100,
    receivedAt: '2021-01-01T11:00:00.000Z',
    ...overrides,
  };
}
