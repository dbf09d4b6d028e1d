/**
 * What a message schema and a value set must look like before anything is built from them: JSON Schemas that ajv
 * checks the files against. The vocabulary of a message schema is plain JSON Schema plus the keywords whose names begin
 * with `x-`, each described here.
 */
import { FORMATS } from '../../domain/message-type';
import { SEVERITIES } from '../../domain/severity';

const name = { type: 'string', minLength: 1 };
const names = { type: 'array', items: name, minItems: 1 };
const codes = { type: 'array', items: name };
const day = { type: ['string', 'null'], pattern: '^\\d{4}-\\d{2}-\\d{2}$' };
const severity = { enum: SEVERITIES };

/** An object without other members than these; those whose name ends in `?` may be left out. */
function object(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const properties = Object.fromEntries(Object.entries(members).map(([key, value]) => [key.replace('?', ''), value]));
  const required = Object.keys(members).filter((key) => !key.endsWith('?'));
  return { type: 'object', properties, required, additionalProperties: false };
}

/** A condition: the name of one in `x-conditions`, or one written out. */
const condition = { anyOf: [name, { $ref: '#/definitions/condition' }] };

const definitions = {
  condition: {
    type: 'object',
    required: ['kind'],
    oneOf: [
      object({ kind: { const: 'always' } }),
      object({ kind: { enum: ['any-present', 'none-present'] }, fields: names }),
      object({ kind: { const: 'equals' }, field: name, value: { type: 'string' } }),
      object({ kind: { const: 'all' }, of: { type: 'array', items: condition, minItems: 1 } }),
    ],
  },
};

const required = {
  anyOf: [
    { const: true },
    object({ when: condition, 'severity?': severity, 'satisfiedBy?': names }),
    object({ unless: condition, 'severity?': severity, 'satisfiedBy?': names }),
  ],
};

const field = {
  type: 'object',
  required: ['type', 'x-format'],
  additionalProperties: false,
  properties: {
    title: { type: 'string' },
    description: { type: 'string' },
    examples: { type: 'array' },
    type: { const: 'string' },
    /** In code points; 255 where it is left out. */
    maxLength: { type: 'integer', minimum: 1, maximum: 32_767 },
    /** What the value is: one of `FORMATS`. */
    'x-format': { enum: FORMATS },
    /** The value set of a `code`. */
    'x-codelist': name,
    /** The character between several values. */
    'x-multiple': { type: 'string', minLength: 1, maxLength: 1 },
    /** The values of an `enum`, or the one of a `constant`. */
    'x-values': names,
    /** The value that means there is none. */
    'x-absent-value': name,
    /** true, or `{when}` (R303) or `{unless}` (V200) a condition holds; `satisfiedBy` names fields that stand in. */
    'x-required': required,
    /** A value is allowed only when this holds (R305). */
    'x-allowed-when': condition,
    /** The moment may lie ahead of now. */
    'x-future': { type: 'boolean' },
    /** A text that identifies something: no scientific notation (V203). */
    'x-identifier': { type: 'boolean' },
    /** Severities that differ from the usual one, by code, or `CODE:check` for a wrong check digit alone. */
    'x-severity': { type: 'object', additionalProperties: severity },
    /** Personal: never written to a log, a metric or an operator's stream. */
    'x-pii': { type: 'boolean' },
    /** The description in other languages than English. */
    'x-description': { type: 'object', additionalProperties: { type: 'string' } },
  },
};

const follows = object({
  messageType: name,
  days: { type: 'integer', minimum: 1 },
  date: name,
  earlierDates: names,
});

export const MESSAGE_SHAPE = {
  definitions,
  type: 'object',
  required: ['title', 'x-version', 'x-business-key', 'type', 'properties'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    $id: { type: 'string' },
    description: { type: 'string' },
    /** The message type's name, as in file names. */
    title: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9]*$' },
    /** Stored with each batch. */
    'x-version': name,
    /** Who sends it; for readers of the schema. */
    'x-sent-by': names,
    /** Fields that identify a record within sender and type; `<patient>` is the patient's identity. */
    'x-business-key': names,
    /** Which fields say who the patient is. */
    'x-patient': object({
      id: name,
      fallback: codes,
      'birthDate?': name,
      'sex?': name,
      'sexCodes?': object({ male: codes, female: codes }),
      'block?': codes,
    }),
    /** Conditions with a name, for use in `x-required` and `x-allowed-when`. */
    'x-conditions': { type: 'object', additionalProperties: { $ref: '#/definitions/condition' } },
    /** Rules across fields and records: see `CrossRules`. */
    'x-rules': object({
      'dateOrder?': { type: 'array', items: { type: 'array', items: name, minItems: 2, maxItems: 2 } },
      'detectedWithin?': object({ detected: name, tested: name }),
      'testIdWithDate?': object({ id: name, date: name }),
      'senderField?': name,
      'follows?': follows,
      'codeDates?': { type: 'object', additionalProperties: names },
    }),
    type: { const: 'object' },
    required: names,
    properties: { type: 'object', minProperties: 1, additionalProperties: field },
  },
};

export const CODELIST_SHAPE = object({
  name,
  /** Closed: an unknown code rejects the record. */
  closed: { type: 'boolean' },
  /** Where the codes come from. */
  basis: { type: 'string' },
  codes: {
    type: 'array',
    items: object({
      code: name,
      'labels?': { type: 'object', additionalProperties: { type: 'string' } },
      'validFrom?': day,
      'validTo?': day,
      'system?': { type: ['string', 'null'] },
    }),
  },
});
