import Papa from 'papaparse';
import type { StoredFinding } from '../../../../src/domain/report-source';
import {
  ERROR_ROWS_MAX,
  ERRORS_CSV_COLUMNS,
  renderErrorsCsv,
  type ErrorsCsvOptions,
} from '../../../../src/stages/report/render-errors-csv';
import { bytesOf, lostZero, makeStored, NISS } from './fixtures';

const OPTIONS: ErrorsCsvOptions = {
  delimiter: ';',
  language: 'en',
  total: 100,
  fileRejected: false,
  mode: 'production',
};

type Row = Record<string, string>;

function render(findings: Iterable<StoredFinding>, options: Partial<ErrorsCsvOptions> = {}): string {
  return bytesOf(renderErrorsCsv(findings, { ...OPTIONS, ...options })).toString('utf8');
}

function rowsOf(text: string, delimiter = ';'): readonly Row[] {
  return Papa.parse<Row>(text.slice(1), { delimiter, header: true, newline: '\r\n', skipEmptyLines: true }).data;
}

describe('errors.csv', () => {
  it('has a BOM, the columns, CRLF, and a row per finding', () => {
    expect(render([lostZero()])).toBe(
      '\ufeffseverity;code;line;record;column;column_no;value;problem;how_to_fix;expected;suggestion;record_key;action\r\n' +
        `error;V201;18;17;${NISS};C;1020300170;${NISS} “1020300170” is not a NISS: it must have 11 digits.;` +
        'Write “01020300170” if it is the same person. Format the column as text in the spreadsheet so that leading zeros stay.;' +
        '11 × 0-9;01020300170;;rejected\r\n',
    );
  });

  it('has the columns that scripts know', () => {
    const columns =
      'severity;code;line;record;column;column_no;value;problem;how_to_fix;expected;suggestion;record_key;action';
    expect(ERRORS_CSV_COLUMNS.join(';')).toBe(columns);
  });

  it.each([';', ',', '\t', '|'])('uses the delimiter %j, and quotes what holds it', (delimiter) => {
    const [row] = rowsOf(render([lostZero({ value: 'a;b,c\td|e"f' })], { delimiter }), delimiter);
    expect(row?.value).toBe('a;b,c\u2409d|e"f');
    expect(row?.action).toBe('rejected');
  });

  it('guards formulas in every cell and leaves numbers and telephones alone', () => {
    const values = ['=1+1', '+A1', '@x', '-5', '+32470123456'];
    const rows = rowsOf(render(values.map((value) => makeStored('V217', { field: '=F', record: 1, value }))));
    expect(rows.map((row) => row.value)).toEqual(["'=1+1", "'+A1", "'@x", '-5', '+32470123456']);
    expect(rows[0]?.column).toBe("'=F");
  });

  it('keeps each finding on one line', () => {
    const text = render([makeStored('P109', { line: 2, record: 1, field: 'F', value: 'a\r\nb\u0000' })]);
    expect(text.split('\r\n')).toHaveLength(3);
    expect(rowsOf(text)[0]?.value).toBe('a\u240d\u240ab\u2400');
  });

  it('leaves empty what is not known', () => {
    const [row] = rowsOf(render([makeStored('F008')]));
    expect(row).toMatchObject({ line: '', record: '', column: '', column_no: '', value: '', record_key: '' });
  });

  it('names the record by its key where that is known', () => {
    const keys = ['=T-17', null, 'T-1\u001f01020300170', 'T-1\u001f\u001fx', '\u001f'];
    const rows = rowsOf(render(keys.map((recordKey, record) => ({ ...lostZero({ record }), recordKey }))));
    expect(rows.map((row) => row.record_key)).toEqual(["'=T-17", '', 'T-1 01020300170', 'T-1 x', '']);
  });

  const warning = makeStored('R306', { line: 3, record: 2, field: 'F' });
  it.each<[string, readonly StoredFinding[], Partial<ErrorsCsvOptions>, readonly string[]]>([
    ['a stored record', [warning], {}, ['stored']],
    ['a rehearsal', [warning], { mode: 'test' }, ['valid']],
    ['a warning beside an error', [warning, lostZero({ record: 2 })], {}, ['rejected', 'rejected']],
    ['neighbours', [warning, lostZero({ record: 3 })], {}, ['stored', 'rejected']],
    ['a stored record again', [warning, makeStored('D402', { record: 2 })], {}, ['duplicate', 'duplicate']],
    ['a duplicate file', [makeStored('D401')], {}, ['duplicate']],
    ['remarks on the file', [makeStored('P101'), makeStored('P111', { line: 4 })], {}, ['none', 'none']],
    ['a correction', [makeStored('D404', { record: 2 })], {}, ['stored']],
    [
      'a refused file',
      [makeStored('H103', { line: 1 }), warning],
      { fileRejected: true },
      ['file-rejected', 'file-rejected'],
    ],
  ])('says what became of %s', (_, findings, options, actions) => {
    expect(rowsOf(render(findings, options)).map((row) => row.action)).toEqual(actions);
  });

  describe('with many findings', () => {
    function* many(count: number): Generator<StoredFinding> {
      const finding = lostZero();
      for (let seq = 1; seq <= count; seq++) yield { ...finding, line: seq + 1, record: seq, seq };
    }

    /** The number of rows, and the last two of them. */
    function lastOf(text: string): { readonly count: number; readonly last: readonly Row[] } {
      const [header = '', ...lines] = text.split('\r\n').slice(0, -1);
      return { count: lines.length, last: rowsOf([header, ...lines.slice(-2)].join('\r\n')) };
    }

    it(`lists ${String(ERROR_ROWS_MAX)} and says nothing more`, () => {
      const { count, last } = lastOf(render(many(ERROR_ROWS_MAX), { total: ERROR_ROWS_MAX }));
      expect(count).toBe(ERROR_ROWS_MAX);
      expect(last[1]).toMatchObject({ code: 'V201', record: String(ERROR_ROWS_MAX) });
    });

    it('is capped above that, and the last row says so', () => {
      let taken = 0;
      function* counted() {
        for (const finding of many(1_000_000)) {
          taken++;
          yield finding;
        }
      }
      const { count, last } = lastOf(render(counted(), { total: 1_000_000 }));
      expect(count).toBe(ERROR_ROWS_MAX);
      expect(last[0]).toMatchObject({ code: 'V201', record: '49999' });
      expect(last[1]).toMatchObject({
        code: '',
        severity: 'info',
        problem: 'Only the first 49999 of 1000000 findings are listed here.',
        action: 'none',
      });
      expect(taken).toBeLessThan(ERROR_ROWS_MAX + 10);
    });
  });

  it('gives the same bytes again', () => {
    const findings = [makeStored('P101'), warning, lostZero()];
    expect(render(findings, { language: 'fr' })).toBe(render(findings, { language: 'fr' }));
  });
});
