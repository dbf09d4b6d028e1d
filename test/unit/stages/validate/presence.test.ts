/** Every field that must be there, may be empty, or is allowed under a condition only: in both directions. */
import type { Condition, MessageType } from '../../../../src/domain/message-type';
import { codesOn, fieldNamed, optional, required, restricted } from './field-cases';
import { anyValue } from './field-samples';
import { type Fields, judge, onField, rightRecord } from './support';

/** Changes a record so that the condition holds, and leaves the field `except` alone. */
function fulfil(type: MessageType, fields: Fields, condition: Condition, except = ''): Fields {
  switch (condition.kind) {
    case 'always':
      return fields;
    case 'any-present': {
      const name = condition.fields.find((each) => each !== except)!;
      return { ...fields, [name]: anyValue(fieldNamed(type, name)) };
    }
    case 'none-present':
      return { ...fields, ...Object.fromEntries(condition.fields.map((name) => [name, ''])) };
    case 'equals':
      return { ...fields, [condition.field]: condition.value.toLowerCase() };
    case 'all':
      return condition.of.reduce((changed, part) => fulfil(type, changed, part, except), fields);
  }
}

/** Changes a record so that the condition does not hold. */
function thwart(type: MessageType, fields: Fields, condition: Condition): Fields {
  switch (condition.kind) {
    case 'any-present':
      return fulfil(type, fields, { kind: 'none-present', fields: condition.fields });
    case 'none-present':
      return fulfil(type, fields, { kind: 'any-present', fields: condition.fields });
    case 'equals':
      return { ...fields, [condition.field]: '' };
    case 'all':
      return thwart(type, fields, condition.of[0]!);
    default:
      throw new Error('always holds');
  }
}

describe('every required field', () => {
  it.each(required)('$title: missing', ({ type, field, rule }) => {
    const emptied = {
      ...rightRecord(type),
      ...Object.fromEntries([field.name, ...rule.satisfiedBy].map((name) => [name, ''])),
    };
    const due = fulfil(type, emptied, rule.condition, field.name);
    const [finding, ...more] = onField(judge(type, due).findings, field.name);
    expect(finding).toMatchObject({ code: rule.missingCode, severity: rule.severity, value: '', line: 2, record: 1 });
    expect(more).toEqual([]);
    for (const filled of [field.name, ...rule.satisfiedBy]) {
      const right = { ...due, [filled]: anyValue(fieldNamed(type, filled)) };
      expect(codesOn(type, right, field.name)).not.toContain(rule.missingCode);
    }
    if (rule.condition.kind !== 'always') {
      const notDue = { ...thwart(type, due, rule.condition), [field.name]: '' };
      expect(codesOn(type, notDue, field.name)).not.toContain(rule.missingCode);
    }
  });
});

describe('every optional field', () => {
  it.each(optional)('$title: may be empty', ({ type, field }) => {
    expect(codesOn(type, { ...rightRecord(type), [field.name]: '' }, field.name)).toEqual([]);
  });
});

describe('every field with a condition', () => {
  it.each(restricted)('$title: is allowed only then', ({ type, field, condition }) => {
    const filled = { ...rightRecord(type), [field.name]: anyValue(field) };
    expect(codesOn(type, fulfil(type, filled, condition), field.name)).toEqual([]);
    expect(codesOn(type, thwart(type, filled, condition), field.name)).toEqual(['R305']);
    expect(codesOn(type, thwart(type, { ...filled, [field.name]: '' }, condition), field.name)).toEqual([]);
  });
});
