/**
 * Whether a batch that holds no data says nothing new: a reminder of a file that was reminded of already, or a marker
 * that a client sent again right after the file it belongs to was taken. Nobody needs a report on these.
 */
import type { BatchRecord } from '../domain/batch-record';
import type { IntakeRules } from './batch-ports';

/** Clients that upload twice do so within this time, in milliseconds. */
const REPEAT_MS = 60_000;

/** @param previous the latest earlier batch of the same base name in that folder */
export function isNeedless(batch: BatchRecord, previous: BatchRecord | null, rules: IntakeRules): boolean {
  if (previous === null) return false;
  if (batch.cause === 'unmarked') {
    return previous.cause === 'unmarked' && previous.dataIdentity === batch.dataIdentity;
  }
  if (batch.cause !== 'orphan-marker' || previous.dataIdentity === null) return false;
  const cameAt = Date.parse(batch.receivedAt) - rules.markerGraceSeconds * 1000;
  return Date.parse(previous.archivedAt ?? previous.receivedAt) > cameAt - REPEAT_MS;
}
