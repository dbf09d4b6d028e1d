import type { FindingDetails } from '../../../../src/domain/create-finding';
import type { FindingCode } from '../../../../src/domain/codes';
import { inLineOrder } from '../../../../src/stages/report/in-line-order';
import { makeStored } from './fixtures';

const onFile = (code: FindingCode, line: number | null): [FindingCode, FindingDetails] => [code, { line }];
const onRecord = (record: number, line = record + 1): [FindingCode, FindingDetails] => ['V200', { line, record }];

test.each([
  ['none', [], []],
  ['none on records', [onFile('F005', null), onFile('P108', 3)], [1, 2]],
  ['none on the file', [onRecord(1), onRecord(2)], [1, 2]],
  ['no line before all others', [onRecord(1), onFile('F005', null)].reverse(), [1, 2]],
  ['the same line', [onFile('P108', 3), onRecord(1), onRecord(2), onRecord(3)], [2, 1, 3, 4]],
  ['the last line', [onFile('H102', 1), onFile('P111', 9), onRecord(1), onRecord(4)], [1, 3, 4, 2]],
])('findings on the file stand where they are: %s', (_, details, order) => {
  const numbered = details.map(([code, more], index) => makeStored(code, more, index + 1));
  expect([...inLineOrder(() => numbered)].map(({ seq }) => seq)).toEqual(order);
});
