/** Takes one batch from open to committed, and tells what came of it. */
import { decideOutcome, type BatchCounts } from '../../../src/domain/batch';
import type { BatchOrigin } from '../../../src/domain/batch-record';
import type { Finding } from '../../../src/domain/finding';
import type { MessageType } from '../../../src/domain/message-type';
import type { BatchStore, CommitVerdict, StagedRecord } from '../../../src/ports/batch-store';
import type { StoredFinding } from '../../../src/ports/report-source';
import { RESULT } from './fixtures';

export interface Delivery {
  readonly origin: BatchOrigin;
  readonly records: readonly StagedRecord[];
  readonly findings?: readonly Finding[];
  readonly type?: MessageType;
}

export interface Delivered {
  readonly counts: BatchCounts;
  readonly findings: readonly StoredFinding[];
  /** Codes with the record they stand on, in report order. */
  readonly codes: readonly string[];
}

export function deliver(store: BatchStore, { origin, records, findings = [], type = RESULT }: Delivery): Delivered {
  const batch = store.open(origin);
  store.markClaimed(batch.id, '2021-04-03T10:00:01.000Z');
  const staging = store.openStaging(batch, type);
  for (const finding of findings) staging.addFinding(finding, null);
  for (const record of records) staging.addRecord(record);
  do staging.settle();
  while (!staging.hold());
  const counts = staging.counts();
  staging.commit(verdict(counts));
  const stored = [...store.reportSource(batch.id).findings()];
  return { counts, findings: stored, codes: stored.map(({ code, record }) => `${code}@${record}`) };
}

export function verdict(counts: BatchCounts, changes: Partial<CommitVerdict> = {}): CommitVerdict {
  return {
    outcome: decideOutcome(counts, false),
    counts,
    sha256: 'a'.repeat(64),
    schemaVersion: '1',
    committedAt: '2021-04-03T10:00:02.000Z',
    dialect: null,
    header: null,
    ...changes,
  };
}
