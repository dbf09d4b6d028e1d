/** Conditions of a schema as functions over a record's values, and in words that hold in every language. Pure. */
import type { Condition, FieldSpec } from '../../domain/message-type';

export type Holds = (values: readonly string[]) => boolean;

/** Whether the field of a position has a value. */
export type IsFilled = (index: number) => boolean;

/** Where each field's value stands, by name. */
export type Positions = ReadonlyMap<string, number>;

export function positionsOf(fields: readonly FieldSpec[]): Positions {
  return new Map(fields.map((field) => [field.name, field.index]));
}

/** Positions of the named fields; a name without a field is left out. */
export function positionsOfNames(names: readonly string[], positions: Positions): readonly number[] {
  return names.flatMap((name) => positions.get(name) ?? []);
}

export function compileCondition(condition: Condition, positions: Positions): Holds {
  switch (condition.kind) {
    case 'always':
      return () => true;
    case 'any-present': {
      const indices = positionsOfNames(condition.fields, positions);
      return (values) => isAnyFilled(values, indices);
    }
    case 'none-present': {
      const indices = positionsOfNames(condition.fields, positions);
      return (values) => !isAnyFilled(values, indices);
    }
    case 'equals': {
      const index = positions.get(condition.field) ?? -1;
      const folded = condition.value.toLowerCase();
      return (values) => values[index]?.toLowerCase() === folded;
    }
    case 'all': {
      const parts = condition.of.map((part) => compileCondition(part, positions));
      return (values) => parts.every((holds) => holds(values));
    }
  }
}

function isAnyFilled(values: readonly string[], indices: readonly number[]): boolean {
  for (const index of indices) if (values[index] !== '') return true;
  return false;
}

/** Names of all fields that the condition looks at. */
export function fieldsOf(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'always':
      return [];
    case 'any-present':
    case 'none-present':
      return condition.fields;
    case 'equals':
      return [condition.field];
    case 'all':
      return condition.of.flatMap(fieldsOf);
  }
}

/** Those whose value it compares, and not only whether there is one. */
export function comparedFields(condition: Condition): readonly string[] {
  if (condition.kind === 'all') return condition.of.flatMap(comparedFields);
  return condition.kind === 'equals' ? [condition.field] : [];
}

/** Why the condition holds for these values: names of fields, with values only where the schema itself has them. */
export function describeHolding(condition: Condition, values: readonly string[], positions: Positions): string {
  switch (condition.kind) {
    case 'always':
      return '';
    case 'any-present':
      return condition.fields.filter((name) => values[positions.get(name) ?? -1] !== '').join(', ');
    case 'none-present':
      return `${condition.fields.join(', ')} = ""`;
    case 'equals':
      return `${condition.field} = ${condition.value}`;
    case 'all':
      return condition.of.map((part) => describeHolding(part, values, positions)).join(' & ');
  }
}

/** What stands in the way of the condition: the opposite of what it asks. */
export function describeFailing(condition: Condition): string {
  switch (condition.kind) {
    case 'always':
      return '';
    case 'any-present':
      return `${condition.fields.join(', ')} = ""`;
    case 'none-present':
      return condition.fields.join(', ');
    case 'equals':
      return `${condition.field} ≠ ${condition.value}`;
    case 'all':
      return condition.of.map(describeFailing).join(' & ');
  }
}
