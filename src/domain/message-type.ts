/**
 * A message type as data: what its schema says, in the shape the stages use. No code names a field or a message type;
 * everything that differs between messages is read from the schema into this shape.
 */
import type { Severity } from './severity';

/** Formats a field can have; each is checked by one function of the validate stage. */
export const FORMATS = [
  'text',
  'partial-date',
  'date',
  'datetime',
  'datetime-or-date',
  'mobile-app-test-id',
  'yymmdd',
  'niss',
  'nihdi8',
  'kbo10',
  'nihdi8-or-niss',
  'nihdi8-or-kbo10',
  'ctpc16',
  'boolean01',
  'enum',
  'constant',
  'code',
  'gisaid',
  'pangolin',
  'orpha',
] as const;
export type Format = (typeof FORMATS)[number];

/** When something holds of a record; the fields are named in the schema. */
export type Condition =
  | { readonly kind: 'always' }
  | { readonly kind: 'any-present'; readonly fields: readonly string[] }
  | { readonly kind: 'none-present'; readonly fields: readonly string[] }
  | { readonly kind: 'equals'; readonly field: string; readonly value: string }
  | { readonly kind: 'all'; readonly of: readonly Condition[] };

/**
 * When a value is required. `missingCode` is V200 where the schema says always or unless, R303 where it says when.
 * `satisfiedBy` names fields that stand in.
 */
export interface Requirement {
  readonly condition: Condition;
  readonly missingCode: 'V200' | 'R303';
  readonly severity: Severity;
  readonly satisfiedBy: readonly string[];
}

export interface FieldSpec {
  readonly name: string;
  /** Position in the schema, 0-based: the position of its value in every record. */
  readonly index: number;
  readonly format: Format;
  /** In code points after trimming. */
  readonly maxLength: number;
  /** Name of the value set of a `code` field. */
  readonly codelist: string | null;
  /** The character that joins several values, or null where one value is allowed. */
  readonly multiple: string | null;
  /** The few values of an `enum`, or the one of a `constant`. */
  readonly values: readonly string[];
  /** A value that means there is none (a date without symptoms, say). */
  readonly absentValue: string | null;
  readonly required: Requirement | null;
  readonly allowedWhen: Condition | null;
  /** False where a moment ahead of now is in order. */
  readonly notInFuture: boolean;
  /** A text that identifies something (a sample, a test): a number in scientific notation there has lost digits. */
  readonly identifier: boolean;
  /** Never written to a log, a metric or an operator stream. */
  readonly pii: boolean;
  /**
   * Severities that differ from the code's usual one, by code; `CODE:check` is for a value that has the format of the
   * number but not its check digits.
   */
  readonly severities: Readonly<Record<string, Severity>>;
}

/** Which fields say who the patient is: the identity `<patient>` of business keys. */
export interface PatientIdentity {
  readonly id: string;
  /** Compared, folded, when `id` is empty. */
  readonly fallback: readonly string[];
  readonly birthDate: string | null;
  readonly sex: string | null;
  /** Codes of `sex` that the number tells apart; codes in neither list agree with any number. */
  readonly sexCodes: { readonly male: readonly string[]; readonly female: readonly string[] };
  /** The fields that are superfluous when `id` is right (R306). */
  readonly block: readonly string[];
}

/** Rules across fields and records that a schema declares; each member names fields or message types. */
export interface CrossRules {
  /** R304: pairs [earlier, later]. */
  readonly dateOrder: readonly (readonly [string, string])[];
  /** R308: what is detected must have been tested. */
  readonly detectedWithin: { readonly detected: string; readonly tested: string } | null;
  /** R309: a test id whose checksum runs over its date. */
  readonly testIdWithDate: { readonly id: string; readonly date: string } | null;
  /** R310: the field that should hold the sender's own number. */
  readonly senderField: string | null;
  /** R311: an earlier message of `messageType` for the same patient, at most `days` apart by the named dates. */
  readonly follows: {
    readonly messageType: string;
    readonly days: number;
    readonly date: string;
    readonly earlierDates: readonly string[];
  } | null;
  /** R302: for a code field, the fields whose date it must be valid on, first filled first. */
  readonly codeDates: Readonly<Record<string, readonly string[]>>;
}

export interface MessageType {
  readonly name: string;
  readonly collection: string;
  /** Stored with each batch as schema_version. */
  readonly version: string;
  readonly fields: readonly FieldSpec[];
  /** Field names; `<patient>` stands for the patient identity. */
  readonly businessKey: readonly string[];
  readonly patient: PatientIdentity | null;
  readonly rules: CrossRules;
  /** The JSON Schema as read: what ajv compiles. */
  readonly schema: Readonly<Record<string, unknown>>;
}

export interface CodelistEntry {
  readonly code: string;
  readonly labels: Readonly<Record<string, string>>;
  /** First and last day it is valid, YYYY-MM-DD, or null for no bound. */
  readonly validFrom: string | null;
  readonly validTo: string | null;
  readonly system: string | null;
}

export interface Codelist {
  readonly name: string;
  /** Closed: an unknown code rejects the record. */
  readonly closed: boolean;
  readonly basis: string;
  readonly entries: readonly CodelistEntry[];
}

/** All message types and value sets in force: read whole, frozen, swapped whole. */
export interface Catalogue {
  readonly types: ReadonlyMap<string, MessageType>;
  readonly codelists: ReadonlyMap<string, Codelist>;
}
