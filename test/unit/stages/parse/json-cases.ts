/** JSON files, each with what is told of it (`CODE line:record field`) and the values that are read. */
import type { FileCase } from './csv-cases';

const A = '{"SampleId":"1","BirthDate":"2","City":"3","Result":"4"}';
const B = '{"SampleId":"5","BirthDate":"6","City":"7","Result":"8"}';
const [VA, VB] = ['1·2·3·4', '5·6·7·8'];
const NONE = '···';

export const JSON_CASES: readonly FileCase[] = [
  { name: 'list', input: `[${A},\n${B}]\n`, told: [], values: [VA, VB] },
  { name: 'one object', input: `\n ${A}`, told: [], values: [VA] },
  { name: 'one object per line', input: `${A}\n${B}\n`, told: [], values: [VA, VB] },
  { name: 'objects side by side', input: `${A} ${B}${A}`, told: [], values: [VA, VB, VA] },
  { name: 'BOM and CRLF', input: `\ufeff${A}\r\n\r\n${B}\r\n`, told: [], values: [VA, VB] },
  {
    name: 'literals by their text',
    input: '[{"SampleId":-1.50e+3,"BirthDate":true,"City":false,"Result":null}]',
    told: [],
    values: ['-1.50e+3·1·0·'],
  },
  {
    name: 'escapes',
    input: '[{"SampleId":"\\u0041\\t\\/\\"","BirthDate":" \\ud835\\udcb3 ","City":"\\\\","Result":"\\b\\f"}]',
    told: [],
    values: ['A\t/"·𝒳·\\·\b'],
  },
  ...['\\ud800', 'x\\udc00', '\\ud800\\u0041', '\\ud800x', '\\udc00\\ud800'].map((value): FileCase => ({
    name: `half of a character: ${value}`,
    input: `${A}\n{"SampleId":"${value}","BirthDate":"","City":"","Result":""}\n${B}\n`,
    told: ['P112 2:2 -'],
    values: [VA, NONE, VB],
  })),
  { name: 'empty list', input: '[ ]', told: ['F008 -:- -'], values: [] },
  { name: 'blank file', input: ' \n', extension: 'json', told: ['F008 -:- -'], values: [] },
  {
    name: 'names once per file',
    input: `[{"sampleid":1,"BirthDate":2,"City":3,"Result":4,"Foo":5},\n{"sampleid":1,"BirthDate":2,"City":3,"Result":4,"Foo":6}]`,
    told: ['H105 1:1 SampleId', 'H102 1:1 Foo'],
    values: [VA, VA],
  },
  {
    name: 'hostile keys',
    input: '[{"__proto__":{"a":1},"constructor":1,"SampleId":1,"BirthDate":2,"City":3,"Result":4}]',
    told: ['H102 1:1 constructor'],
    values: [VA],
  },
  {
    name: 'fields missing, per record',
    input: `[{"SampleId":"1","City":"3"},\n${B},\n{}]`,
    told: ['H101 1:1 -', 'H101 3:3 -'],
    values: ['1··3·', VB, NONE],
  },
  {
    name: 'one field missing',
    input: '[{"SampleId":"1","BirthDate":"2","City":"3"}]',
    told: ['H101 1:1 Result'],
    values: ['1·2·3·'],
  },
  {
    name: 'a key twice',
    input: `[{"SampleId":"1","BirthDate":"2","City":"3","Result":"4",\n"City":"x"},${B}]`,
    told: ['P113 2:1 City'],
    values: [VA, VB],
  },
  {
    name: 'a key twice but for case',
    input: '[{"SampleId":"1","BirthDate":"2","City":"3","Result":"4","city":"x"}]',
    told: ['H105 1:1 City', 'P113 1:1 City'],
    values: [VA],
  },
  {
    name: 'an unknown key twice',
    input: '[{"SampleId":"1","BirthDate":"2","City":"3","Result":"4","x":1,"x":2}]',
    told: ['H102 1:1 x', 'P113 1:1 x'],
    values: [VA],
  },
  {
    name: 'nested values',
    input: '[{"SampleId":["1",{}],"BirthDate":{"a":[]},"City":"3","Result":"4"}]',
    told: ['P114 1:1 SampleId', 'P114 1:1 BirthDate'],
    values: ['··3·4'],
  },
  {
    name: 'elements that are no objects',
    input: `[1,"a",[${A}],null,\n${B}]`,
    told: ['P114 1:1 -', 'P114 1:2 -', 'P114 1:3 -', 'P114 1:4 -'],
    values: [NONE, NONE, NONE, NONE, VB],
  },
  {
    name: 'no object on a line',
    input: `${A}\n[1,2]\n7\n${B}`,
    told: ['P114 2:2 -', 'P114 3:3 -'],
    values: [VA, NONE, NONE, VB],
  },
  {
    name: 'NUL',
    input: '[{"SampleId":"1\\u0000","BirthDate":"2","City":"3","Result":"4"}]',
    told: ['P103 1:1 SampleId'],
    values: ['·2·3·4'],
  },
  {
    name: 'escaped line break',
    input: '[{"SampleId":"1\\n2","BirthDate":"2","City":"3","Result":"4"}]',
    told: ['P109 1:1 SampleId'],
    values: ['1\n2·2·3·4'],
  },
  {
    name: 'a value too long',
    input: `[{"SampleId":"${'x'.repeat(32_768)}","BirthDate":"2","City":"3","Result":"4"}]`,
    told: ['P110 1:1 SampleId'],
    values: ['·2·3·4'],
  },
  { name: 'list broken in its second record', input: `[${A},\n{"SampleId" "5"}]`, told: ['P112 2:- -'], values: [VA] },
  { name: 'list cut off', input: `[${A},`, told: ['P112 1:- -'], values: [VA] },
  { name: 'list cut off within a record', input: `[${A},\n{"SampleId":"5`, told: ['P112 2:- -'], values: [VA] },
  { name: 'comma missing', input: `[${A}\n${B}]`, told: ['P112 2:- -'], values: [VA] },
  { name: 'comma too many', input: `[${A},]`, told: ['P112 1:- -'], values: [VA] },
  { name: 'text behind the list', input: `[${A}]\nx`, told: ['P112 2:- -'], values: [VA] },
  { name: 'leading zero', input: '[{"SampleId":01}]', told: ['P112 1:- -'], values: [] },
  { name: 'raw line break in a text', input: '[{"SampleId":"a\nb"}]', told: ['P112 1:- -'], values: [] },
  { name: 'neither list nor object', input: 'SampleId', extension: 'json', told: ['P112 1:- -'], values: [] },
  { name: 'a scalar alone', input: '"x"', extension: 'json', told: ['P112 1:- -'], values: [] },
  {
    name: 'a bad line among lines',
    input: `${A}\n{"SampleId":"x",}\n${B}\n`,
    told: ['P112 2:2 -'],
    values: [VA, NONE, VB],
  },
  {
    name: 'an unfinished line among lines',
    input: `${A}\r\n{"SampleId":"x"\r\n${B}\r\n`,
    told: ['P112 2:2 -'],
    values: [VA, NONE, VB],
  },
  {
    name: 'an open text at a line end',
    input: `${A}\n{"SampleId":"x\n${B}\n`,
    told: ['P112 2:2 -'],
    values: [VA, NONE, VB],
  },
  ...['{"SampleId":', '{"SampleId": ', '{"a":[', '{"a":[1,', '{"a":{"b":', '['].map((line) => ({
    name: `a line that wants a value: ${line}`,
    input: `${A}\n${line}\n${B}\n`,
    told: ['P112 2:2 -'],
    values: [VA, NONE, VB],
  })),
  { name: 'commas at line ends', input: `${A},\n${B}\n`, told: ['P112 1:1 -'], values: [NONE, VB] },
  {
    name: 'strange lines are one',
    input: `${A}\n# note\nmore\n\n${B}\n`,
    told: ['P112 2:2 -'],
    values: [VA, NONE, VB],
  },
  { name: 'last line cut off', input: `${A}\n{"SampleId":"5","Bir`, told: ['P112 2:2 -'], values: [VA, NONE] },
  {
    name: 'Windows-1252',
    input: Buffer.from(`${A}\n{"SampleId":"\xe9","BirthDate":"","City":"","Result":""}`, 'latin1'),
    told: ['P101 -:- -'],
    values: [VA, 'é···'],
  },
];
