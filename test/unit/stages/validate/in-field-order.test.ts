import { createFinding, type FindingDetails } from '../../../../src/domain/create-finding';
import { inFieldOrder } from '../../../../src/stages/validate/in-field-order';

const POSITIONS = new Map([
  ['a', 0],
  ['b', 1],
  ['c', 2],
]);

test.each<[string, readonly FindingDetails[], string]>([
  ['by field, whoever found it', [{ field: 'c' }, { field: 'a' }, { field: 'b' }], 'a b c'],
  [
    'two on one field as they came',
    [{ field: 'b', value: '1' }, { field: 'a' }, { field: 'b', value: '2' }],
    'a b1 b2',
  ],
  ['unknown names last', [{ field: 'x' }, { field: '__proto__' }, { field: 'c' }], 'c x __proto__'],
  ['the record before its fields', [{ field: 'a' }, { field: null }], '- a'],
])('findings of a record are told %s', (_, details, order) => {
  const findings = details.map((each) => createFinding('P103', each));
  const told = inFieldOrder(findings, POSITIONS).map(({ field, value }) => (field ?? '-') + (value ?? ''));
  expect(told.join(' ')).toBe(order);
});

test('a lacking field is told of the record', () => {
  const nul = createFinding('P103', { field: 'a' });
  const lacking = createFinding('H101', { scope: 'record', field: 'c' });
  expect(inFieldOrder([nul, lacking], POSITIONS)).toEqual([lacking, nul]);
});
