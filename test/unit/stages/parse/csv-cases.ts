/** CSV files, each with what is told of it (`CODE line:record field`) and the values that are read. */
export interface FileCase {
  readonly name: string;
  readonly input: string | Uint8Array;
  readonly extension?: '' | 'csv' | 'json';
  readonly told: readonly string[];
  /** Values of each record, joined by `·`. */
  readonly values: readonly string[];
}

const H = 'SampleId;BirthDate;City;Result';
const LONG = 'x'.repeat(32_768);

export const CSV_CASES: readonly FileCase[] = [
  { name: 'plain', input: `${H}\n1;2;3;4\n5;6;7;8`, told: [], values: ['1·2·3·4', '5·6·7·8'] },
  { name: 'comma', input: `SampleId,BirthDate,City,Result\n1,2,3;3,4\n`, told: [], values: ['1·2·3;3·4'] },
  { name: 'tab', input: `SampleId\tBirthDate\tCity\tResult\n1\t\t3\t4\n`, told: [], values: ['1··3·4'] },
  { name: 'pipe', input: `SampleId|BirthDate|City|Result\n1|2|3|4\n`, told: [], values: ['1·2·3·4'] },
  { name: 'columns in any order', input: 'Result;City;SampleId;BirthDate\n4;3;1;2\n', told: [], values: ['1·2·3·4'] },
  { name: 'sep line', input: `sep=;\r\n${H}\r\n1;2;3;4\r\n`, told: [], values: ['1·2·3·4'] },
  { name: 'sep line that the header contradicts', input: `sep=,\n${H}\n1;2;3,3;4\n`, told: [], values: ['1·2·3,3·4'] },
  { name: 'sep line of a saved sheet', input: `"SEP=;";;;\n${H}\n1;2;3;4\n`, told: [], values: ['1·2·3·4'] },
  { name: 'UTF-8 with BOM', input: `\ufeff${H}\n1;2;Liège;4\n`, told: [], values: ['1·2·Liège·4'] },
  {
    name: 'Windows-1252',
    input: Buffer.from(`${H}\n1;2;Li\xe8ge \x80;4\n`, 'latin1'),
    told: ['P101 -:- -'],
    values: ['1·2·Liège €·4'],
  },
  {
    name: 'UTF-16LE with BOM',
    input: Buffer.from(`\ufeff${H}\r\n1;2;Liège 𝒳;4\r\n`, 'utf16le'),
    told: [],
    values: ['1·2·Liège 𝒳·4'],
  },
  {
    name: 'UTF-16BE with BOM',
    input: Buffer.from(`\ufeff${H}\r\n1;2;Liège 𝒳;4\r\n`, 'utf16le').swap16(),
    told: [],
    values: ['1·2·Liège 𝒳·4'],
  },
  { name: 'blanks around values', input: `${H}\n 1 ;\u00a02\t;\u200b3\ufeff;4\u3000\n`, told: [], values: ['1·2·3·4'] },
  { name: 'quotes', input: `${H}\n"1";"a;b";"say ""hi""";""\n`, told: [], values: ['1·a;b·say "hi"·'] },
  { name: 'blanks around quotes', input: `${H}\n "1" ;\t"2"; "" ;" 4 "\n`, told: [], values: ['1·2··4'] },
  { name: 'quoted header', input: `"SampleId";"BirthDate";"City";"Result"\n1;2;3;4\n`, told: [], values: ['1·2·3·4'] },
  {
    name: 'every value quoted',
    input: `${H}\n"1";"2";"3";"4"\n"5";"6";"7";"8"\n`,
    told: [],
    values: ['1·2·3·4', '5·6·7·8'],
  },
  { name: 'CR alone', input: `${H}\r1;2;3;4\r5;6;7;8\r`, told: [], values: ['1·2·3·4', '5·6·7·8'] },
  {
    name: 'mixed line ends, told once',
    input: `${H}\r\n1;2;3;4\n5;6;7;8\r\n9;8;7;6\r`,
    told: ['P108 2:- -'],
    values: ['1·2·3·4', '5·6·7·8', '9·8·7·6'],
  },
  {
    name: 'blank rows of every kind',
    input: `\n${H}\n\n1;2;3;4\n;;;\n \u00a0;"";\n5;6;7;8\n;\n\n`,
    told: ['P111 1:- -'],
    values: ['1·2·3·4', '5·6·7·8'],
  },
  { name: 'nothing', input: '', told: ['F008 -:- -'], values: [] },
  { name: 'only blanks', input: ' \r\n\t\n', told: ['F008 -:- -'], values: [] },
  { name: 'only a BOM', input: '\ufeff', told: ['F008 -:- -'], values: [] },
  { name: 'only no-break spaces', input: '\u00a0\n\u00a0\n', told: ['F008 -:- -'], values: [] },
  { name: 'only a header, F008 alone', input: `${H};Extra\r\n\n;;;;\n`, told: ['F008 -:- -'], values: [] },
  { name: 'only a sep line', input: 'sep=;\n', told: ['F008 -:- -'], values: [] },
  { name: 'one column missing', input: 'SampleId;BirthDate;City\n1;2;3\n', told: ['H101 1:- Result'], values: [] },
  {
    name: 'two columns missing, once',
    input: 'SampleId;City;X\n1;2;3\n',
    told: ['H101 1:- -', 'H102 1:- X'],
    values: [],
  },
  { name: 'another file', input: 'City;Foo;Bar;sampleid2\n1;2;3;4\n', told: ['H101 1:- -'], values: [] },
  { name: 'no header', input: '1;2;3;4\n5;6;7;8\n', told: ['H101 1:- -'], values: [] },
  { name: 'prose with a quote', input: 'Dear "all;\n', told: ['H101 1:- -'], values: [] },
  {
    name: 'unknown names, each once',
    input: `${H};Foo;Foo;Citty\n1;2;3;4;5;6;7\n`,
    told: ['H102 1:- Foo', 'H102 1:- Citty'],
    values: ['1·2·3·4'],
  },
  {
    name: 'hostile names',
    input: `${H};__proto__;constructor\n1;2;3;4;5;6\n`,
    told: ['H102 1:- constructor'],
    values: ['1·2·3·4'],
  },
  { name: 'our own columns', input: `${H};_codes;_x\n1;2;3;4;5;6\n`, told: [], values: ['1·2·3·4'] },
  { name: 'a column twice', input: `${H};City\n1;2;3;4;5\n`, told: ['H103 1:- City'], values: [] },
  { name: 'a column twice but for spelling', input: `${H};CITY\n1;2;3;4;5\n`, told: ['H103 1:- City'], values: [] },
  {
    name: 'case and blanks in names',
    input: 'sampleid;Birth Date; City ;RESULT\n1;2;3;4\n',
    told: ['H105 1:- SampleId', 'H105 1:- BirthDate', 'H105 1:- Result'],
    values: ['1·2·3·4'],
  },
  {
    name: 'separators are another name',
    input: 'Sample_Id;BirthDate;City;Result\n1;2;3;4\n',
    told: ['H101 1:- SampleId', 'H102 1:- Sample_Id'],
    values: [],
  },
  { name: 'delimiter at every line end', input: `${H};\n1;2;3;4;\n`, told: [], values: ['1·2·3·4'] },
  {
    name: 'values without a column name',
    input: `${H};;\n1;2;3;4;;\n5;6;7;8;9;0\n1;1;1;1;1;\n`,
    told: ['H104 1:- -', 'H104 1:- -'],
    values: ['1·2·3·4', '5·6·7·8', '1·1·1·1'],
  },
  {
    name: 'ragged row before a nameless column',
    input: `${H};\n1;2;3;4;5;\n6;7;8;9;\n`,
    told: ['P107 2:1 -'],
    values: ['1·2·3·4', '6·7·8·9'],
  },
  {
    name: 'header ends in a delimiter, a row does not',
    input: `${H};\n1;2;3;4\n`,
    told: ['P106 2:1 -'],
    values: ['1·2·3·4'],
  },
  {
    name: 'broken quote in the header',
    input: `SampleId;BirthDate;City;"Result\n1;2;3;4\n`,
    told: ['P109 1:- -'],
    values: [],
  },
  { name: 'too few values', input: `${H}\n1;2;3\n5;6;7;8\n`, told: ['P106 2:1 -'], values: ['1·2·3·', '5·6·7·8'] },
  {
    name: 'too many values, blank ones too',
    input: `${H}\n1;2;3;4;\n5;6;7;8\n`,
    told: ['P107 2:1 -'],
    values: ['1·2·3·4', '5·6·7·8'],
  },
  {
    name: 'quote inside a value',
    input: `${H}\n1;2"x;3;4\n5;6;7;8\n`,
    told: ['P104 2:1 BirthDate'],
    values: ['1·2"x;3;4··', '5·6·7·8'],
  },
  {
    name: 'text behind a quote',
    input: `${H}\n1;2;"a"b;4;5;6\n5;6;7;8\n`,
    told: ['P104 2:1 City'],
    values: ['1·2·"a"b;4;5;6·', '5·6·7·8'],
  },
  {
    name: 'line break in a value swallows nothing',
    input: `${H}\n1;"2\n3";4\n5;6;7;8\n`,
    told: ['P109 2:1 BirthDate', 'P104 3:2 SampleId'],
    values: ['1·"2··', '3";4···', '5·6·7·8'],
  },
  {
    name: 'quote open at the end of the file',
    input: `${H}\n1;2;3;"4`,
    told: ['P109 2:1 Result'],
    values: ['1·2·3·"4'],
  },
  {
    name: 'NUL in two values',
    input: `${H}\n1\0;2;3;4\0\n`,
    told: ['P103 2:1 SampleId', 'P103 2:1 Result'],
    values: ['·2·3·'],
  },
  { name: 'NUL in a ragged row', input: `${H}\n1\0;2\n`, told: ['P106 2:1 -', 'P103 2:1 -'], values: ['1\0·2··'] },
  {
    name: 'a value too long',
    input: `${H}\n1;${LONG};3;4\n5;6;7;8\n`,
    told: ['P110 2:1 BirthDate'],
    values: ['1··3·4', '5·6·7·8'],
  },
  {
    name: 'a value just not too long',
    input: `${H}\n1;${LONG.slice(1)};3;4\n`,
    told: [],
    values: [`1·${LONG.slice(1)}·3·4`],
  },
  {
    name: 'blanks do not make a value long',
    input: `${H}\n1;${' '.repeat(40_000)}2;3;4\n`,
    told: [],
    values: ['1·2·3·4'],
  },
  {
    name: 'length in code points',
    input: `${H}\n1;${'𝒳'.repeat(32_767)};3;4\n`,
    told: [],
    values: [`1·${'𝒳'.repeat(32_767)}·3·4`],
  },
  { name: 'quote guard with _line', input: `${H};_line\n'=1;'-2;'x;''@;9\n`, told: [], values: [`=1·-2·'x·''@`] },
  { name: 'quote guard without _line', input: `${H};_lines\n'=1;'-2;'x;4;9\n`, told: [], values: [`'=1·'-2·'x·4`] },
  { name: 'JSON name, CSV inside', input: `${H}\n1;2;3;4\n`, extension: 'json', told: ['P112 1:- -'], values: [] },
  { name: 'gzip', input: Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0), told: ['F010 -:- -'], values: [] },
  { name: 'NUL in the first line', input: `${H}\0\n1;2;3;4\n`, told: ['F010 -:- -'], values: [] },
  {
    name: 'undefined byte of Windows-1252',
    input: Buffer.from(`${H}\r\n1;2;\xe8;\x8d\n`, 'latin1'),
    told: ['P102 2:- -'],
    values: [],
  },
];
