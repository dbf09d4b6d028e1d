import { checkRecordTotal, checkSha256, checkSize } from '../../../../src/stages/settle/check-totals';

it.each([
  [null, 5, []],
  [5, 5, []],
  [0, 0, []],
  [6, 5, [{ code: 'F011', params: { declared: 6, counted: 5 } }]],
  [0, 5, [{ code: 'F011', params: { declared: 0, counted: 5 } }]],
])('%s declared, %s counted', (records, counted, findings) => {
  expect(checkRecordTotal({ records }, counted)).toMatchObject(findings);
});

it.each([
  [null, 'ab', []],
  ['ab', 'ab', []],
  ['ab', 'cd', [{ code: 'F012', severity: 'error', params: { declared: 'ab', computed: 'cd' } }]],
])('%s declared, %s computed', (sha256, computed, findings) => {
  expect(checkSha256({ sha256 }, computed)).toMatchObject(findings);
});

it.each([
  [100, 100, []],
  [101, 100, [{ code: 'F009', params: { bytes: 101, maxBytes: 100 } }]],
])('%s bytes of %s', (bytes, maxBytes, findings) => {
  expect(checkSize(bytes, maxBytes)).toMatchObject(findings);
});
