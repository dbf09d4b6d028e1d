/**
 * A finding as operators may see it: without the value of any field that is marked personal in its schema, without any
 * value that cannot be told to belong to an unmarked field, and without names of columns that are no fields: a file
 * whose first line is a patient's has the patient for column names. Pure.
 */
import { FINDING_CODES, type FindingCode } from '../domain/codes';
import type { Finding } from '../domain/finding';
import { isNiss } from '../domain/identifiers/niss';
import type { Catalogue } from '../domain/message-type';
import type { Severity } from '../domain/severity';

export interface OperatorFinding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly title: string;
  readonly line: number | null;
  readonly record: number | null;
  /** Null also for a column that is no field of the message type. */
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
    field: field !== null && isField(field, messageType, catalogue) ? field : null,
    value: shown ? finding.value : null,
    expected,
    suggestion: shown ? finding.suggestion : null,
    withheld: !shown && finding.value !== null && finding.value !== '',
  };
}

/** Of columns and how often each is meant, those that are fields of the message type. */
export function fieldsOnly(
  columns: Readonly<Record<string, number>>,
  messageType: string | null,
  catalogue: Catalogue | null,
): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(columns).filter(([name]) => isField(name, messageType, catalogue)));
}

function isField(name: string, messageType: string | null, catalogue: Catalogue | null): boolean {
  const type = messageType === null ? undefined : catalogue?.types.get(messageType);
  return type?.fields.some((field) => field.name === name) ?? false;
}

function isShown({ code, field, value }: Finding, messageType: string | null, catalogue: Catalogue | null): boolean {
  const { stage, scope } = FINDING_CODES[code];
  // Their values are parts of file names.
  if (stage === 'name' || stage === 'settle') return true;
  if (scope !== 'cell' || field === null || messageType === null) return false;
  const spec = catalogue?.types.get(messageType)?.fields.find(({ name }) => name === field);
  // In a file whose columns are shifted, a patient's number may stand anywhere.
  return spec !== undefined && !spec.pii && !isNiss((value ?? '').replace(/\D/g, ''));
}
