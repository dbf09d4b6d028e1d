import { decideWithinFile } from '../../../../src/stages/route/decide-within-file';

test.each([
  [{ differing: false, first: true }, 'kept'],
  [{ differing: false, first: false }, 'repeated'],
  [{ differing: true, first: true }, 'conflict'],
  [{ differing: true, first: false }, 'conflict'],
] as const)('%j is %s', (twin, decision) => {
  expect(decideWithinFile(twin)).toBe(decision);
});
