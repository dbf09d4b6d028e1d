import { isInFieldOrder } from '../../../src/domain/plain-record';

it.each([
  [[], true],
  [[-1, -1], true],
  [[0, 1, 2], true],
  [[-1, 0, -1, 2], true],
  [[1, 0], false],
  [[2, -1, 1], false],
  [[0, 0], false],
])('columns of the fields %j', (fieldOf, isInOrder) => {
  expect(isInFieldOrder(fieldOf)).toBe(isInOrder);
});
