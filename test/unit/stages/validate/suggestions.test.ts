import { LANGUAGES } from '../../../../src/domain/account';
import type { Codelist } from '../../../../src/domain/message-type';
import { renderMessage } from '../../../../src/stages/report/render-message';
import { CodeSet } from '../../../../src/stages/validate/code-set';
import { suggestDate } from '../../../../src/stages/validate/suggest-date';
import { suggestSerialDate } from '../../../../src/stages/validate/suggest-serial-date';
import { latestMoment } from '../../../../src/stages/validate/verdict';
import { catalogue, judgeWith, onField } from './support';

describe('what could be written instead', () => {
  it.each<readonly [string, string, string, string, string | null]>([
    ['LaboratoryTestResult', 'PatientIdentificationNumber', '1020300170', 'V201', '01020300170'],
    ['LaboratoryTestResult', 'PatientIdentificationNumber', '101200129', 'V201', '00101200129'],
    ['LaboratoryTestResult', 'PatientIdentificationNumber', '81365677', 'V201', null],
    ['LaboratoryTestResult', 'PatientIdentificationNumber', '8-13656-77', 'V201', null],
    ['LaboratoryTestResult', 'PatientIdentificationNumber', '85.04.02-169.32', 'V201', '85040216932'],
    ['LaboratoryTestResult', 'PatientIdentificationNumber', '1020300171', 'V201', null],
    ['LaboratoryTestResult', 'PatientIdentificationNumber', '12345678901', 'V202', null],
    ['LaboratoryTestResult', 'PatientIdentificationNumber', '8.5E+10', 'V203', null],
    ['LaboratoryTestResult', 'HealthProfessionalIdentificationNumberPrescr', '81199094004', 'V207', '81199094'],
    ['LaboratoryTestResult', 'HealthProfessionalIdentificationNumberPrescr', '8-11990-94-004', 'V207', '81199094'],
    ['LaboratoryTestResult', 'HealthProfessionalIdentificationNumberPrescr', '81199095004', 'V207', null],
    ['LaboratoryTestResult', 'HealthProfessionalIdentificationNumberPrescr', '81199095', 'V208', null],
    ['LaboratoryTestPrescription', 'CollectivityIdentificationNumber', '566988259', 'V209', '0566988259'],
    ['LaboratoryTestPrescription', 'CollectivityIdentificationNumber', 'BE 0566.988.259', 'V209', '0566988259'],
    ['RapidTestResult', 'HealthcareProviderIdentificationNumber', '566988259', 'V209', '0566988259'],
    ['RapidTestResult', 'HealthcareProviderIdentificationNumber', '81199094004', 'V207', '81199094'],
    ['RapidTestResult', 'HealthProfessionalIdentificationNumberTest', '1020300170', 'V201', '01020300170'],
    ['RapidTestResult', 'HealthProfessionalIdentificationNumberTest', '1-18492-42', 'V207', '11849242'],
    ['RapidTestResult', 'HealthProfessionalIdentificationNumberTest', '1.18492.42', 'V207', '11849242'],
    ['RapidTestResult', 'HealthProfessionalIdentificationNumberTest', '118 492 42', 'V207', '11849242'],
    ['RapidTestResult', 'HealthProfessionalIdentificationNumberTest', '1-87497-04', 'V207', '18749704'],
    ['RapidTestResult', 'HealthProfessionalIdentificationNumberTest', '1-18492-43', 'V207', null],
    ['RapidTestResult', 'HealthProfessionalIdentificationNumberTest', '85.04.02-169.32', 'V207', '85040216932'],
    ['RapidTestResult', 'HealthProfessionalIdentificationNumberTest', '81199094004', 'V202', '81199094'],
    ['RapidTestResult', 'CoronaTestPrescriptionCode', '4k-d82mxq7pla93zt', 'V210', '4KD82MXQ7PLA93ZT'],
    ['RapidTestResult', 'HealthcareOrElderlyCareWorker', 'Ja', 'V211', '1'],
    ['RapidTestResult', 'HealthcareOrElderlyCareWorker', 'FALSE', 'V211', '0'],
    ['RapidTestResult', 'HealthcareOrElderlyCareWorker', 'peut-être', 'V211', null],
    ['RapidTestResult', 'MobileAppAlert', 'y', 'V211', 'Y'],
    ['RapidTestResult', 'MobileAppAlert', 'non', 'V211', 'N'],
    ['RapidTestResult', 'MobileAppTestId', '8244 3971 0882 2068 5', 'V213', '82443971088220685'],
    ['LaboratoryTestResult', 'MessageType', '1', 'V216', '2'],
    ['LaboratoryTestResultVariants', 'PangolinLineage', 'b.1.1.7', 'V214', 'B.1.1.7'],
    ['LaboratoryTestResultVariants', 'GisaidAccession', 'epi-isl-123456', 'V215', 'EPI_ISL_123456'],
    ['LaboratoryTestResultVariants', 'GisaidAccession', '123456', 'V215', null],
    ['LaboratoryTestResult', 'CollectionDateTime1', '3/04/2021 09:15', 'V204', '2021-04-03 09:15:00'],
    ['LaboratoryTestResult', 'CollectionDateTime1', '31/02/2021 09:15', 'V204', null],
    ['LaboratoryTestResult', 'CollectionDateTime1', '03/04/2021 09:15', 'V204', null],
    ['LaboratoryTestResult', 'CollectionDateTime1', '25/12/2021 09:15', 'V204', null],
    ['LaboratoryTestResult', 'CollectionDateTime1', '44316.38573', 'V204', '2021-04-30 09:15:27'],
    ['LaboratoryTestResult', 'CollectionDateTime1', '44316', 'V204', null],
    ['LaboratoryTestPrescription', 'CollectionDateTime1', '44316.38573', 'V204', null],
    ['LaboratoryTestResult', 'DateOfBirth', '44289', 'V204', '2021-04-03'],
    ['LaboratoryTestResult', 'DateOfBirth', '31300', 'V204', null],
    ['LaboratoryTestResult', 'TestCode1', '94500', 'R301', '94500-6'],
    ['LaboratoryTestResult', 'TestCode1', '94500 6', 'R301', '94500-6'],
    ['LaboratoryTestResult', 'TestCode1', '94500-7', 'R301', '94500-6'],
    ['LaboratoryTestResult', 'TestCode1', '94506-3', 'R301', null],
    ['LaboratoryTestResult', 'TestResult1', '260373010', 'R301', '260373001'],
    ['LaboratoryTestResult', 'PatientIdentificationNumber', '85073003328.0', 'V201', '85073003328'],
    ['LaboratoryTestResult', 'PatientIdentificationNumber', '85073003328,00', 'V201', '85073003328'],
    ['LaboratoryTestResult', 'PatientIdentificationNumber', "'85073003328", 'V201', '85073003328'],
    ['LaboratoryTestResult', 'PatientIdentificationNumber', '85.07.30-033.00', 'V201', null],
    ['LaboratoryTestResult', 'HealthcareProviderIdentificationNumberLab', '81365677.0', 'V207', '81365677'],
    ['LaboratoryTestResult', 'TestResult1', 'Not detected', 'R301', '260415000'],
    ['LaboratoryTestResult', 'Sex', 'mannelijk', 'R301', '248153007'],
    ['LaboratoryTestResult', 'Sex', 'Unknown', 'R301', null],
    ['LaboratoryTestResult', 'ResultFlag1', 'RF-0002', 'R301', 'RF0002'],
    ['LaboratoryTestResult', 'SpecimenMaterial1', '258500010', 'R301', '258500001'],
    ['LaboratoryTestResultVariants', 'TestedMutation', 'LA31604-4|LA-31605-1', 'R301', 'LA31604-4|LA31605-1'],
  ])('%s %s %j: %s, %j', (type, field, value, code, suggestion) => {
    const [finding, ...more] = onField(judgeWith(type, { [field]: value }).findings, field);
    expect(finding).toMatchObject({ code, value, suggestion });
    expect(more).toEqual([]);
  });
});

describe('suggestDate', () => {
  it.each<readonly [string, Parameters<typeof suggestDate>[1], string | null]>([
    ['3/04/2021 09:15', 'datetime', '2021-04-03 09:15:00'],
    ['3/04/2021', 'date', '2021-04-03'],
    ['03/04/2021', 'date', null],
    ['3/4/2021', 'date', null],
    ['03-04-2021', 'date', null],
    ['3.4.2021', 'date', null],
    ['13/04/2021', 'date', '2021-04-13'],
    ['04/13/2021', 'date', '2021-04-13'],
    ['04/04/2021', 'date', '2021-04-04'],
    ['3/12/2021', 'date', null],
    ['3/04/21', 'date', null],
    ['2021/4/3', 'date', '2021-04-03'],
    ['2021.04.03', 'date', '2021-04-03'],
    ['20210403', 'date', '2021-04-03'],
    ['2021-04-03 10:00:00', 'date', '2021-04-03'],
    ['13/04-2021', 'date', null],
    ['44289', 'date', null],
    ['2021-04', 'date', null],
    ['2021-04-03T09:15:00', 'datetime', '2021-04-03 09:15:00'],
    ['2021-04-03T09:15:00.000', 'datetime', '2021-04-03 09:15:00'],
    ['2021-04-03T09:15:00Z', 'datetime', null],
    ['2021-04-03T09:15:00+02:00', 'datetime', null],
    ['2021-04-03 9:15', 'datetime', '2021-04-03 09:15:00'],
    ['2021-04-03 9:15 PM', 'datetime', null],
    ['2021-04-03', 'datetime', null],
    ['20210403091500', 'datetime', '2021-04-03 09:15:00'],
    ['202104030915', 'datetime', '2021-04-03 09:15:00'],
    ['13/04/2021 9h15', 'datetime', '2021-04-13 09:15:00'],
    ['13/04/2021', 'datetime-or-date', '2021-04-13'],
    ['13/04/2021 23:59', 'datetime-or-date', '2021-04-13 23:59:00'],
    ['04/1985', 'partial-date', '1985-04'],
    ['1985/4', 'partial-date', '1985-04'],
    ['2021-04-29', 'yymmdd', '210429'],
    ['29/04/2021', 'yymmdd', '210429'],
    ['1999-04-29', 'yymmdd', null],
    ['yesterday', 'date', null],
    ['1'.repeat(41), 'date', null],
  ])('%j as %s is %j', (value, format, expected) => {
    expect(suggestDate(value, format)).toBe(expected);
  });
});

describe('a stranger to a value set', () => {
  const set = (codes: readonly string[], closed: boolean): CodeSet => {
    const entries = codes.map((code) => ({ code, labels: {}, validFrom: null, validTo: null, system: null }));
    const codelist: Codelist = { name: 'Invented', closed, basis: '', entries };
    return new CodeSet(codelist);
  };

  it.each<readonly [string, string, boolean]>([
    ['CL0002', 'CL0001', false],
    ['CL001', 'CL0001', true],
    ['CL00001', 'CL0001', true],
    ['CL-0001', 'CL0001', true],
    ['C L 0 0 0 1', 'CL0001', true],
    ['CLO001', 'CL0001', true],
    ['LC0001', 'CL0001', false],
    ['CL01', 'CL0001', false],
    ['1834', '1833', false],
    ['258500001', '258500010', false],
    ['258500011', '258500001', true],
    ['119364003', '119361006', false],
    ['94500-7', '94500-6', true],
    ['94500-6', '94500-7', false],
    ['x'.repeat(500), 'CL0001', false],
  ])('%j is nearly %j in an open set: %p', (code, member, near) => {
    expect(set([member], false).stranger(code).near).toBe(near);
  });

  it('is offered nothing when two codes are equally near', () => {
    expect(set(['AB10', 'AB20'], true).stranger('AB0').suggestion).toBeNull();
  });

  it('is a typing error when its own check digit fails', () => {
    expect(set(['94500-6'], true).stranger('94500-7').typingError).toBe(true);
    expect(set(['94500-6'], true).stranger('94506-3').typingError).toBe(false);
    expect(set(['CL0001'], true).stranger('94500-7').typingError).toBe(false);
  });

  it('gets the same answer when it is remembered, and after too many', () => {
    const codes = set(['CL0001'], false);
    const first = codes.stranger('CL001');
    expect(codes.stranger('CL001')).toEqual(first);
    for (let i = 0; i < 2_100; i++) codes.stranger(`other ${i}`);
    expect(codes.stranger('CL001')).toEqual(first);
  });
});

describe('what is expected', () => {
  it.each<readonly [string, Readonly<Record<string, string>>, string, string | null]>([
    ['a short set', { TestResult1: 'x' }, 'TestResult1', '260373001 | 260415000 | 419984006 | 125154007'],
    ['a long set', { TestCode1: 'x' }, 'TestCode1', 'TestCodeCodelist'],
    ['a date', { TestDateTime1: 'x' }, 'TestDateTime1', 'YYYY-MM-DD hh:mm:ss'],
    ['a moment', { TestDateTime1: '2021-06-09 00:00:00' }, 'TestDateTime1', '≤ 2021-06-02 12:00:00'],
    ['a length', { TestId1: 'x'.repeat(300) }, 'TestId1', '≤ 255'],
    [
      'a missing number',
      { HealthProfessionalIdentificationNumberPrescr: '' },
      'HealthProfessionalIdentificationNumberPrescr',
      '8 × 0-9',
    ],
    ['a formula', { TestId1: '=1' }, 'TestId1', null],
  ])('%s', (_, changes, field, expected) => {
    const [finding] = onField(judgeWith('LaboratoryTestResult', changes).findings, field);
    expect(finding?.expected).toBe(expected);
  });

  it.each<readonly [string, string, string, Readonly<Record<string, unknown>>]>([
    ['LaboratoryTestResult', 'TestId1', 'x'.repeat(300), { length: 300, maxLength: 255 }],
    [
      'LaboratoryTestResult',
      'TestCode1',
      '94500-7',
      { codelist: 'TestCodeCodelist', hint: 'typing-error', unknown: '94500-7', set: 'long' },
    ],
    ['LaboratoryTestResult', 'TestCode1', 'x', { codelist: 'TestCodeCodelist', hint: '', unknown: 'x', set: 'long' }],
    ['LaboratoryTestResultVariants', 'PangolinLineage', 'B.1.1.529.2', { hint: 'alias' }],
    ['LaboratoryTestResultVariants', 'PangolinLineage', '?', { hint: '' }],
    ['LaboratoryTestPrescription', 'TelephoneNumberMobilePat', '', { reason: 'TelephoneNumberLLPat' }],
    ['LaboratoryTestResult', 'TestId1', '', { reason: '' }],
  ])('%s %s %j has its parameters', (type, field, value, params) => {
    const [finding] = onField(judgeWith(type, { [field]: value }).findings, field);
    expect(finding?.params).toEqual(params);
  });

  it.each<readonly [string, string, string, Readonly<Record<string, unknown>>]>([
    ['LaboratoryTestPrescription', 'CollectionLocation', 'CL0001', { codelist: 'CollectionLocationCodelist' }],
    ['LaboratoryTestResultVariants', 'TestIndicationWgs', 'WI0004', { codelist: 'TestIndicationCodelistWgs' }],
  ])('%s %s is open: %s is an example', (type, field, examples, params) => {
    const [finding] = onField(judgeWith(type, { [field]: '' }).findings, field);
    expect(finding).toMatchObject({ expected: `${examples} | …`, params: { ...params, examples } });
    for (const language of LANGUAGES) {
      const { fix } = renderMessage(finding!, language);
      expect(fix).toMatch(new RegExp(`${String(params['codelist'])}, \\p{L}[\\p{L} ]+ ${examples}\\.$`, 'u'));
    }
  });

  it('lists a closed set as all there is', () => {
    const [finding] = onField(judgeWith('LaboratoryTestResult', { TestResult1: '?' }).findings, 'TestResult1');
    expect(renderMessage(finding!, 'en').fix).toBe('Allowed codes: 260373001, 260415000, 419984006, 125154007.');
  });

  it('names all unknown codes of a cell at once', () => {
    const mutations = catalogue.codelists.get('MutationCodelist')!;
    const codelists = new Map(catalogue.codelists).set(mutations.name, { ...mutations, closed: true });
    const { findings } = judgeWith(
      'LaboratoryTestResultVariants',
      { TestedMutation: 'LA31604-4|XX|YY' },
      { codelists },
    );
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      code: 'R301',
      severity: 'error',
      params: { unknown: 'XX, YY' },
      suggestion: null,
    });
  });
});

describe('how much a wrong number weighs', () => {
  it.each([
    ['LaboratoryTestResult', 'HealthProfessionalIdentificationNumberPrescr', '81199095', 'V208', 'warning'],
    ['LaboratoryTestPrescription', 'CollectivityIdentificationNumber', '0431150351', 'V209', 'warning'],
    ['LaboratoryTestPrescription', 'CollectivityIdentificationNumber', '2566988259', 'V209', 'warning'],
    ['LaboratoryTestPrescription', 'CollectivityIdentificationNumber', '566988259', 'V209', 'error'],
    ['RapidTestResult', 'CollectivityIdentificationNumber', '0431150351', 'V209', 'warning'],
    ['RapidTestResult', 'HealthcareProviderIdentificationNumber', '0431150351', 'V209', 'error'],
    ['LaboratoryTestResult', 'SpecimenMaterial1', '258500011', 'R301', 'warning'],
    ['LaboratoryTestResult', 'TestCode1', '94500-7', 'R301', 'error'],
    ['LaboratoryTestResult', 'LastNamePat', '=x', 'V217', 'warning'],
  ])('%s %s %j: %s %s', (type, field, value, code, severity) => {
    const { findings, rejected } = judgeWith(type, { [field]: value });
    expect(onField(findings, field)[0]).toMatchObject({ code, severity });
    expect(rejected).toBe(severity === 'error');
  });
});

describe('what is stored', () => {
  const stored = (type: string, field: string, value: string): string => {
    const { values } = judgeWith(type, { [field]: value });
    return values[catalogue.types.get(type)!.fields.findIndex(({ name }) => name === field)]!;
  };

  it.each([
    ['LaboratoryTestResult', 'ResultFlag1', 'rf0002', 'RF0002'],
    ['LaboratoryTestResultVariants', 'TestedMutation', ' la31604-4 || LA31605-1'.trim(), 'LA31604-4|LA31605-1'],
    ['LaboratoryTestPrescription', 'MobileAppTestId', '8244-3971-0882-2068-5', '82443971088220685'],
    ['RapidTestResult', 'CoronaTestPrescriptionCode', '4kd8-2mxq 7pla93zt', '4KD82MXQ7PLA93ZT'],
    ['LaboratoryTestPrescription', 'TestPrescribedReason', 'anything', 'anything'],
    ['LaboratoryTestResult', 'LastNamePat', "D'Hoine", "D'Hoine"],
  ])('%s %s %j as %j', (type, field, value, expected) => {
    expect(stored(type, field, value)).toBe(expected);
  });

  it('gives a key of stored values and a patient', () => {
    const { key, patient } = judgeWith('LaboratoryTestResult', { TestId1: 'T 1' });
    expect(key).toBe('81365677\u001fT 1');
    expect(patient).toBe('92122407161');
  });

  it('folds the identity of a patient without NISS', () => {
    const identity = { PatientIdentificationNumber: '', DateOfBirth: '1980-01-02', Postcode: '9000' };
    const one = judgeWith('RapidTestResult', { ...identity, FirstNamesPat: 'Zoë Anaïs', LastNamePat: "D'HOINE" });
    const two = judgeWith('RapidTestResult', { ...identity, FirstNamesPat: 'ZOEANAIS', LastNamePat: "d'Hoine " });
    const three = judgeWith('RapidTestResult', { ...identity, FirstNamesPat: 'Zoë', LastNamePat: "D'HOINE" });
    expect(one.patient).toBe(two.patient);
    expect(one.key).toBe(two.key);
    expect(one.key.startsWith(one.patient)).toBe(true);
    expect(three.patient).not.toBe(one.patient);
  });
});

describe('suggestSerialDate', () => {
  const latest = latestMoment('2026-06-01 12:00:00');
  it.each<readonly [string, string, Parameters<typeof suggestSerialDate>[1], string | null]>([
    ['a day', '45000', 'date', '2023-03-15'],
    ['a leap day', '45351', 'date', '2024-02-29'],
    ['a day where parts may be missing', '45000', 'partial-date', '2023-03-15'],
    ['a day where a time may be missing', '45000', 'datetime-or-date', '2023-03-15'],
    ['a day in the short form', '45000', 'yymmdd', '230315'],
    ['no time that was not written', '45000', 'datetime', null],
    ['a time', '45000.38541667', 'datetime', '2023-03-15 09:15:00'],
    ['a time after a comma', '45000,38541667', 'datetime-or-date', '2023-03-15 09:15:00'],
    ['the last second', '45000.99999', 'datetime', '2023-03-15 23:59:59'],
    ['a time that rounds to midnight', '45000.999999', 'datetime', '2023-03-16 00:00:00'],
    ['the day of a moment', '45000.38541667', 'date', '2023-03-15'],
    ['no time whose digits were cut off', '45000.39', 'datetime', null],
    ['nothing that may be of today, counted from 1904', '44712', 'date', null],
    ['nothing that may be of tomorrow, counted from 1904', '44713', 'date', null],
    ['what is after tomorrow, counted from 1904', '44714', 'date', '2022-06-02'],
    ['nothing that may be 4 December 2021', '41221', 'date', null],
    ['no longer number', '450000', 'date', null],
    ['no shorter one', '4500', 'date', null],
    ['none with a sign', '-45000', 'date', null],
    ['none in thousands', '45.000', 'date', null],
  ])('gives %s: %s as %s', (_what, value, format, suggestion) => {
    expect(suggestSerialDate(value, format, latest)).toBe(suggestion);
  });

  it('offers nothing that may be a short date without its first zero', () => {
    const early = latestMoment('2013-01-01 12:00:00');
    expect(suggestSerialDate('41221', 'date', early)).toBeNull();
    expect(suggestSerialDate('41321', 'date', early)).toBeNull();
  });
});
