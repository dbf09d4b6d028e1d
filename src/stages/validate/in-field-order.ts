/** The order in which the findings of one record are told: on the record as such, then by the schema's fields. Pure. */
import type { Finding } from '../../domain/finding';
import type { Positions } from './condition';

/** @param findings the reader's before the validator's; those on one field stay as they are */
export function inFieldOrder(findings: readonly Finding[], positions: Positions): readonly Finding[] {
  if (findings.length < 2) return findings;
  return findings
    .map((finding) => ({ finding, place: placeOf(finding, positions) }))
    .sort((a, b) => a.place - b.place)
    .map(({ finding }) => finding);
}

/** A name that the schema does not have stands behind all it has. */
function placeOf({ scope, code, field }: Finding, positions: Positions): number {
  if (field === null || (scope === 'record' && code === 'H101')) return -1;
  return positions.get(field) ?? positions.size;
}
