/**
 * The one place where findings are made, so that scope and severity always come from the table of codes and no value
 * longer than `FINDING_VALUE_MAX` travels on. Pure; it never throws and judges nothing.
 */
import { FINDING_CODES, type FindingCode } from './codes';
import { FINDING_VALUE_MAX, type Finding, type FindingParams } from './finding';
import type { Scope, Severity } from './severity';

/** What the raising stage knows; a member left out is null in the finding, `params` empty. */
export interface FindingDetails {
  readonly line?: number | null;
  readonly record?: number | null;
  readonly field?: string | null;
  /** Column of the sender's file, first = 1. */
  readonly columnNo?: number | null;
  readonly value?: string | null;
  readonly expected?: string | null;
  readonly suggestion?: string | null;
  readonly params?: FindingParams;
  /** Where a schema lowers the code's usual severity. */
  readonly severity?: Severity;
  /** Where the code's usual scope does not hold (a bad line among JSON lines, say). */
  readonly scope?: Scope;
}

/** A finding of `code` with the scope and severity of the table unless `details` says otherwise. */
export function createFinding(code: FindingCode, details: FindingDetails = {}): Finding {
  const entry = FINDING_CODES[code];
  const value = details.value ?? null;
  return {
    code,
    severity: details.severity ?? entry.severity,
    scope: details.scope ?? entry.scope,
    line: details.line ?? null,
    record: details.record ?? null,
    field: details.field ?? null,
    columnNo: details.columnNo ?? null,
    value: value === null ? null : cutCodePoints(value, FINDING_VALUE_MAX),
    expected: details.expected ?? null,
    suggestion: details.suggestion ?? null,
    params: details.params ?? {},
  };
}

/** The first `max` code points of `text`; an unpaired surrogate counts as one. */
export function cutCodePoints(text: string, max: number): string {
  if (text.length <= max) return text;
  return Array.from(text.slice(0, max * 2))
    .slice(0, max)
    .join('');
}
