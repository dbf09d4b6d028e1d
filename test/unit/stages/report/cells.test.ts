import fc from 'fast-check';
import Papa from 'papaparse';
import { decodeRecord } from '../../../../src/stages/parse/decode-text';
import { renderCsvRow } from '../../../../src/stages/report/csv-row';
import { encodeText } from '../../../../src/stages/report/encode-text';
import { guardFormula } from '../../../../src/stages/report/guard-formula';
import { showControls } from '../../../../src/stages/report/show-controls';
import { bytesOf } from './fixtures';

describe('guardFormula', () => {
  it.each([
    '=1+1',
    '=HYPERLINK("http://x")',
    '+A1',
    '-A1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '-',
    '+',
    '=',
    '-1-2',
    '+1-2',
    '--1',
    '1.5'.replace('1', '-x'),
    '+32470cmd',
    '-1.5e3',
  ])('puts a quote before %j', (cell) => {
    expect(guardFormula(cell)).toBe(`'${cell}`);
  });

  it.each([
    '',
    'abc',
    '1=2',
    '-1',
    '-1.5',
    '-0,25',
    '+12',
    '+32470123456',
    '+32 470 12 34 56',
    '+32 (0)2/555.12.34',
    "'=1",
    ' =1',
    'é',
  ])('leaves %j as it is', (cell) => {
    expect(guardFormula(cell)).toBe(cell);
  });
});

describe('renderCsvRow', () => {
  it.each([
    [['a', 'b'], ';', 'a;b'],
    [['a;b', 'c'], ';', '"a;b";c'],
    [['a;b', 'c'], ',', 'a;b,c'],
    [['say "x"', ''], ',', '"say ""x""",'],
    [['a\tb'], '\t', '"a\tb"'],
    [[' a', 'b '], '|', '" a"|"b "'],
    [['=A1;x'], ';', `"'=A1;x"`],
  ])('%j with %j', (cells, delimiter, expected) => {
    expect(renderCsvRow(cells, delimiter)).toBe(expected);
  });

  it('is read back by another reader', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => guardFormula(text) === text);
    fc.assert(
      fc.property(
        fc.array(cell, { minLength: 2, maxLength: 6 }),
        fc.constantFrom(';', ',', '\t', '|'),
        (cells, delimiter) => {
          const { data } = Papa.parse<string[]>(renderCsvRow(cells, delimiter), { delimiter, newline: '\r\n' });
          expect(data).toEqual([cells]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('encodeText', () => {
  const text = 'Aé€…“”œ😀';

  it.each(['utf-8', 'utf-16le', 'utf-16be'] as const)('%s, with and without BOM', (encoding) => {
    const plain = bytesOf(encodeText([text], { encoding, bom: false }));
    expect(new TextDecoder(encoding, { ignoreBOM: true }).decode(plain)).toBe(text);
    const marked = bytesOf(encodeText([text], { encoding, bom: true }));
    expect(new TextDecoder(encoding, { ignoreBOM: true }).decode(marked)).toBe(`\ufeff${text}`);
  });

  it('writes every character of Windows-1252 as its byte', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte).filter(
      (byte) => ![0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(byte),
    );
    const decoded = decodeRecord(bytes, { encoding: 'windows-1252' });
    expect(bytesOf(encodeText([decoded], { encoding: 'windows-1252', bom: false }))).toEqual(Buffer.from(bytes));
  });

  it('writes ? for a character that Windows-1252 lacks', () => {
    expect(bytesOf(encodeText(['aĀ😀\u0081b'], { encoding: 'windows-1252', bom: true })).toString('latin1')).toBe(
      'a???b',
    );
  });

  it('makes pieces of bounded size, with the BOM once', () => {
    const texts = Array.from({ length: 100 }, () => 'x'.repeat(5000));
    const pieces = [...encodeText(texts, { encoding: 'utf-8', bom: true })];
    expect(pieces.length).toBeGreaterThan(5);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(80_000);
    expect(bytesOf(pieces).length).toBe(500_003);
  });

  it('makes no piece of nothing', () => {
    expect([...encodeText([], { encoding: 'utf-8', bom: false })]).toEqual([]);
  });
});

describe('showControls', () => {
  it.each([
    ['a\u0000b', 'a\u2400b'],
    ['a\r\nb', 'a\u240d\u240ab'],
    ['a\u007f', 'a\u2421'],
    ['\u202eabc\u2066', '\ufffdabc\ufffd'],
    ['a\u0085b', 'a\ufffdb'],
    ['Zoë\u00a0€', 'Zoë\u00a0€'],
  ])('%j', (text, expected) => {
    expect(showControls(text)).toBe(expected);
  });
});
