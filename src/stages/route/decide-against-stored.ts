/**
 * What becomes of a record, given the versions of it that are stored already. Pure; the store finds and compares them.
 *
 * new            no version is stored
 * other-patient  the key belongs to another patient: rejected (D406)
 * duplicate      this content is stored already (D402)
 * confirmation   the same (D402), said again by a later file: the current version's order rises to that file's, so that
 *                a file between the two cannot replace it
 * correction     a later file says otherwise: a new version, the current one (D404)
 * older-version  an earlier file says otherwise, processed late: a new version that is superseded already (D404)
 *
 * The current version is always what the last file of all said, in whatever order files are processed: with equal
 * order (a replay) the later processing holds.
 */
export const STORED_DECISIONS = [
  'new',
  'other-patient',
  'duplicate',
  'confirmation',
  'correction',
  'older-version',
] as const;
export type StoredDecision = (typeof STORED_DECISIONS)[number];

export interface StoredComparison {
  readonly samePatient: boolean;
  /** All fields of the message are as in the current version. */
  readonly sameAsCurrent: boolean;
  /** All fields of the message are as in some version that is superseded. */
  readonly sameAsSuperseded: boolean;
  /** The record's file against the last file that brought the current version (see `versionOrder`). */
  readonly order: 'earlier' | 'equal' | 'later';
}

export function decideAgainstStored(stored: StoredComparison | null): StoredDecision {
  if (stored === null) return 'new';
  if (!stored.samePatient) return 'other-patient';
  if (stored.sameAsCurrent) return stored.order === 'later' ? 'confirmation' : 'duplicate';
  if (stored.order !== 'earlier') return 'correction';
  return stored.sameAsSuperseded ? 'duplicate' : 'older-version';
}
