import { versionOrder } from '../../../../src/stages/route/version-order';

test('sorts by the time in the name, then by arrival, and a name without a time first', () => {
  const inOrder = [
    versionOrder(null, '2021-05-01T00:00:00.000Z'),
    versionOrder('2021-04-03 12:00:00', '2021-04-03T09:00:00.000Z'),
    versionOrder('2021-04-03 12:00:00', '2021-04-03T10:00:00.000Z'),
    versionOrder('2021-04-03 12:00:01', '2021-04-01T00:00:00.000Z'),
  ];
  expect([...inOrder].reverse().sort()).toEqual(inOrder);
});
