/** Every field of every message with its rules, taken from the schemas, and what the suites ask of one. */
import type { FieldSpec, MessageType } from '../../../../src/domain/message-type';
import { type Fields, judge, onField, types } from './support';

export const cases = types.flatMap((type) =>
  type.fields.map((field) => ({ type, field, title: `${type.name} ${field.name}` })),
);

export const required = cases.flatMap(({ type, field, title }) =>
  field.required === null ? [] : [{ type, field, title, rule: field.required }],
);

export const optional = cases.filter(({ field }) => field.required === null);

export const restricted = cases.flatMap(({ type, field, title }) =>
  field.allowedWhen === null ? [] : [{ type, field, title, condition: field.allowedWhen }],
);

export const pairs = types.flatMap((type) =>
  type.rules.dateOrder.map(([earlier, later]) => ({
    type,
    earlier,
    later,
    title: `${type.name}: ${earlier}, ${later}`,
  })),
);

export function fieldNamed(type: MessageType, name: string): FieldSpec {
  return type.fields.find((field) => field.name === name)!;
}

/** Codes of the findings on one field of the record. */
export function codesOn(type: MessageType, fields: Fields, name: string): readonly string[] {
  return onField(judge(type, fields).findings, name).map(({ code }) => code);
}
