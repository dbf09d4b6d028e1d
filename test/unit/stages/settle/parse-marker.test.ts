import { parseMarker } from '../../../../src/stages/settle/parse-marker';

const SHA = 'ab'.repeat(32);

it.each([
  ['', null, null],
  ['records=1200', 1200, null],
  [`sha256=${SHA}\nrecords=0\n`, 0, SHA],
  [`RECORDS = 7 \r\n Sha256=${SHA.toUpperCase()}\r\n`, 7, SHA],
  ['records=5\nrecords=6', 5, null],
  ['records=many\nrecords=-3\nrecords=1.5\nrecords=12a', null, null],
  [`records=${'9'.repeat(16)}`, null, null],
  ['sha256=abcd', null, null],
  [`done\nrecords:5\nxrecords=5\nmd5=${SHA}`, null, null],
  ['\ufeffrecords=5', 5, null],
  [`records=5\rsha256=${SHA}`, 5, SHA],
])('%j', (text, records, sha256) => {
  expect(parseMarker(Buffer.from(text))).toEqual({ records, sha256 });
});

it('reads UTF-16 of a Windows shell, and takes any bytes', () => {
  expect(parseMarker(Buffer.from('\ufeffrecords=5\r\n', 'utf16le'))).toEqual({ records: 5, sha256: null });
  expect(parseMarker(Uint8Array.of(0, 0xff, 0x0a, 0x80))).toEqual({ records: null, sha256: null });
});
