/**
 * Whether so many records were rejected that none may be stored (F013). Both bounds trip above their value, and
 * whole-file intake trips at the first rejected record.
 */
import type { BatchCounts } from '../../domain/batch';
import { createFinding } from '../../domain/create-finding';
import type { Finding } from '../../domain/finding';

export interface RejectionBounds {
  readonly mode: 'record' | 'file';
  readonly maxRejected: number | null;
  /** 0 to 1. */
  readonly maxRejectedRatio: number | null;
}

export function decideThreshold(counts: BatchCounts, bounds: RejectionBounds): Finding | null {
  const limit = exceededLimit(counts, bounds);
  if (limit === null) return null;
  return createFinding('F013', { params: { rejected: counts.rejected, records: counts.records, limit } });
}

function exceededLimit({ rejected, records }: BatchCounts, bounds: RejectionBounds): string | null {
  if (bounds.mode === 'file' && rejected > 0) return '0';
  if (bounds.maxRejected !== null && rejected > bounds.maxRejected) return String(bounds.maxRejected);
  const ratio = bounds.maxRejectedRatio;
  if (ratio !== null && records > 0 && rejected / records > ratio) return `${String(ratio * 100)} %`;
  return null;
}
