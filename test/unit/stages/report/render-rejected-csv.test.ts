import type { Dialect } from '../../../../src/domain/batch';
import type { StoredFinding } from '../../../../src/domain/report-source';
import { decodeRecord } from '../../../../src/stages/parse/decode-text';
import type { RejectedRow } from '../../../../src/stages/report/describe-rejection';
import { renderRejectedCsv, type RejectedCsvInput } from '../../../../src/stages/report/render-rejected-csv';
import { bytesOf, lostZero, makeStored } from './fixtures';

const DIALECT: Dialect = { format: 'csv', encoding: 'utf-8', bom: false, delimiter: ';', eol: 'lf' };
const MESSAGE =
  'The record has 2 values, the header has 3 columns. Look for a missing delimiter or value. Empty values keep their delimiter.';

function makeRow(text: string, findings: readonly StoredFinding[] = [makeStored('F008')]): RejectedRow {
  return { line: 7, text, findings };
}

function render(input: Partial<RejectedCsvInput> & Pick<RejectedCsvInput, 'header' | 'rows'>): Buffer {
  return bytesOf(renderRejectedCsv({ dialect: DIALECT, language: 'en', fileFindings: [], ...input }));
}

function lines(header: string, rows: readonly RejectedRow[], dialect: Partial<Dialect> = {}): readonly string[] {
  return render({ header, rows, dialect: { ...DIALECT, ...dialect } })
    .toString('utf8')
    .split('\n')
    .slice(0, -1);
}

/** A rejected row without a message, so that only the row itself is compared. */
function bare(text: string, code: 'V200' | 'P104' | 'P106' | 'P107' | 'P109' = 'V200'): RejectedRow {
  return makeRow(text, [makeStored(code, { severity: 'warning' })]);
}

describe('rejected.csv', () => {
  it('is the header and the rows with line, codes and message', () => {
    const finding = makeStored('V212', { field: 'a', params: { length: 9, maxLength: 3 } });
    expect(lines('a;b;c', [makeRow('1;2;3', [finding, makeStored('V203', { field: 'b', value: '1E+10' })])])).toEqual([
      'a;b;c;_line;_codes;_message',
      '1;2;3;7;V212 V203;(1) a has 9 characters, and at most 3 are allowed. Shorten the value. If it holds several values, check the delimiters. ' +
        '(2) A spreadsheet turned b into “1E+10”, and digits are lost. Take the value again from the source. Format the column as text before opening or pasting.',
    ]);
  });

  it('tells errors only, each code once', () => {
    const findings = [lostZero(), makeStored('R306', { params: { fields: 'x' } }), lostZero()];
    const [, row] = lines('a', [makeRow('1', findings)]);
    expect(row).toMatch(/^1;7;V201;\(1\) .* \(2\) /);
    expect(row).not.toContain('R306');
  });

  it('tells why the file was refused where the row itself is right', () => {
    const fileFindings = [makeStored('P101'), makeStored('F013', { params: { rejected: 2, records: 3, limit: '1' } })];
    const text = render({ header: 'a', rows: [makeRow('1', [])], fileFindings }).toString();
    expect(text).toContain('1;7;F013;2 of 3 records have errors');
  });

  it.each<[string, string, string, string, string]>([
    ['quotes stay', 'a;b', '"x";y', 'a;b', '"x";y'],
    ['quotes where a delimiter is', 'a;b', '"x;y";z', 'a;b', '"x;y";z'],
    ['doubled quotes', 'a;b', '"say ""x""";z', 'a;b', '"say ""x""";z'],
    ['formulas are guarded', 'a;b', '=1+1;@x', 'a;b', "'=1+1;'@x"],
    ['what is guarded already is not guarded again', 'a;b;_line', "'=1+1;y;3", 'a;b', "'=1+1;y"],
    ['numbers and telephones stay', 'a;b', '-5;+32470123456', 'a;b', '-5;+32470123456'],
    ['leading zeros stay', 'a;b', '01020300170;0', 'a;b', '01020300170;0'],
    ['our columns are replaced', 'a;b;_line;_codes;_message', '1;2;99;V201;old', 'a;b', '1;2'],
    ['wherever they stand', '_line;a;_note;b', '99;1;n;2', 'a;b', '1;2'],
    ['a header that ends in a delimiter', 'a;b;', '1;2;', 'a;b;', '1;2;'],
    ['a row without anything delicate, blanks and all', 'a;b', ' 1 ; 2', 'a;b', ' 1 ; 2'],
    ['a formula behind blanks', 'a;b', ' \u200b=1;2', 'a;b', "'=1;2"],
    ['a header with a BOM', '\ufeffa;b', '1;2', 'a;b', '1;2'],
    ['header names that need quotes', '"a;x";b', '1;2', '"a;x";b', '1;2'],
  ])('%s', (_, header, text, expectedHeader, expectedRow) => {
    expect(lines(header, [bare(text)])).toEqual([`${expectedHeader};_line;_codes;_message`, `${expectedRow};7;;`]);
  });

  it.each<[string, string, RejectedRow, string]>([
    ['too few values keep their number', 'a;b;c', bare('1;2', 'P106'), '1;2;7;;'],
    ['too many values keep their number', 'a;b', bare('1;2;3', 'P107'), '1;2;3;7;;'],
    ['too few, with our columns at the end', 'a;b;c;_line;_codes;_message', bare('1;2;9;P106;old', 'P106'), '1;2;7;;'],
    [
      'too many, with our columns at the end',
      'a;b;_line;_codes;_message',
      bare('1;2;3;9;P107;old', 'P107'),
      '1;2;3;7;;',
    ],
    ['nothing is left', 'a;_line;_codes;_message', bare('1', 'P106'), '7;;'],
    ['a quote that never closes', 'a;b', bare('1;"2', 'P109'), '1;"2;7;;'],
    ['a quote inside a value', 'a;b', bare('1;2"3;=4', 'P104'), '1;2"3;=4;7;;'],
    ['a broken row that came back', 'a;b;_line;_codes;_message', bare('1;"2;9;P109;old text', 'P109'), '1;"2;7;;'],
    ['a broken row with a column of the sender at its end', 'a;b;_note', bare('1;2"2;n', 'P104'), '1;2"2;7;;'],
    ['with one between others', 'a;_note;b', bare('1"1;n;2', 'P104'), '1"1;2;7;;'],
    ['with several', '_m;a;_note;b;_n;_o', bare('m;1"1;n;2;n;', 'P104'), '1"1;2;7;;'],
    ['with delimiters in the open quote', 'a;b;_note', bare('1;"2;3;n', 'P109'), '1;"2;3;7;;'],
    ['with too few values to tell', 'a;b;c;_note', bare('1;"2;n', 'P109'), '1;"2;n;7;;'],
    ['with the quote in such a column', 'a;b;_note', bare('1;2;n"n', 'P104'), '1;2;n"n;7;;'],
    [
      'a broken row that came back, changed',
      'a;b;_line;_codes;_message',
      bare('1;"2;x;P109;old', 'P109'),
      '1;"2;x;P109;old;7;;',
    ],
  ])('%s', (_, header, row, expected) => {
    expect(lines(header, [row])[1]).toBe(expected);
  });

  it('writes no quote and no delimiter into a broken row', () => {
    const finding = makeStored('P109', { field: 'b', value: '"2' });
    const other = makeStored('H101', { scope: 'record', params: { columns: 'x, y', missing: 2, otherFile: '' } });
    const [, row] = lines('a,b', [makeRow('1,"2', [finding, other])], { delimiter: ',' });
    expect(row?.slice('1,"2,7,P109 H101,'.length)).not.toMatch(/[",]/);
    expect(row).toMatch(/^1,"2,7,P109 H101,\(1\) /);
  });

  it('tells values to the letter in a row that is read, and without its signs in a broken one', () => {
    const finding = makeStored('V204', { field: 'a', value: 'x;y | z|"q"' });
    const row = (text: string) => lines('a;b', [makeRow(text, [finding])])[1];
    expect(row('1;2')).toMatch(/^1;2;7;V204;"a “x;y \| z\|""q""” is not .*"$/);
    expect(row('1;"2')).toMatch(/^1;"2;7;V204;a “x,y, z\/'q'” is not [^;"|]*$/);
  });

  it('quotes a message that holds the delimiter', () => {
    const [, row] = lines('a,b,c', [makeRow('1,2', [makeStored('P106', { params: { count: 2, expectedCount: 3 } })])], {
      delimiter: ',',
    });
    expect(row).toBe(`1,2,7,P106,"${MESSAGE}"`);
  });

  it.each<Dialect['encoding']>(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'])(
    'keeps the encoding %s',
    (encoding) => {
      const bytes = render({
        header: 'naam;stad',
        rows: [makeRow('Zoë;Liège €', [makeStored('V200', { field: 'é' })])],
        dialect: { ...DIALECT, encoding, bom: encoding.startsWith('utf-16') },
        language: 'fr',
      });
      const text = decodeRecord(bytes, { encoding });
      expect(text.startsWith('\ufeff')).toBe(encoding.startsWith('utf-16'));
      expect(text).toContain('Zoë;Liège €;7;V200;é est vide');
    },
  );

  it.each<[Dialect['eol'], string]>([
    ['crlf', '\r\n'],
    ['lf', '\n'],
    ['cr', '\r'],
    [null, '\r\n'],
  ])('keeps the line end %s', (eol, lineEnd) => {
    const text = render({ header: 'a', rows: [bare('1')], dialect: { ...DIALECT, eol } }).toString();
    expect(text).toBe(['a;_line;_codes;_message', '1;7;;', ''].join(lineEnd));
  });

  it('cuts a message that a reader could not take back', () => {
    const findings = Array.from({ length: 500 }, () => lostZero());
    const [, row] = lines('a', [makeRow('1', findings)]);
    expect(row?.length).toBeLessThan(4100);
    expect(row?.endsWith('…')).toBe(true);
  });

  it('takes rows one at a time', () => {
    let taken = 0;
    function* rows() {
      for (; taken < 1_000_000; taken++) yield bare('x'.repeat(1000));
    }
    const pieces = renderRejectedCsv({ header: 'a', rows: rows(), dialect: DIALECT, language: 'en', fileFindings: [] });
    pieces.next();
    expect(taken).toBeLessThan(200);
    pieces.return(undefined);
  });
});
