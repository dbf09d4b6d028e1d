/**
 * The findings of a record that ajv did not pass: which codes, with what is expected, what could be written instead, and
 * why. It judges again only the fields that ajv names. Pure; it never throws.
 */
import type { ErrorObject } from 'ajv';
import { createFinding, type FindingDetails } from '../../domain/create-finding';
import { FINDING_CODES, type FindingCode } from '../../domain/codes';
import type { Finding, FindingParams } from '../../domain/finding';
import type { FieldSpec, MessageType } from '../../domain/message-type';
import type { ParsedRecord } from '../../domain/parsed-record';
import type { Severity } from '../../domain/severity';
import type { CodeSet } from './code-set';
import type { Circumstances, CompiledType } from './compile-type';
import { describeFailing, describeHolding, fieldsOf, positionsOf, positionsOfNames } from './condition';
import { expectedOf } from './expected';
import { unknownCodes } from './judge-code';
import { countCodePoints } from './number-shapes';
import { suggestValue } from './suggest';
import { codeOf, type Problem } from './verdict';

export type Explainer = (
  record: ParsedRecord,
  errors: readonly ErrorObject[],
  skipped: ReadonlySet<number>,
) => readonly Finding[];

export function createExplainer(
  type: MessageType,
  compiled: CompiledType,
  circumstances: Circumstances,
  columnOf: (fieldIndex: number) => number | null,
): Explainer {
  const { judges, sets, rules, fieldOf } = compiled;
  const positions = positionsOf(type.fields);
  const { latest } = circumstances;
  const expectations = type.fields.map((field) => expectedOf(field, sets.get(field.index) ?? null));

  function place(record: ParsedRecord, index: number): FindingDetails {
    return {
      line: record.valueLines?.[index] ?? record.line,
      record: record.record,
      field: type.fields[index]?.name ?? null,
      columnNo: columnOf(index),
      value: record.values[index] ?? '',
    };
  }

  function explainValue(record: ParsedRecord, field: FieldSpec): readonly Finding[] {
    const value = record.values[field.index] ?? '';
    const judge = judges[field.index];
    if (judge === undefined) return [];
    const set = sets.get(field.index) ?? null;
    return judge.judge(value, latest).map((problem) => {
      const code = codeOf(problem);
      return createFinding(code, {
        ...place(record, field.index),
        severity: severityOf(problem, field, set),
        expected: expectedFor(code, field),
        suggestion: OFFERS_NOTHING.has(code) ? null : suggestValue(field, set, judge, latest, value),
        params: paramsOf(code, field, set, value),
      });
    });
  }

  function expectedFor(code: FindingCode, field: FieldSpec): string | null {
    if (code === 'V206') return `≤ ${latest.byLength[19] ?? ''}`;
    return code === 'V212' ? `≤ ${field.maxLength}` : (expectations[field.index] ?? null);
  }

  function explainMissing(record: ParsedRecord, field: FieldSpec, skipped: ReadonlySet<number>): readonly Finding[] {
    const { required } = field;
    if (required === null) return [];
    const { condition, missingCode, severity, satisfiedBy } = required;
    const stands = positionsOfNames(satisfiedBy, positions);
    const looksAt = positionsOfNames(fieldsOf(condition), positions);
    if ([...looksAt, ...stands].some((index) => skipped.has(index))) return [];
    const reason = condition.kind === 'none-present' ? condition.fields.join(', ') : '';
    const because = describeHolding(condition, record.values, positions);
    return [
      createFinding(missingCode, {
        ...place(record, field.index),
        severity,
        expected: expectations[field.index] ?? null,
        params: missingCode === 'V200' ? { reason } : { because },
      }),
    ];
  }

  function explainForbidden(record: ParsedRecord, field: FieldSpec, skipped: ReadonlySet<number>): readonly Finding[] {
    const { allowedWhen } = field;
    if (allowedWhen === null) return [];
    if (positionsOfNames(fieldsOf(allowedWhen), positions).some((index) => skipped.has(index))) return [];
    const severity = field.severities['R305'] ?? FINDING_CODES.R305.severity;
    return [
      createFinding('R305', {
        ...place(record, field.index),
        severity,
        params: { because: describeFailing(allowedWhen) },
      }),
    ];
  }

  function explainField(record: ParsedRecord, error: ErrorObject, skipped: ReadonlySet<number>): readonly Finding[] {
    const field = fieldOf(error.parentSchema);
    if (field === undefined || skipped.has(field.index)) return [];
    switch (error.keyword) {
      case 'x-format':
        return explainValue(record, field);
      case 'x-required':
        return explainMissing(record, field, skipped);
      case 'x-allowed-when':
        return explainForbidden(record, field, skipped);
      default:
        return [];
    }
  }

  return (record, errors, skipped) => {
    const found: { readonly index: number; readonly finding: Finding }[] = [];
    const unusable = new Set(skipped);
    for (const error of errors) {
      const index = fieldOf(error.parentSchema)?.index ?? -1;
      for (const finding of explainField(record, error, skipped)) {
        found.push({ index, finding });
        if (finding.severity === 'error') unusable.add(index);
      }
    }
    const facts = { ...circumstances, unusable };
    for (const rule of rules) {
      const broken = rule(facts);
      if (broken === null) continue;
      const { code, index, expected, params } = broken;
      const severity = type.fields[index]?.severities[code] ?? FINDING_CODES[code].severity;
      found.push({ index, finding: createFinding(code, { ...place(record, index), severity, expected, params }) });
    }
    return found.sort((a, b) => a.index - b.index).map(({ finding }) => finding);
  };
}

/** Codes of values that are right in form: nothing else could be written without knowing more. */
const OFFERS_NOTHING: ReadonlySet<FindingCode> = new Set(['V203', 'V206', 'V208', 'V212', 'V217']);

function severityOf(problem: Problem, field: FieldSpec, set: CodeSet | null): Severity {
  const code = codeOf(problem);
  const lowered = field.severities[problem] ?? field.severities[code];
  if (lowered !== undefined) return lowered;
  return code === 'R301' && set?.closed === false ? 'warning' : FINDING_CODES[code].severity;
}

function paramsOf(code: FindingCode, field: FieldSpec, set: CodeSet | null, value: string): FindingParams {
  switch (code) {
    case 'V212':
      return { length: countCodePoints(value), maxLength: field.maxLength };
    case 'V214':
      return { hint: /^[A-Z]+(?:\.\d+){4,}$/i.test(value) ? 'alias' : '' };
    case 'R301': {
      if (set === null) return { codelist: '', hint: '', unknown: value };
      const told = unknownCodes(value, field.multiple, set).filter((each) => set.closed || set.stranger(each).near);
      const typing = told.some((each) => set.stranger(each).typingError);
      return { codelist: set.name, hint: typing ? 'typing-error' : '', unknown: told.join(', ') };
    }
    default:
      return {};
  }
}
