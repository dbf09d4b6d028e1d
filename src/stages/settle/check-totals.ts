/**
 * What the marker declares and the configuration allows, against what came: F009, F011 and F012. Each check gives at
 * most one finding and never throws. A total that was not declared is not judged.
 */
import { createFinding } from '../../domain/create-finding';
import type { Finding } from '../../domain/finding';
import type { ControlTotals } from './parse-marker';

/** F009 above `maxBytes`. */
export function checkSize(bytes: number, maxBytes: number): readonly Finding[] {
  return bytes > maxBytes ? [createFinding('F009', { params: { bytes, maxBytes } })] : [];
}

/** F012. @param computed lower-case hex */
export function checkSha256(declared: Pick<ControlTotals, 'sha256'>, computed: string): readonly Finding[] {
  const { sha256 } = declared;
  if (sha256 === null || sha256 === computed) return [];
  return [createFinding('F012', { value: sha256, expected: computed, params: { declared: sha256, computed } })];
}

/** F011. Not to be asked where records cannot be counted for certain (P109, P112). */
export function checkRecordTotal(declared: Pick<ControlTotals, 'records'>, counted: number): readonly Finding[] {
  const { records } = declared;
  if (records === null || records === counted) return [];
  const value = String(records);
  return [createFinding('F011', { value, expected: String(counted), params: { declared: records, counted } })];
}
