/**
 * What becomes of a record whose key stands more than once in its own file. Pure; the store finds the twins.
 *
 * kept      the first of equal ones
 * repeated  a later one of equal ones: D405, counted as duplicate
 * conflict  not all with this key are equal, and nobody can tell which is meant: D403 for every one of them
 */
export const TWIN_DECISIONS = ['kept', 'repeated', 'conflict'] as const;
export type TwinDecision = (typeof TWIN_DECISIONS)[number];

export interface Twin {
  /** Whether any two records of this key in the file differ. */
  readonly differing: boolean;
  /** Whether this record is the first of them. */
  readonly first: boolean;
}

export function decideWithinFile({ differing, first }: Twin): TwinDecision {
  if (differing) return 'conflict';
  return first ? 'kept' : 'repeated';
}
