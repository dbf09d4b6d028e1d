/**
 * A finding as operators may see it: without the value of any field that is marked personal in its schema, and without
 * any value that cannot be told to belong to an unmarked field. Pure.
 */
import { FINDING_CODES, type FindingCode } from '../domain/codes';
import type { Finding } from '../domain/finding';
import type { Catalogue } from '../domain/message-type';
import type { Severity } from '../domain/severity';

export interface OperatorFinding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly title: string;
  readonly line: number | null;
  readonly record: number | null;
  readonly field: string | null;
  /** Null when there is none or it is not for operators. */
  readonly value: string | null;
  readonly expected: string | null;
  readonly suggestion: string | null;
  /** There is a value, and it is withheld. */
  readonly withheld: boolean;
}

/** @param catalogue null when the schemas cannot be read: then no value of a record is shown */
export function viewFinding(
  finding: Finding,
  messageType: string | null,
  catalogue: Catalogue | null,
): OperatorFinding {
  const { code, severity, line, record, field, expected } = finding;
  const shown = isShown(finding, messageType, catalogue);
  return {
    code,
    severity,
    title: FINDING_CODES[code].title,
    line,
    record,
    field,
    value: shown ? finding.value : null,
    expected,
    suggestion: shown ? finding.suggestion : null,
    withheld: !shown && finding.value !== null && finding.value !== '',
  };
}

function isShown({ code, field }: Finding, messageType: string | null, catalogue: Catalogue | null): boolean {
  const { stage, scope } = FINDING_CODES[code];
  // Their values are parts of file names.
  if (stage === 'name' || stage === 'settle') return true;
  if (scope !== 'cell' || field === null || messageType === null) return false;
  const spec = catalogue?.types.get(messageType)?.fields.find(({ name }) => name === field);
  return spec !== undefined && !spec.pii;
}
