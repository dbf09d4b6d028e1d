/**
 * The findings of a record that ajv did not pass: which codes, with what is expected, what could be written instead, and
 * why. It judges again only the fields that ajv names. Pure; it never throws.
 */
import type { ErrorObject } from 'ajv';
import { createFinding } from '../../domain/create-finding';
import { FINDING_CODES, type FindingCode } from '../../domain/codes';
import type { Finding, FindingParams } from '../../domain/finding';
import type { FieldSpec, Format, MessageType } from '../../domain/message-type';
import type { ParsedRecord } from '../../domain/parsed-record';
import type { Severity } from '../../domain/severity';
import type { CodeSet } from './code-set';
import type { Circumstances, CompiledType } from './compile-type';
import { codeDatesOf, codeDay, type Facts } from './cross-rules';
import { describeFailing, describeHolding, fieldsOf, positionsOfNames } from './condition';
import { examplesOf, expectedOf, isListed } from './expected';
import { splitCodes, unknownCodes } from './judge-code';
import { countCodePoints } from './number-shapes';
import { suggestValue } from './suggest';
import { codeOf, type Judge, type Problem } from './verdict';

export type Explainer = (
  record: ParsedRecord,
  errors: readonly ErrorObject[],
  skipped: ReadonlySet<number>,
) => readonly Finding[];

/** What an explanation needs besides the record: fields of which nothing is said, and what is right so far. */
interface Around {
  readonly skipped: ReadonlySet<number>;
  readonly facts: Facts;
}

/** What a finding says besides its place and value. */
interface Told {
  readonly severity: Severity;
  readonly expected: string | null;
  readonly suggestion: string | null;
  readonly params: FindingParams;
}

export function createExplainer(
  type: MessageType,
  compiled: CompiledType,
  circumstances: Circumstances,
  columnOf: (fieldIndex: number) => number | null,
): Explainer {
  const { judges, sets, rules, positions, expectations, fieldOf } = compiled;
  const { latest } = circumstances;

  function find(record: ParsedRecord, index: number, code: FindingCode, told: Told): Finding {
    return createFinding(code, {
      line: record.valueLines?.[index] ?? record.line,
      record: record.record,
      field: type.fields[index]?.name ?? null,
      columnNo: columnOf(index),
      value: record.values[index] ?? '',
      severity: told.severity,
      expected: told.expected,
      suggestion: told.suggestion,
      params: told.params,
    });
  }

  function explainValue(record: ParsedRecord, field: FieldSpec, facts: Facts): readonly Finding[] {
    const value = record.values[field.index] ?? '';
    const judge = judges[field.index];
    if (judge === undefined) return [];
    const set = sets.get(field.index) ?? null;
    const day = dayOf(field, facts);
    return judge.judge(value, latest).map((problem) => {
      const code = codeOf(problem);
      const suggestion = OFFERS_NOTHING.has(code) ? null : suggestFor(field, judge, day, value);
      return find(record, field.index, code, {
        severity: severityOf(problem, field, set),
        expected: expectedFor(code, field, day),
        suggestion,
        params: paramsOf(code, field, set, { value, suggestion, day }),
      });
    });
  }

  /** The day on which codes of the field must have been valid; null where they have no dates. */
  function dayOf(field: FieldSpec, facts: Facts): string | null {
    return isDated(field.index) ? codeDay(codeDatesOf(field, type, positions), facts) : null;
  }

  function isDated(index: number): boolean {
    return sets.get(index)?.dated === true;
  }

  /** No code is suggested that was not valid then. */
  function suggestFor(field: FieldSpec, judge: Judge, day: string | null, value: string): string | null {
    const set = sets.get(field.index) ?? null;
    const suggestion = suggestValue(field, set, judge, latest, value);
    if (suggestion === null || set === null || day === null) return suggestion;
    return set.isValidOn(splitCodes(suggestion, field.multiple), day) ? suggestion : null;
  }

  function expectedFor(code: FindingCode, field: FieldSpec, day: string | null): string | null {
    if (code === 'V206') return `≤ ${latest.byLength[19] ?? ''}`;
    if (code === 'V212') return `≤ ${field.maxLength}`;
    return day === null ? (expectations[field.index] ?? null) : expectedOf(field, sets.get(field.index) ?? null, day);
  }

  /** Whether one of the named fields is skipped, so that a rule that needs them is left out. */
  function lacks(names: readonly string[], skipped: ReadonlySet<number>): boolean {
    return skipped.size > 0 && positionsOfNames(names, positions).some((index) => skipped.has(index));
  }

  function explainMissing(record: ParsedRecord, field: FieldSpec, { skipped, facts }: Around): readonly Finding[] {
    const { required } = field;
    if (required === null) return [];
    const { condition, missingCode, severity, satisfiedBy } = required;
    if (lacks(satisfiedBy, skipped) || lacks(fieldsOf(condition), skipped)) return [];
    const why: FindingParams =
      missingCode === 'V200'
        ? { reason: condition.kind === 'none-present' ? condition.fields.join(', ') : '' }
        : { because: describeHolding(condition, record.values, positions) };
    const day = dayOf(field, facts);
    const params = { ...why, ...examplesOf(sets.get(field.index) ?? null, day) };
    const expected = expectedFor(missingCode, field, day);
    return [find(record, field.index, missingCode, { severity, expected, suggestion: null, params })];
  }

  function explainForbidden(record: ParsedRecord, field: FieldSpec, skipped: ReadonlySet<number>): readonly Finding[] {
    const { allowedWhen } = field;
    if (allowedWhen === null || lacks(fieldsOf(allowedWhen), skipped)) return [];
    const severity = severityOf('R305', field, null);
    const params = { because: describeFailing(allowedWhen) };
    return [find(record, field.index, 'R305', { severity, expected: null, suggestion: null, params })];
  }

  function explainField(record: ParsedRecord, error: ErrorObject, around: Around): readonly Finding[] {
    const field = fieldOf(error.parentSchema);
    if (field === undefined || around.skipped.has(field.index)) return [];
    switch (error.keyword) {
      case 'x-format':
        return explainValue(record, field, around.facts);
      case 'x-required':
        return explainMissing(record, field, around);
      case 'x-allowed-when':
        return explainForbidden(record, field, around.skipped);
      default:
        return [];
    }
  }

  return (record, errors, skipped) => {
    const found: { readonly index: number; readonly finding: Finding }[] = [];
    const unusable = new Set(skipped);
    const { sender, fileTime } = circumstances;
    const facts: Facts = { values: record.values, unusable, sender, fileTime };
    const indexOf = (error: ErrorObject): number => fieldOf(error.parentSchema)?.index ?? -1;
    // Codes with dates come last: which of their dates is right is known then.
    const inTurn = [...errors].sort((a, b) => Number(isDated(indexOf(a))) - Number(isDated(indexOf(b))));
    for (const error of inTurn) {
      const index = indexOf(error);
      for (const finding of explainField(record, error, { skipped, facts })) {
        found.push({ index, finding });
        if (finding.severity === 'error') unusable.add(index);
      }
    }
    for (const rule of rules) {
      const broken = rule.judge(facts);
      const field = broken === null ? undefined : type.fields[broken.index];
      if (broken === null || field === undefined) continue;
      const { code, index, expected, params } = broken;
      const told = { severity: severityOf(code, field, null), expected, suggestion: null, params };
      found.push({ index, finding: find(record, index, code, told) });
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

/** The other number that a field of NIHDI numbers takes as well. */
const OTHER_NUMBERS: Partial<Record<Format, string>> = { 'nihdi8-or-niss': 'niss', 'nihdi8-or-kbo10': 'enterprise' };

function paramsOf(
  code: FindingCode,
  field: FieldSpec,
  set: CodeSet | null,
  {
    value,
    suggestion,
    day,
  }: { readonly value: string; readonly suggestion: string | null; readonly day: string | null },
): FindingParams {
  switch (code) {
    case 'V207': {
      const isCut = suggestion !== null && value.replace(/\D/g, '').length > suggestion.length;
      return { other: OTHER_NUMBERS[field.format] ?? '', cut: isCut ? 'qualification' : '' };
    }
    case 'V212':
      return { length: countCodePoints(value), maxLength: field.maxLength };
    case 'V214':
      return { hint: /^[A-Z]+(?:\.\d+){4,}$/i.test(value) ? 'alias' : '' };
    case 'R301': {
      if (set === null) return { codelist: '', hint: '', unknown: value };
      const told = unknownCodes(value, field.multiple, set).filter((each) => set.closed || set.stranger(each).near);
      return {
        ...examplesOf(set, day),
        codelist: set.name,
        hint: told.some((each) => set.stranger(each).typingError) ? 'typing-error' : '',
        unknown: told.join(', '),
        ...(told.length > 1 && { several: 'yes' }),
        ...(!isListed(set) && { set: 'long' }),
      };
    }
    default:
      return {};
  }
}
