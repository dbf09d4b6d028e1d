/** Whether a field's value may be missing, and whether it may be there, as the other values of its record say. Pure. */
import type { Condition, FieldSpec } from '../../domain/message-type';
import { compileCondition, type Holds, type Positions } from './condition';

export interface Presence {
  /** Whether an empty value breaks a rule; null where none asks for one. */
  readonly mustBeFilled: Holds | null;
  /** Whether a value breaks a rule; null where none speaks against one. */
  readonly mustBeEmpty: Holds | null;
}

export function createPresence({ required, allowedWhen }: FieldSpec, positions: Positions): Presence {
  return {
    mustBeFilled: required === null ? null : createRequirement(required.condition, required.satisfiedBy, positions),
    mustBeEmpty: allowedWhen === null ? null : not(compileCondition(allowedWhen, positions)),
  };
}

function createRequirement(condition: Condition, satisfiedBy: readonly string[], positions: Positions): Holds {
  const isDue = compileCondition(condition, positions);
  if (satisfiedBy.length === 0) return isDue;
  const stands = compileCondition({ kind: 'any-present', fields: satisfiedBy }, positions);
  return (values) => isDue(values) && !stands(values);
}

function not(holds: Holds): Holds {
  return (values) => !holds(values);
}
