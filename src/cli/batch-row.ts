/** A batch as a row of a table for people. Pure. */
import type { BatchRecord } from '../domain/batch-record';
import { localTime } from './local-time';
import type { Cell } from './render-table';

export const BATCH_HEAD = [
  'received',
  'outcome',
  'account',
  'type',
  'file',
  'records',
  'ok',
  'rejected',
  'duplicate',
  'batch',
];

export function batchRow(batch: BatchRecord, isAside = false): readonly Cell[] {
  const rehearsal = batch.mode === 'test' ? ' (test)' : '';
  return [
    localTime(batch.receivedAt),
    `${batch.outcome ?? batch.state}${rehearsal}${isAside ? ' (set aside)' : ''}`,
    batch.account,
    batch.messageType,
    batch.fileName,
    batch.records,
    batch.accepted,
    batch.rejected,
    batch.duplicate,
    batch.id,
  ];
}
