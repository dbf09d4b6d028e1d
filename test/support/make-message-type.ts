/** A message type for tests: text fields, no rule, no key; the members that matter are given. */
import type { CrossRules, FieldSpec, MessageType } from '../../src/domain/message-type';

const NO_RULES: CrossRules = {
  dateOrder: [],
  detectedWithin: null,
  testIdWithDate: null,
  senderField: null,
  follows: null,
  codeDates: {},
};

export interface MessageTypeOverrides extends Partial<Omit<MessageType, 'fields' | 'rules'>> {
  readonly rules?: Partial<CrossRules>;
}

export function makeMessageType(fieldNames: readonly string[], overrides: MessageTypeOverrides = {}): MessageType {
  const { rules, ...rest } = overrides;
  return {
    name: 'Invented',
    collection: 'invented',
    version: '1',
    fields: fieldNames.map(textField),
    businessKey: [],
    patient: null,
    rules: { ...NO_RULES, ...rules },
    schema: {},
    ...rest,
  };
}

function textField(name: string, index: number): FieldSpec {
  return {
    name,
    index,
    format: 'text',
    maxLength: 255,
    codelist: null,
    multiple: null,
    values: [],
    absentValue: null,
    required: null,
    allowedWhen: null,
    notInFuture: false,
    pii: false,
    severities: {},
    identifier: false,
  };
}
