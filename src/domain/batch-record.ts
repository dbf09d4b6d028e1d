/** A row of the store's `batches` table, as the pipeline, the reports and the commands see it. Times are ISO 8601 UTC. */
import type { Language } from './account';
import type { BatchCounts, BatchMode, Dialect, Outcome } from './batch';
import type { BatchState } from './journey';
import { shortName } from './short-name';

/**
 * Why a batch exists: `upload` data and marker; `cancelled` data, withdrawn by its sender before it was processed (F015);
 * `orphan-marker` a marker whose data never came (F006); `unmarked` data whose marker has not come yet, told once and
 * left where it lies (F007); `replay` an archived original processed again.
 */
export const BATCH_CAUSES = ['upload', 'cancelled', 'orphan-marker', 'unmarked', 'replay'] as const;
export type BatchCause = (typeof BATCH_CAUSES)[number];

/** What is known when a batch is taken up, before its bytes are read. */
export interface BatchOrigin {
  /** UUID version 7: sorts by time. */
  readonly id: string;
  readonly cause: BatchCause;
  readonly account: string;
  /** From the file name; null where the name does not tell. */
  readonly sender: string | null;
  /** As the schemas write it; null where the name does not name a known one. */
  readonly messageType: string | null;
  /** Data file name as uploaded, with its extension; the marker's where there is no data (F006). */
  readonly fileName: string;
  /** `fileName` without extension: the stem of the report names, before any `.rN`. */
  readonly baseName: string;
  /** Marker file name as uploaded; null for a replay and for F007. */
  readonly markerName: string | null;
  /** Identity of the marker file (`inode:birth time in ns`), so that no later marker of that name is removed for it. */
  readonly markerIdentity: string | null;
  /**
   * Identity of the data file in the drop folder, the same way; for a replay, which finds its data in the archive, the
   * original's path relative to the archive folder. Null where there is no data (F006).
   */
  readonly dataIdentity: string | null;
  readonly mode: BatchMode;
  /** 'root' for the drop folder `/`, 'test' for `/test/`: where the reports go. */
  readonly folder: 'root' | 'test';
  readonly language: Language;
  /** From the file name, Belgian local time `YYYY-MM-DD hh:mm:ss`; null where it tells none. */
  readonly fileTime: string | null;
  /** 1 for the first processing; a replay counts on. */
  readonly run: number;
  readonly replayOf: string | null;
  readonly bytes: number;
  readonly receivedAt: string;
}

/** How the file was read, kept so that its reports can be rendered again. */
export interface BatchReading {
  readonly dialect: Dialect | null;
  /** CSV: where the header line stands in the file, in bytes. */
  readonly header: { readonly offset: number; readonly length: number } | null;
}

export interface BatchRecord extends BatchOrigin, BatchCounts, BatchReading {
  readonly state: BatchState;
  readonly outcome: Outcome | null;
  readonly sha256: string | null;
  readonly schemaVersion: string | null;
  /** Number of this delivery among those of its base name and folder: 1, or N for reports named `B.rN`. */
  readonly delivery: number;
  /** The batch that brought the same base name before, if any. */
  readonly previousBatch: string | null;
  readonly claimedAt: string | null;
  readonly committedAt: string | null;
  readonly reportedAt: string | null;
  readonly archivedAt: string | null;
}

/** A batch that was set aside for the operator: it keeps the state it has reached, and nobody takes it up again. */
export interface QuarantinedBatch {
  readonly batch: BatchRecord;
  readonly at: string;
  readonly reason: string;
}

/** `B`, or `B.r2`, `B.r3`...: the stem of the report files; a very long `B` is shortened. */
export function reportBase(batch: Pick<BatchRecord, 'baseName' | 'delivery'>): string {
  const base = shortName(batch.baseName);
  return batch.delivery === 1 ? base : `${base}.r${String(batch.delivery)}`;
}
