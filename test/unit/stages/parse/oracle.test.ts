import fc from 'fast-check';
import { parse } from 'papaparse';
import { trimBlanks } from '../../../../src/stages/parse/blanks';
import { lexLine } from '../../../../src/stages/parse/lex-line';
import { splitCsvRecord } from '../../../../src/stages/parse/split-csv-record';
import { readText } from './read-text';

const NAMES = ['SampleId', 'BirthDate', 'City', 'Result'];
const DELIMITER = fc.constantFrom(';', ',', '\t', '|');
const LINE_END = fc.constantFrom('\n', '\r\n', '\r');
const CELL = fc
  .string({ unit: fc.constantFrom('a', 'é', '0', '"', ';', ',', '|', '\t', ' ', "'", '𝒳', '='), maxLength: 6 })
  .map(trimBlanks);
const ROW = fc.tuple(fc.constantFrom('1', 'x'), CELL, CELL, CELL);

function write(cell: string, delimiter: string, always: boolean): string {
  return always || cell.includes('"') || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

it('reads well-formed CSV as papaparse does', () => {
  const file = fc.record({
    delimiter: DELIMITER,
    lineEnd: LINE_END,
    rows: fc.array(ROW, { minLength: 1, maxLength: 5 }),
    quoted: fc.boolean(),
  });
  fc.assert(
    fc.property(file, fc.integer({ min: 1, max: 9 }), ({ delimiter, lineEnd, rows, quoted }, size) => {
      const lines = [NAMES, ...rows].map((row) => row.map((cell) => write(cell, delimiter, quoted)).join(delimiter));
      const text = lines.join(lineEnd) + lineEnd;
      const ours = readText(text, { size });
      const theirs = parse<string[]>(text, { delimiter, newline: lineEnd, skipEmptyLines: true }).data.slice(1);
      expect(ours.records.map(({ values }) => values)).toEqual(theirs);
      expect(ours.records.flatMap(({ findings }) => findings)).toEqual([]);
      expect(ours.result).toMatchObject({ rejected: false, dialect: { delimiter } });
    }),
  );
});

it('reads JSON as JSON.parse does', () => {
  const value = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  const object = fc.record({ SampleId: value, BirthDate: value, City: value, Result: value });
  const layout = fc.constantFrom(undefined, 1, '\t');
  fc.assert(
    fc.property(
      fc.array(object, { minLength: 1, maxLength: 4 }),
      layout,
      fc.integer({ min: 1, max: 9 }),
      (objects, indent, size) => {
        const text = JSON.stringify(objects, null, indent);
        const expected = objects.map((each) =>
          NAMES.map((name) => trimBlanks(JSON.parse(JSON.stringify(String(each[name as 'City']))) as string)),
        );
        const read = readText(text, { size });
        const values = read.records.map((record) => record.values);
        const withNul = (row: string[]): string[] => row.map((cell) => (cell.includes('\0') ? '' : cell));
        expect(values).toEqual(expected.map(withNul));
        expect(read.result.findings).toEqual([]);
      },
    ),
  );
});

it('never fails, and reads the same in chunks of any size, whatever the bytes', () => {
  const word = fc.constantFrom(
    'SampleId;BirthDate;City;Result\n',
    ';',
    '"',
    '\n',
    '\r',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"City"',
    '\\',
    '\\u',
    'null',
    '1',
    '.',
    'é',
    '\0',
    '\ufeff',
    ' ',
  );
  const piece = fc.oneof(
    word.map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 3 }).map((part) => Buffer.from(part)),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 30 }),
      fc.constantFrom('' as const, 'csv' as const, 'json' as const),
      (pieces, extension) => {
        const input = Buffer.concat(pieces);
        const whole = readText(input, { extension });
        for (const size of [1, 2, 3, 7]) {
          const { records, result } = readText(input, { extension, size });
          expect(records).toEqual(whole.records);
          expect({ ...result, columnOf: null }).toEqual({ ...whole.result, columnOf: null });
        }
        expect(whole.result.records).toBe(whole.records.length);
        expect(whole.result.rejected || whole.records.length > 0).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

it('splits a line into cells that say whether they were quoted', () => {
  fc.assert(
    fc.property(
      DELIMITER,
      fc.array(fc.tuple(CELL, fc.boolean()), { minLength: 1, maxLength: 6 }),
      (delimiter, cells) => {
        const text = cells.map(([cell, quoted]) => write(cell, delimiter, quoted)).join(delimiter);
        const split = splitCsvRecord(text, delimiter);
        expect(split.broken).toBe(false);
        expect(split.cells.map((cell) => cell.text)).toEqual(cells.map(([cell]) => cell));
        split.cells.forEach(({ quoted }, at) => expect(quoted || cells[at]?.[1] !== true).toBe(true));
      },
    ),
  );
});

it.each([
  ['', [''], null],
  [';', ['', ''], null],
  ['"a";"b', ['a', '"b'], { code: 'P109', cell: 1, position: 5 }],
  ['a;b"c;d', ['a', 'b"c;d'], { code: 'P104', cell: 1, position: 4 }],
  ['"a"";b', ['"a"";b'], { code: 'P109', cell: 0, position: 1 }],
  ['"a"b";c', ['"a"b";c'], { code: 'P104', cell: 0, position: 4 }],
  ['""";"', ['";'], null],
  ['"a" ; "b"', ['a', 'b'], null],
])('%s', (text, cells, broken) => {
  const found: string[] = [];
  expect(lexLine(text, ';', found)).toEqual(broken);
  expect(found).toEqual(cells);
  expect(splitCsvRecord(text, ';').broken).toBe(broken !== null);
});
