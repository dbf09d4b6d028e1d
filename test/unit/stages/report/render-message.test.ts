import { LANGUAGES } from '../../../../src/domain/account';
import { FINDING_CODES, type FindingCode } from '../../../../src/domain/codes';
import { createFinding, type FindingDetails } from '../../../../src/domain/create-finding';
import { COMMON_PLACEHOLDERS, renderMessage, renderMessageLine } from '../../../../src/stages/report/render-message';
import { lostZero } from './fixtures';

const CODES = Object.keys(FINDING_CODES) as FindingCode[];

describe('renderMessage', () => {
  it('says it in the language of the account, with the values', () => {
    const finding = lostZero();
    expect(renderMessage(finding, 'en')).toEqual({
      problem: 'PatientIdentificationNumber “1020300170” is not a NISS: it must have 11 digits.',
      fix: 'Write “01020300170” if it is the same person. Format the column as text in the spreadsheet so that leading zeros stay.',
    });
    expect(renderMessage(finding, 'nl').problem).toBe(
      'PatientIdentificationNumber “1020300170” is geen INSZ: dat moet 11 cijfers hebben.',
    );
    expect(renderMessage(finding, 'fr').problem).toBe(
      "PatientIdentificationNumber «\u00a01020300170\u00a0» n'est pas un NISS\u00a0: il doit avoir 11 chiffres.",
    );
    expect(renderMessage(finding, 'de').problem).toBe(
      'PatientIdentificationNumber „1020300170“ ist keine NISS: Sie muss 11 Ziffern haben.',
    );
  });

  const V207 = { field: 'F', value: 'x', params: { other: 'enterprise', cut: '' } };
  const R302 = { field: 'Code', value: 'X', params: { codelist: 'List', date: '2021-05-01' } };
  it.each<[string, FindingCode, FindingDetails, RegExp]>([
    ['no suggestion', 'V201', { field: 'F', value: '12' }, /Write the 11 digits/],
    ['a listed set', 'V211', { field: 'F', value: 'x', expected: '1 | 0' }, /Write one of: 1, 0\./],
    [
      'another number',
      'V207',
      V207,
      /neither a NIHDI number of 8 digits nor an enterprise number of 10 digits\. Write the 8/,
    ],
    ['a suggestion', 'V207', { ...V207, suggestion: '0566988259' }, /Write “0566988259”, with nothing between/],
    [
      'a code that was cut off',
      'V207',
      { ...V207, suggestion: '81199094', params: { other: 'enterprise', cut: 'qualification' } },
      /Write “81199094”, without the qualification code\./,
    ],
    ['a token', 'V214', { field: 'F', value: 'B.1.1.1.1', params: { hint: 'alias' } }, /shorter alias/],
    ['another token', 'V214', { field: 'F', value: 'B1', params: { hint: '' } }, /up to three numbers/],
    ['a marker', 'F006', { params: { marker: 'X.ok', found: '', withdraws: '' } }, /Upload the data file first/],
    [
      'a withdrawal',
      'F006',
      { params: { marker: 'X.cancel', found: 'Y.csv', withdraws: 'yes' } },
      /^The withdrawal “X\.cancel” .* Nothing needs to be done/,
    ],
    ['one announced', 'F011', { params: { declared: 1, counted: 2 } }, /announces 1 record, and the file has 2\./],
    [
      'several announced',
      'F011',
      { params: { declared: 10, counted: 1 } },
      /announces 10 records, and the file has 1\./,
    ],
    ['one value', 'P106', { params: { count: 1, expectedCount: 3 } }, /has 1 value, the header has 3 columns/],
    ['one other line', 'D403', { params: { lines: '12' } }, /^Another record .* see line 12\./],
    ['other lines', 'D403', { params: { lines: '12, 14' } }, /^Other records .* see lines 12, 14\./],
    ['another record on its line', 'D403', { params: { lines: '1', records: '2' } }, /but other values: record 2\./],
    ['others on its line', 'D403', { params: { lines: '1, 1', records: '2, 3' } }, /but other values: records 2, 3\./],
    ['the same on its line', 'D405', { params: { firstLine: 1, firstRecord: 2 } }, /the same as record 2\./],
    [
      'several that are missing',
      'H101',
      { suggestion: 'a1, b1', params: { columns: 'a, b', missing: 2, otherFile: '', near: 'several' } },
      /some of them in another spelling: a1, b1\./,
    ],
    [
      'one that is',
      'H101',
      { suggestion: 'a1', params: { columns: 'a', missing: 1, otherFile: '', near: '' } },
      /“a1” may/,
    ],
    [
      'several codes',
      'R301',
      { field: 'F', params: { codelist: 'L', hint: 'typing-error', unknown: 'a, b', several: 'yes' } },
      /F holds several codes that are not in L: a, b\./,
    ],
    [
      'a code of a long set',
      'R301',
      { field: 'F', expected: 'L', params: { codelist: 'L', hint: '', unknown: 'a', set: 'long' } },
      /Look the code up in L and/,
    ],
    ['UTF-16', 'F010', { params: { kind: 'UTF-16' } }, /^The file is in UTF-16 .* Export it as UTF-8/],
    ['another kind', 'F010', { params: { kind: 'NUL' } }, /binary file \(NUL\)/],
    ['a time as the sender wrote it', 'V204', { field: 'F', value: '2021-05-01T08:10:00Z' }, /“2021-05-01T08:10:00Z”/],
    [
      'another delimiter',
      'P106',
      { params: { count: 1, expectedCount: 3, other: ',' } },
      /are separated by “,”, .* Use the same delimiter/,
    ],
    [
      'delimiters at the end',
      'P107',
      { params: { count: 4, expectedCount: 3, trailing: 'yes' } },
      /Remove the delimiters at the end of the line/,
    ],
    ['the only record', 'F013', { params: { rejected: 1, records: 1, limit: '0' } }, /^The only record has errors/],
    ['one rejected', 'F013', { params: { rejected: 1, records: 9, limit: '0' } }, /^1 of 9 records has errors/],
    ['several rejected', 'F013', { params: { rejected: 2, records: 9, limit: '0' } }, /^2 of 9 records have errors/],
    ['a typing error', 'R301', { params: { codelist: 'L', hint: 'typing-error', unknown: 'a' } }, /typing error/],
    ['no typing error', 'R301', { params: { codelist: 'L', hint: '', unknown: 'a' } }, /“a” is not a code of L/],
    [
      'one of several codes',
      'R302',
      { ...R302, params: { ...R302.params, validFrom: '', validTo: '2021-02-01', codes: 'X (... - 2021-02-01)' } },
      /^In Code, not valid on 2021-05-01 \(days of validity in brackets\): X \(\.\.\. - 2021-02-01\)\./,
    ],
    [
      'both bounds',
      'R302',
      { ...R302, params: { ...R302.params, validFrom: '2021-01-01', validTo: '2021-02-01' } },
      /from 2021-01-01 to 2021-02-01, not on 2021-05-01/,
    ],
    [
      'an upper bound',
      'R302',
      { ...R302, params: { ...R302.params, validFrom: '', validTo: '2021-02-01' } },
      /until 2021-02-01/,
    ],
    [
      'a lower bound',
      'R302',
      { ...R302, params: { ...R302.params, validFrom: '2022-01-01', validTo: '' } },
      /from 2022-01-01, not on/,
    ],
    ['a column letter', 'H104', { line: 1, columnNo: 28 }, /Column AB holds values/],
    ['an empty value', 'R303', { field: 'F', params: { because: 'G = ""' } }, /because of G \(empty\) in/],
    [
      'what holds together',
      'R303',
      { field: 'F', params: { because: 'G = "" & H' } },
      /because of G \(empty\) and H in/,
    ],
    ['an inequality', 'R305', { field: 'F', value: 'v', params: { because: 'G ≠ 1' } }, /because of G <> 1 in/],
    [
      'a time',
      'F014',
      { params: { earlierBatch: 'b', earlierTime: '2021-07-01T10:00:00.000Z' } },
      /on 2021-07-01 12:00:00\./,
    ],
    [
      'a long list',
      'H101',
      { params: { columns: 'a, b', missing: 2, otherFile: 'yes' } },
      /another kind of file\. Missing: a, b\./,
    ],
  ])('chooses its words by %s', (_, code, details, expected) => {
    expect(renderMessageLine(createFinding(code, details), 'en')).toMatch(expected);
  });

  const HOSTILE = '"x";y|z\t\r\n\u0000\u202e\u2028';
  it.each(CODES)('%s stays on its line, whatever the values', (code) => {
    const params = Object.fromEntries(FINDING_CODES[code].params.map((name) => [name, HOSTILE]));
    const details = { line: 3, record: 2, field: HOSTILE, columnNo: 4, value: HOSTILE, expected: HOSTILE };
    for (const language of LANGUAGES) {
      for (const suggestion of [null, HOSTILE]) {
        const text = renderMessageLine(createFinding(code, { ...details, suggestion, params }), language);
        expect(text).not.toMatch(/[\u0000-\u001f\u2028\u202e]/);
      }
    }
  });

  it.each(CODES)('%s leaves no placeholder unfilled and no quotes empty when all is known', (code) => {
    const params = Object.fromEntries(FINDING_CODES[code].params.map((name) => [name, `p-${name}`]));
    const details = { line: 3, record: 2, field: 'F', columnNo: 4, value: 'v', expected: 'e', suggestion: 's', params };
    for (const language of LANGUAGES) {
      const text = renderMessageLine(createFinding(code, details), language);
      expect(text).not.toMatch(/[{}]|undefined|“”|„“|«\s*»| {2}/);
    }
  });

  it('quotes values and suggestions to the letter', () => {
    const details = { field: 'a|b', value: 'x;y|z"q ≤ ""', suggestion: 'LA31603-6|LA31604-4' };
    const params = { codelist: 'L', hint: '', unknown: 'x | "y"; z' };
    expect(renderMessage(createFinding('V204', details), 'en').problem).toContain('a|b “x;y|z"q ≤ ""” is not');
    expect(renderMessage(createFinding('R301', { ...details, params }), 'en')).toEqual({
      problem: 'a|b “x | "y"; z” is not a code of L.',
      fix: 'Write “LA31603-6|LA31604-4” if that is what is meant.',
    });
  });

  it('cuts what is too long', () => {
    const value = '😀'.repeat(200);
    const text = renderMessage(createFinding('V204', { field: 'F', value }), 'en').problem;
    expect(text).toContain(`“${'😀'.repeat(80)}…”`);
    const columns = 'x'.repeat(5000);
    const list = renderMessage(createFinding('H101', { params: { columns, missing: 1, otherFile: '' } }), 'en').problem;
    expect(list.length).toBeLessThan(1600);
  });

  it('takes no param from a prototype', () => {
    expect(renderMessage(createFinding('F002', { params: {} }), 'en').problem).toContain('“”');
    expect(COMMON_PLACEHOLDERS).not.toContain('constructor');
  });
});
