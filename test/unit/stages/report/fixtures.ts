/** Batches, findings and groups for the report tests; the members that matter are given. */
import type { BatchRecord } from '../../../../src/domain/batch-record';
import { createFinding, type FindingDetails } from '../../../../src/domain/create-finding';
import type { FindingCode } from '../../../../src/domain/codes';
import type { FindingGroup, StoredFinding } from '../../../../src/domain/report-source';
import { SEVERITIES } from '../../../../src/domain/severity';
import { makeOrigin } from '../../../support/make-origin';

export const NISS = 'PatientIdentificationNumber';

export function makeStored(code: FindingCode, details: FindingDetails = {}, seq = 1): StoredFinding {
  return { ...createFinding(code, details), recordKey: null, seq };
}

/** A finding on the NISS of record 17 of a CSV file. */
export function lostZero(overrides: FindingDetails = {}, seq = 1): StoredFinding {
  const details = { line: 18, record: 17, field: NISS, columnNo: 3, value: '1020300170', suggestion: '01020300170' };
  return makeStored('V201', { ...details, expected: '11 × 0-9', ...overrides }, seq);
}

export function makeBatch(overrides: Partial<BatchRecord> = {}): BatchRecord {
  return {
    ...makeOrigin({ bytes: 1234 }),
    dialect: { format: 'csv', encoding: 'utf-8', bom: false, delimiter: ';', eol: 'crlf' },
    header: { offset: 0, length: 100 },
    state: 'committed',
    outcome: 'PARTIAL',
    sha256: 'a'.repeat(64),
    schemaVersion: '1.0.0',
    records: 20,
    accepted: 18,
    acceptedWithWarning: 1,
    rejected: 1,
    duplicate: 1,
    corrected: 0,
    delivery: 1,
    previousBatch: null,
    claimedAt: '2021-01-01T11:00:01.000Z',
    committedAt: '2021-01-01T11:00:02.000Z',
    reportedAt: null,
    archivedAt: null,
    ...overrides,
  };
}

/** The groups of these findings, as the store makes them. */
export function groupsOf(findings: readonly StoredFinding[]): readonly FindingGroup[] {
  const byKey = new Map<string, StoredFinding[]>();
  for (const finding of findings) {
    const key = `${String(SEVERITIES.indexOf(finding.severity))}${finding.code}`;
    byKey.set(key, [...(byKey.get(key) ?? []), finding]);
  }
  return [...byKey].sort().map(([, group]) => {
    const [first] = group;
    const columns: Record<string, number> = {};
    for (const { field } of group) if (field !== null) columns[field] = (columns[field] ?? 0) + 1;
    return {
      code: first!.code,
      severity: first!.severity,
      total: group.length,
      records: new Set(group.flatMap(({ record }) => record ?? [])).size,
      columns,
      samples: group.slice(0, 50),
    };
  });
}

export function totalsOf(findings: readonly StoredFinding[]) {
  const count = (severity: string) => findings.filter((finding) => finding.severity === severity).length;
  return { errors: count('error'), warnings: count('warning'), infos: count('info') };
}

export function bytesOf(chunks: Iterable<Uint8Array>): Buffer {
  return Buffer.concat([...chunks]);
}
