import { FINDING_CODES } from '../../../../src/domain/codes';
import { parseName, type NameContext } from '../../../../src/stages/name/parse-name';

const TYPES = ['LaboratoryTestResult', 'RapidTestResult'];
const NOW = '2021-04-03 12:00:00';
const ACCOUNT = { senders: ['81365677'], messageTypes: ['LaboratoryTestResult'] };

function parse(base: string, account: NameContext['account'] = ACCOUNT): ReturnType<typeof parseName> {
  return parseName(base, { types: TYPES, account, now: NOW, fileName: `${base}.csv` });
}

it('reads the three parts of a name', () => {
  expect(parse('81365677_LaboratoryTestResult_210403091500')).toEqual({
    sender: '81365677',
    messageType: 'LaboratoryTestResult',
    fileTime: '2021-04-03 09:15:00',
    findings: [],
  });
});

it.each([
  ['81365677_LaboratoryTestResult_210403091500', []],
  ['81365677_LaboratoryTestResult_000229235959', []],
  ['nonsense', ['F001']],
  ['', ['F001']],
  ['81365677_210403091500', ['F001']],
  ['8136567_LaboratoryTestResult_210403091500', ['F001']],
  ['813656777_LaboratoryTestResult_210403091500', ['F001']],
  ['81365677_LaboratoryTestResult_2104030915', ['F001']],
  ['81365677_LaboratoryTestResult_20210403091500', ['F001']],
  ['81365677__210403091500', ['F001']],
  ['٨١٣٦٥٦٧٧_LaboratoryTestResult_210403091500', ['F001']],
  ['8136567_LabTest_20', ['F001', 'F002']],
  ['81365677_laboratorytestresult_210403091500', ['F002']],
  ['81365677_Laboratory_Test_Result_210403091500', ['F002']],
  ['81199094_LaboratoryTestResult_210403091500', ['F003']],
  ['81365677_LaboratoryTestResult_210431091500', ['F004']],
  ['81365677_LaboratoryTestResult_210229091500', ['F004']],
  ['81365677_LaboratoryTestResult_210403240000', ['F004']],
  ['81365677_LaboratoryTestResult_210403095960', ['F004']],
  ['81365677_LaboratoryTestResult_210404120000', []],
  ['81365677_LaboratoryTestResult_210404120001', ['F005']],
  ['81365677_RapidTestResult_210403091500', ['F016']],
  ['81199094_RapidTestResult_219903091500', ['F003', 'F016', 'F004']],
])('%s: %j', (base, codes) => {
  expect(parse(base).findings.map(({ code }) => code)).toEqual(codes);
});

it('judges no account where none is concerned', () => {
  expect(parse('81199094_RapidTestResult_210403091500', null).findings).toEqual([]);
  expect(parse('81365677_RapidTestResult_210403091500', { ...ACCOUNT, messageTypes: null }).findings).toEqual([]);
});

it.each([
  ['LaboratoryTestResul', 'LaboratoryTestResult'],
  ['laboratorytestresult', 'LaboratoryTestResult'],
  ['Laboratory-Test-Result', 'LaboratoryTestResult'],
  ['RapidTestResutl', 'RapidTestResult'],
  ['Invoice', null],
])('suggests for %s: %s', (type, suggestion) => {
  const [finding] = parse(`81365677_${type}_210403091500`).findings;
  expect(finding).toMatchObject({ code: 'F002', value: type, suggestion, params: { type } });
});

it('keeps what it can read of a wrong name', () => {
  expect(parse('81365677_Nothing_210403091500')).toMatchObject({
    sender: '81365677',
    messageType: null,
    fileTime: '2021-04-03 09:15:00',
  });
  expect(parse('x_RapidTestResult_210431091500')).toMatchObject({
    sender: null,
    messageType: 'RapidTestResult',
    fileTime: null,
  });
});

it('tells the name as it was uploaded, and fills the parameters of each code', () => {
  expect(parse('nonsense').findings[0]).toMatchObject({ scope: 'file', line: null, value: 'nonsense.csv' });
  const bases = ['x_y_z', '81199094_RapidTestResult_219903091500', '81365677_LaboratoryTestResult_310403091500'];
  const findings = bases.flatMap((base) => parse(base).findings);
  expect(new Set(findings.map(({ code }) => code)).size).toBe(6);
  for (const { code, params } of findings)
    expect(Object.keys(params).sort()).toEqual([...FINDING_CODES[code].params].sort());
});
