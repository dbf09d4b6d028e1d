/** What became of the thing a finding speaks of: the `action` column of errors.csv. Pure decisions. */
import type { BatchMode } from '../../domain/batch';
import type { Finding } from '../../domain/finding';

/**
 * - `file-rejected`: nothing of the file was stored; correct it and send it again.
 * - `rejected`: this record was not stored; correct it and send it again.
 * - `duplicate`: it is stored already; nothing to do.
 * - `stored`: the record was stored as it is; the finding is for the next time.
 * - `valid`: a rehearsal, in which nothing is stored; the record would have been.
 * - `none`: a remark on the file that changes nothing.
 */
export const ACTIONS = ['file-rejected', 'rejected', 'duplicate', 'stored', 'valid', 'none'] as const;
export type Action = (typeof ACTIONS)[number];

const DUPLICATE_CODES: ReadonlySet<string> = new Set(['D401', 'D402', 'D405']);

/** Whether the finding keeps the whole file out of the store. */
export function rejectsFile(finding: Pick<Finding, 'severity' | 'scope'>): boolean {
  return finding.severity === 'error' && (finding.scope === 'file' || finding.scope === 'header');
}

/** The action for one record, from all its findings; or for one finding on the file (`findings` holds only that). */
export function decideAction(findings: readonly Finding[], fileRejected: boolean, mode: BatchMode): Action {
  if (fileRejected) return 'file-rejected';
  if (findings.some((finding) => finding.severity === 'error')) return 'rejected';
  if (findings.some((finding) => DUPLICATE_CODES.has(finding.code))) return 'duplicate';
  if (findings.every((finding) => finding.record === null)) return 'none';
  return mode === 'test' ? 'valid' : 'stored';
}
