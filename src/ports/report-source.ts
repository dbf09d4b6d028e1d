/** Where the reports get their rows from: the store's committed ones, or those staged for `validate`. */
import type { FindingGroup, FindingTotals, RejectedWithFindings, StoredFinding } from '../domain/report-source';

export {
  GROUP_SAMPLES_MAX,
  type FindingGroup,
  type FindingTotals,
  type RejectedWithFindings,
  type StoredFinding,
} from '../domain/report-source';

export interface ReportSource {
  /** In seq order; at most `limit` of them where given. */
  findings(limit?: number): Iterable<StoredFinding>;
  /** Errors first, then warnings, then infos; within a severity by code. */
  groups(): readonly FindingGroup[];
  /** In record order. */
  rejected(): Iterable<RejectedWithFindings>;
  totals(): FindingTotals;
}
