import type { Finding } from '../../../../src/domain/finding';
import { FINDING_CODES, type FindingCode } from '../../../../src/domain/codes';
import { CSV_CASES } from './csv-cases';
import { JSON_CASES } from './json-cases';
import { readText } from './read-text';

const H = 'SampleId;BirthDate;City;Result';

function findingsOf(input: string | Uint8Array, extension: '' | 'csv' | 'json' = ''): Finding[] {
  const { result, records } = readText(input, { extension });
  return [...result.findings, ...records.flatMap(({ findings }) => findings)];
}

const DETAILS: readonly [name: string, input: string | Uint8Array, code: FindingCode, details: Partial<Finding>][] = [
  [
    'missing columns with a misspelled one',
    'SampelId;City;Result;Nothing\n1;2;3;4\n',
    'H101',
    {
      scope: 'header',
      line: 1,
      suggestion: 'SampelId',
      params: { columns: 'SampleId, BirthDate', missing: 2, otherFile: '' },
    },
  ],
  [
    'another file',
    'A;B\n1;2\n',
    'H101',
    { params: { columns: 'SampleId, BirthDate, City, Result', missing: 4, otherFile: 'yes' } },
  ],
  ['lines that are quoted as a whole', `"${H}"\n"1;1;1;1"\n`, 'H101', { params: { otherFile: 'quoted' } }],
  ['one name that is quoted', '"SampleId"\n1\n', 'H101', { params: { otherFile: 'yes' } }],
  [
    'fields missing in a record',
    '[{"SampleId":1,"Birthdat":2,\n"City":3}]',
    'H101',
    {
      scope: 'record',
      line: 1,
      record: 1,
      suggestion: 'Birthdat',
      params: { columns: 'BirthDate, Result', missing: 2, otherFile: '' },
    },
  ],
  ['unknown column', `X;${H}\n1;1;1;1;1\n`, 'H102', { columnNo: 1, value: 'X', suggestion: null }],
  [
    'unknown column near a missing one',
    'SampleId;BirthDate;Citi;Result\n1;2;3;4\n',
    'H102',
    { columnNo: 3, field: 'Citi', value: 'Citi', suggestion: 'City' },
  ],
  [
    'column three times',
    `${H};City;city\n1;2;3;4;5;6\n`,
    'H103',
    { field: 'City', columnNo: 5, params: { columns: 'C, E, F' } },
  ],
  [
    'nameless column',
    `\nsep=;\n${H};\n1;2;3;4;\n1;2;3;4;x\n`,
    'H104',
    { line: 3, record: null, field: null, columnNo: 5, value: 'x' },
  ],
  [
    'spelling',
    'SAMPLEID;BirthDate;City;Result\n1;2;3;4\n',
    'H105',
    { field: 'SampleId', value: 'SAMPLEID', columnNo: 1, suggestion: 'SampleId', params: { meant: 'SampleId' } },
  ],
  ['undefined byte', Buffer.from(`${H}\n1;2;\xe8;\x8d\n`, 'latin1'), 'P102', { line: 2, params: { byte: 38 } }],
  [
    'invalid UTF-8 behind a BOM',
    Buffer.concat([Buffer.from(`\ufeff${H}\n`), Uint8Array.of(0x31, 0xe8, 0x0a)]),
    'P102',
    { line: 2, params: { byte: 36 } },
  ],
  ['NUL', `${H}\n1;a\0b;3;4\n`, 'P103', { field: 'BirthDate', columnNo: 2, value: 'a\u2400b' }],
  [
    'stray quote',
    `City;Result;SampleId;BirthDate\n1;2"x;3;4\n`,
    'P104',
    { field: 'Result', columnNo: 2, value: '2"x;3;4', params: { position: 4 } },
  ],
  ['text behind a quote', `${H}\n1; "2" x;3;4\n`, 'P104', { field: 'BirthDate', params: { position: 8 } }],
  ['too few', `${H}\n1;2\n`, 'P106', { field: null, params: { expectedCount: 4, count: 2 } }],
  ['too many', `${H}\n1;2;3;4;5;6\n`, 'P107', { field: null, params: { expectedCount: 4, count: 6 } }],
  ['too many, with values', `${H}\n1;2;3;4;;6\n`, 'P107', { params: { trailing: '' } }],
  ['too many, all empty', `${H}\n1;2;3;4;; \n`, 'P107', { params: { trailing: 'yes' } }],
  ['another delimiter', `${H}\n1,2,3,4\n`, 'P106', { params: { count: 1, other: ',' } }],
  ['another one that cannot be seen', `${H}\n1\t2\t3\t4\n`, 'P106', { params: { other: 'TAB' } }],
  ['no delimiter', `${H}\n1,2,3\n`, 'P106', { params: { other: '' } }],
  ['line ends', `${H}\r\n1;2;3;4\r\n5;6;7;8\n`, 'P108', { line: 3, params: { first: 'CRLF', other: 'LF' } }],
  ['open quote', `${H}\n1;2;"3;4\n`, 'P109', { field: 'City', columnNo: 3, value: '"3;4' }],
  [
    'too long',
    `${H}\n1;${'y'.repeat(40_000)};3;4\n`,
    'P110',
    { columnNo: 2, value: 'y'.repeat(256), params: { length: 40_000, maxLength: 32_767 } },
  ],
  ['blank lines', `${H}\n1;2;3;4\n\n;\n5;6;7;8\n`, 'P111', { line: 3, params: { count: 2 } }],
  [
    'first impossible character',
    '[{"SampleId":"1",\n  "City" = 3}]',
    'P112',
    { scope: 'file', line: 2, record: null, params: { position: 10, reason: '=' } },
  ],
  ['control character', '[{"SampleId":"1\t"}]', 'P112', { line: 1, params: { position: 16, reason: 'U+0009' } }],
  ['cut off', '[{"SampleId":tru', 'P112', { line: 1, params: { position: 17, reason: 'EOF' } }],
  ['number', '[{"SampleId":1.x}]', 'P112', { params: { position: 16, reason: 'x' } }],
  ['escape', '[{"SampleId":"\\u12G4"}]', 'P112', { params: { position: 19, reason: 'G' } }],
  [
    'unfinished line',
    '{"SampleId":"1"}\n{"SampleId":"1"\n{"SampleId":"1"}\n',
    'P112',
    { scope: 'record', line: 2, record: 2, params: { position: 16, reason: 'EOL' } },
  ],
  [
    'key twice on its own line',
    '[{"SampleId":"1",\n"City":"2",\n"City":"3"}]',
    'P113',
    { line: 3, field: 'City', value: '3', params: { key: 'City' } },
  ],
  ['nested', '[{"SampleId":[1, 2]}]', 'P114', { field: 'SampleId', value: '[1, 2]' }],
];

it.each(DETAILS)('%s', (_name, input, code, details) => {
  const found = findingsOf(input).filter((finding) => finding.code === code);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject(details);
});

const CASES = [...CSV_CASES, ...JSON_CASES];
const RAISED = CASES.flatMap(({ input, extension }) => findingsOf(input, extension));
const OWN_CODES = Object.entries(FINDING_CODES).flatMap(([code, { stage }]) => (stage === 'parse' ? [code] : []));

it('has a case for every code of this stage', () => {
  expect([...new Set(RAISED.map(({ code }) => code))].sort()).toEqual(OWN_CODES.sort());
});

it('fills the parameters of every code, and no others', () => {
  for (const { code, params } of RAISED) {
    expect([code, Object.keys(params).sort()]).toEqual([code, [...FINDING_CODES[code].params].sort()]);
  }
});

it('tells values in one line of text', () => {
  for (const { value } of RAISED) expect(value ?? '').not.toContain('\0');
});

it('cuts and shows names as it does values', () => {
  const long = 'n'.repeat(1000);
  const shown = 'n'.repeat(256);
  expect(findingsOf(`sep=;\n${H};${long};a\0\n1;2;3;4;5;6\n`)).toMatchObject([
    { code: 'H102', field: shown, value: shown },
    { code: 'H102', field: 'a\u2400' },
  ]);
  expect(findingsOf(`[{"${long}":[1],"SampleId":1,"BirthDate":2,"City":3,"Result":4}]`)).toMatchObject([
    { code: 'H102', field: shown },
    { code: 'P114', field: shown },
  ]);
});
