import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { firstInvalidUtf8 } from '../../../../src/stages/parse/utf8';
import { inspectBytes } from './read-text';

const bytes = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

it.each([
  ['ASCII', bytes('abc'), 'utf-8', false],
  ['UTF-8', bytes('é€𝒳'), 'utf-8', false],
  ['UTF-8 with BOM', bytes('\ufeffé'), 'utf-8', true],
  ['Windows-1252', bytes('a', [0xe9]), 'windows-1252', false],
  ['cut off in a character', bytes('a', [0xe2, 0x82]), 'windows-1252', false],
  ['UTF-16LE', utf16('\ufeffé'), 'utf-16le', true],
  ['UTF-16BE', utf16('\ufeffé').swap16(), 'utf-16be', true],
] as const)('%s', (_name, input, encoding, bom) => {
  const told = { bytes: input.length, encoding, bom, blank: false, opensJson: false, refusal: null };
  expect(inspectBytes(input)).toEqual(told);
});

it.each([
  ['nothing', '', false],
  ['blanks alone', ' \n\t', false],
  ['a list', '[1]', true],
  ['an object behind blanks', ' \r\n {"a":1}', true],
  ['a header line', 'a;[b]', false],
])('whether %s opens JSON, in every encoding and chunk by chunk', (_name, text, opensJson) => {
  const inputs = [text, `\ufeff${text}`].map((each) => Buffer.from(each));
  for (const input of [...inputs, utf16(`\ufeff${text}`), utf16(`\ufeff${text}`).swap16()])
    for (const size of [1, 2, 1000]) expect(inspectBytes(input, size).opensJson).toBe(opensJson);
});

it.each([
  ['ZIP', [0x50, 0x4b, 0x03, 0x04, 0x14]],
  ['GZIP', [0x1f, 0x8b, 0x08]],
  ['7-Zip', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['RAR', bytes('Rar!', [0x1a, 0x07, 0x00])],
  ['XZ', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['ZSTD', [0x28, 0xb5, 0x2f, 0xfd]],
  ['BZIP2', bytes('BZh91AY&SY')],
  ['PDF', bytes('%PDF-1.7')],
  ['XLS/DOC', [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]],
  ['XLSX/DOCX', bytes('PK', [3, 4], 'x'.repeat(26), '[Content_Types].xml')],
  ['ODS/ODT', bytes('PK', [3, 4], 'mimetypeapplication/vnd.oasis.opendocument.spreadsheet')],
  ['UTF-16', utf16('SampleId;City\n')],
  ['UTF-16', utf16('SampleId;City\n').swap16()],
  ['UTF-32', bytes([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0])],
  ['NUL', bytes('Sample\0Id;City\n')],
  ['NUL', utf16('\ufeffSample\0Id\n')],
])('F010 %s', (kind, input) => {
  for (const size of [1, 7, 1000])
    expect(inspectBytes(Buffer.from(input), size).refusal).toEqual({ code: 'F010', kind });
});

it.each([
  ['PKs are no archive', bytes('PK;City\n')],
  ['NUL behind the first line', bytes('SampleId\n\0\n')],
  ['NUL behind a first line that ends in CR', bytes('SampleId\r\0')],
])('no F010: %s', (_name, input) => {
  expect(inspectBytes(input).refusal).toBeNull();
});

it.each([
  ['undefined byte', bytes('abc', [0xe9, 0x9d]), 4],
  ['undefined byte in what began as UTF-8', bytes('Á', [0xe9]), 1],
  ['invalid UTF-8 behind a BOM', bytes('\ufeffab', [0xe9, 0x41]), 5],
  ['UTF-8 with BOM cut off', bytes('\ufeffab', [0xe2, 0x82]), 5],
  ['UTF-16 of odd length', Buffer.concat([utf16('\ufeffab'), Buffer.of(0x41)]), 6],
  ['low surrogate alone', utf16('\ufeffa\udc00b'), 4],
  ['high surrogate alone', utf16('\ufeffa\ud800b'), 4],
  ['high surrogate at the end', utf16('\ufeffa\ud800'), 4],
])('P102 %s', (_name, input, byte) => {
  for (const size of [1, 2, 3, 1000]) expect(inspectBytes(input, size).refusal).toEqual({ code: 'P102', byte });
});

it.each([
  ['nothing', bytes(), true],
  ['blanks', bytes(' \t\r\n'), true],
  ['BOM', bytes('\ufeff \n'), true],
  ['UTF-16 blanks', utf16('\ufeff \r\n'), true],
  ['a letter behind many blanks', bytes(' '.repeat(1000), 'a'), false],
])('blank: %s', (_name, input, blank) => {
  expect(inspectBytes(input).blank).toBe(blank);
});

it('takes for UTF-8 what is UTF-8, whatever the chunks', () => {
  const pieces = fc
    .oneof(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 4, min: 0x80 }))
    .map((piece) => Buffer.from(piece));
  const input = fc.array(pieces, { maxLength: 8 }).map((parts) => Buffer.concat([Buffer.from('x\n'), ...parts]));
  fc.assert(
    fc.property(input, fc.integer({ min: 1, max: 9 }), (content, size) => {
      const { encoding } = inspectBytes(content, size);
      expect(encoding).toBe(isUtf8(content) ? 'utf-8' : 'windows-1252');
      const valid = content.subarray(0, firstInvalidUtf8(content));
      expect(firstInvalidUtf8(valid)).toBe(valid.length);
    }),
  );
});
