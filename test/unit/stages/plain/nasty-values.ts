/** Values that a field may be asked to judge: right ones, wrong ones, and those at the border between both. Pure. */
import type { Codelist, FieldSpec } from '../../../../src/domain/message-type';
import { CodeSet } from '../../../../src/stages/validate/code-set';
import { createJudge } from '../../../../src/stages/validate/create-judge';
import { latestMoment } from '../../../../src/stages/validate/verdict';

const DAYS = [
  ...['2020-02-29', '2021-02-29', '2000-02-29', '1900-02-29', '2021-04-30', '2021-04-31', '2021-05-31', '2021-01-32'],
  ...['2021-00-10', '2021-13-10', '2021-01-00', '0000-01-01', '0001-01-01', '0099-12-28', '0100-01-01', '9999-12-31'],
  // Today, tomorrow and the day behind it, as seen on the first of June 2021.
  ...[
    '2021-06-01',
    '2021-06-02',
    '2021-06-03',
    '1900-01-01',
    '2021-5-1',
    '2021/05/01',
    '01-05-2021',
    '2021-05',
    '2021',
  ],
  ...['20210501', '210501', '210602', '210603', '990101', '000000', '2021-05-0a', '-021-05-01', '2021-05-01T'],
];
const TIMES = ['00:00:00', '23:59:59', '24:00:00', '12:60:00', '12:00:60', '12:00:00', '12:00:01', '1:00:00', '12:00'];
const MOMENTS = [
  ...DAYS.map((day) => `${day} 10:00:00`),
  ...TIMES.flatMap((time) => [`2021-05-02 ${time}`, `2021-06-02 ${time}`]),
  ...['2021-05-01T10:00:00', '2021-05-01\u00a010:00:00', '2021-05-01 10.00.00', '2021-05-01 10:00:0x', '2021-05-01 '],
];

/** Bytes that the reader itself must look at. */
const STRANGE = [
  ...['', ' ', '   ', '\t', '\0', 'a\0b', '"', '"a"', 'a"b', '"a;b"', '""', ';', ',', '|', '\v', '\f', '\x1b', '\x7f'],
  ...[
    '\u00a0',
    '\u200b',
    '\ufeff',
    '\u00a0x',
    'x\u00a0',
    '\u200bx',
    'x\u200b',
    '\ufeffx',
    'x\ufeff',
    '\u0085',
    '\u3000x',
  ],
  ...[' x', 'x ', '  x  ', 'x\t', '\tx', 'x y', ' \u00a0x', 'x\u00a0 ', '\ufffd', 'é', 'ß', '€', '\u{1f600}', 'Œuvre'],
  ...['Ζωή', 'Ирина', '李', 'ى', 'e\u0301', "'x", "'=1", '\u2028', '\u00ad'],
];
const NUMBERS = [
  ...['=1+1', '=', '+', '-', '--', '+/-', '@', '@x', '+32 470 12 34 56', '-5', '+5', '-5,5', '+5.5', '-x', '+x', '-é'],
  ...[
    '1.23E+10',
    '1,23E+10',
    '1E+10',
    '1e-05',
    '8.50730E+10',
    '1.23E+1',
    '0',
    '1',
    '2',
    '7',
    '01',
    '1.0',
    '12345678901',
  ],
];
const IDENTIFIERS = [
  ...['85073003328', '85073003329', '04020911830', '4020911830', '85.07.30-033.28', '8507300332', '00000000097'],
  ...['40000000018', '81365677', '81365678', '82499092', '71000436', '8136567', '11849242', '0000000000', '0403019261'],
  ...['0403019262', '403019261', '12345678901234567', '12345678-901234567', '1234-5678-901234567', '1234567890123456'],
  ...['4KD82MXQ7PLA93ZT', '4kd82mxq7pla93zt', '4KD8-2MXQ-7PLA-93ZT', '4KD8 2MXQ 7PLA 93ZT', '4KD8  2MXQ7PLA93ZT'],
  ...[
    'EPI_ISL_2012340',
    'EPI ISL 2012340',
    'epi_isl_1',
    'B.1.1.7',
    'b.1.1.7',
    'B',
    'I.1',
    'XBB.1.5',
    'ORPHA:355',
    '355',
  ],
  ...['orpha:355', 'Y', 'y', 'N', 'ja', 'true'],
];
const TEXTS = [254, 255, 256, 20, 24, 25].flatMap((length) => ['x'.repeat(length), 'é'.repeat(length)]);

const COMMON = [...STRANGE, ...NUMBERS, ...IDENTIFIERS, ...TEXTS];

/** For noon of the first of June 2021. About half of them are right, some of them stored otherwise. */
export function nastyValues(field: FieldSpec, codelists: ReadonlyMap<string, Codelist>): readonly string[] {
  const all = allValues(field, codelists);
  const list = field.codelist === null ? undefined : codelists.get(field.codelist);
  const { judge } = createJudge(field, list === undefined ? null : new CodeSet(list));
  const latest = latestMoment('2021-06-01 12:00:00');
  const right = all.filter((value) => value.trim() !== '' && judge(value.trim(), latest).length === 0);
  const times = right.length === 0 ? 0 : Math.ceil(all.length / right.length) - 1;
  return [...all, ...Array.from({ length: times }, () => right).flat()];
}

function allValues(field: FieldSpec, codelists: ReadonlyMap<string, Codelist>): readonly string[] {
  const entries = field.codelist === null ? [] : (codelists.get(field.codelist)?.entries ?? []);
  const codes = entries.slice(0, 6).map(({ code }) => code);
  const [first = 'A', second = 'B'] = codes;
  const joined = ['|', '+', ',', field.multiple ?? '|'].flatMap((sign) => [
    ...[`${first}${sign}${second}`, `${first}${sign}`, `${sign}${first}`, `${first} ${sign} ${second}`],
    ...[`${first}${sign}${sign}${second}`, `${first}${sign}${second.toLowerCase()}`, `${first}${sign}nothing`],
  ]);
  const own = [...field.values, ...codes, field.absentValue ?? '', 'unknown', '99999-9', '94500', '945006', 'LA0-0'];
  const spellings = own.flatMap((value) => [
    value,
    value.toLowerCase(),
    value.toUpperCase(),
    value.replaceAll('-', '\u2011'),
    ` ${value} `,
    `\u00a0${value}`,
  ]);
  const { maxLength } = field;
  const lengths = maxLength > 400 ? [] : [maxLength, maxLength + 1].flatMap((n) => ['x'.repeat(n), 'é'.repeat(n)]);
  const dates = field.format.includes('date') || field.format === 'yymmdd' ? [...DAYS, ...MOMENTS] : DAYS.slice(0, 4);
  return [...COMMON, ...spellings, ...joined, ...lengths, ...dates];
}
