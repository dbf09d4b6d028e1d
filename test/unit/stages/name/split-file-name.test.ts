import { relatedNames, splitFileName } from '../../../../src/stages/name/split-file-name';

it.each([
  ['X', 'data', 'X', '', ['X']],
  ['X.csv', 'data', 'X', 'csv', ['X.csv']],
  ['X.JSON', 'data', 'X', 'JSON', ['X.JSON']],
  ['X.ok', 'marker', 'X', '', ['X', 'X.csv', 'X.json']],
  ['X.OK', 'marker', 'X', '', ['X', 'X.csv', 'X.json']],
  ['X.csv.ok', 'marker', 'X', 'csv', ['X.csv', 'X', 'X.json']],
  ['X.Json.Ok', 'marker', 'X', 'Json', ['X.Json', 'X', 'X.csv']],
  ['X.txt.ok', 'marker', 'X.txt', '', ['X.txt', 'X.txt.csv', 'X.txt.json']],
  ['X.cancel', 'cancel', 'X', '', ['X', 'X.csv', 'X.json']],
  ['X.csv.CANCEL', 'cancel', 'X', 'csv', ['X.csv', 'X', 'X.json']],
  ['X.filepart', 'temporary', 'X.filepart', 'filepart', []],
  ['X.csv.PART', 'temporary', 'X.csv.PART', 'PART', []],
  ['X.ok.partial', 'temporary', 'X.ok.partial', 'partial', []],
  ['X.tmp', 'temporary', 'X.tmp', 'tmp', []],
  ['.X.csv', 'temporary', '.X.csv', 'csv', []],
  ['.ok', 'temporary', '.ok', '', []],
  ['X.csv~', 'temporary', 'X.csv~', 'csv~', []],
  ['X.txt', 'other', 'X.txt', 'txt', []],
  ['X.csv.gz', 'other', 'X.csv.gz', 'gz', []],
  ['X.', 'other', 'X.', '', []],
  ['X.ok.csv', 'data', 'X.ok', 'csv', ['X.ok.csv']],
])('%s is %s', (name, kind, base, extension, dataNames) => {
  expect(splitFileName(name)).toEqual({ kind, base, extension, dataNames });
});

it.each([
  ['X.csv', 'X.csv.ok', true],
  ['X.csv', 'X.ok', true],
  ['X.Csv', 'X.Csv.ok', true],
  ['X', 'X.OK', true],
  ['X.csv', 'X.cancel', true],
  ['X.ok', 'X.CSV', true],
  ['X.json.ok', 'X', true],
  ['X.ok', 'X.ok', false],
  ['X.txt', 'X.ok', false],
])('%s brings %s to mind: %s', (name, other, related) => {
  expect(relatedNames(name).includes(other)).toBe(related);
});

it('relates no name that no file can have', () => {
  const base = 'é'.repeat(126);
  expect(relatedNames(`${base}.ok`)).toEqual([base, `${base}.OK`]);
});
