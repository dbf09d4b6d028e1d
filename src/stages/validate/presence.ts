/** Whether a field's value may be missing, and whether it may be there, as the other values of its record say. Pure. */
import type { Condition, FieldSpec } from '../../domain/message-type';
import { comparedFields, compileCondition, fieldsOf, type Holds, type Positions, positionsOfNames } from './condition';

export interface PresenceRule {
  readonly isBroken: Holds;
  /** Positions of the fields it looks at. */
  readonly reads: readonly number[];
  /** Those of them whose value it compares; of the others it only asks whether they are filled. */
  readonly compares: readonly number[];
}

export interface Presence {
  /** Is broken by an empty value; null where none is asked for. */
  readonly mustBeFilled: PresenceRule | null;
  /** Is broken by a value; null where nothing speaks against one. */
  readonly mustBeEmpty: PresenceRule | null;
}

export function createPresence({ required, allowedWhen }: FieldSpec, positions: Positions): Presence {
  return {
    mustBeFilled: required === null ? null : createRequirement(required.condition, required.satisfiedBy, positions),
    mustBeEmpty: allowedWhen === null ? null : createProhibition(allowedWhen, positions),
  };
}

function createRequirement(condition: Condition, satisfiedBy: readonly string[], positions: Positions): PresenceRule {
  const isDue = compileCondition(condition, positions);
  const stands = compileCondition({ kind: 'any-present', fields: satisfiedBy }, positions);
  return {
    isBroken: satisfiedBy.length === 0 ? isDue : (values) => isDue(values) && !stands(values),
    reads: positionsOfNames([...fieldsOf(condition), ...satisfiedBy], positions),
    compares: positionsOfNames(comparedFields(condition), positions),
  };
}

function createProhibition(allowedWhen: Condition, positions: Positions): PresenceRule {
  const isAllowed = compileCondition(allowedWhen, positions);
  return {
    isBroken: (values) => !isAllowed(values),
    reads: positionsOfNames(fieldsOf(allowedWhen), positions),
    compares: positionsOfNames(comparedFields(allowedWhen), positions),
  };
}
