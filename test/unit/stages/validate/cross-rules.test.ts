import type { Codelist } from '../../../../src/domain/message-type';
import { createFinding } from '../../../../src/domain/create-finding';
import { brief, catalogue, judge, judgeWith, onField, rightRecord, typeNamed, type Fields } from './support';

const RESULT = 'LaboratoryTestResult';
const VARIANTS = 'LaboratoryTestResultVariants';
const PRESCRIPTION = 'LaboratoryTestPrescription';

describe('V218, NISS against birth date and sex', () => {
  const cases: readonly (readonly [string, Fields, readonly string[]])[] = [
    ['agreeing', { DateOfBirth: '1985-04-02', Sex: 'M' }, []],
    ['other day', { DateOfBirth: '1985-04-03' }, ['V218 DateOfBirth']],
    ['other month, day not given', { DateOfBirth: '1985-05' }, ['V218 DateOfBirth']],
    ['year alone agrees', { DateOfBirth: '1985' }, []],
    ['other century', { DateOfBirth: '1885-04-02' }, ['V218 DateOfBirth']],
    ['other sex', { Sex: 'f' }, ['V218 Sex']],
    ['other sex as SNOMED', { Sex: '248152002' }, ['V218 Sex']],
    ['sex unknown', { Sex: 'UNK' }, []],
    ['both', { DateOfBirth: '1986', Sex: 'F' }, ['V218 DateOfBirth', 'V218 Sex']],
    ['no register number', { PatientIdentificationNumber: '', DateOfBirth: '1986', Sex: 'F' }, []],
    ['wrong register number', { PatientIdentificationNumber: '85040216933', Sex: 'F' }, []],
    ['wrong birth date', { DateOfBirth: '1986-13', Sex: 'M' }, []],
    ['BIS number with unknown sex', { PatientIdentificationNumber: withCheck('852402170'), Sex: 'M' }, []],
    ['BIS number with known sex', { PatientIdentificationNumber: withCheck('854402170'), Sex: 'M' }, ['V218 Sex']],
    ['unknown birth day', { PatientIdentificationNumber: withCheck('850400170'), DateOfBirth: '1985-04-30' }, []],
  ];

  it.each(cases)('%s', (_, changes, expected) => {
    const { findings } = judgeWith(RESULT, { PatientIdentificationNumber: '85040216932', ...changes });
    const found = findings.filter(({ code }) => code === 'V218');
    expect(brief(found)).toEqual(expected);
    expect(found.every(({ severity }) => severity === 'warning')).toBe(true);
  });

  function withCheck(body: string): string {
    return body + String(97 - (Number(body) % 97)).padStart(2, '0');
  }
});

describe('R306, identity although the NISS is known', () => {
  it('is one warning on the first filled field, naming all', () => {
    const { findings, rejected } = judgeWith(RESULT, { Municipality: 'Gent', LastNamePat: 'Peeters', Country: 'BE' });
    expect(brief(findings)).toEqual(['R306 LastNamePat']);
    expect(findings[0]).toMatchObject({
      severity: 'warning',
      params: { fields: 'LastNamePat, Municipality, Country' },
    });
    expect(rejected).toBe(false);
  });

  it('does not count fields with an error', () => {
    const { findings } = judgeWith(RESULT, { LastNamePat: 'x'.repeat(256), Country: 'BE' });
    expect(brief(findings)).toEqual(['V212 LastNamePat', 'R306 Country']);
  });

  it('needs a right NISS', () => {
    const { findings } = judgeWith(RESULT, { PatientIdentificationNumber: '12345678901', Country: 'BE' });
    expect(brief(findings)).toEqual(['V202 PatientIdentificationNumber']);
  });
});

describe('R308, detected but not tested', () => {
  it.each([
    ['LA31604-4|LA31605-1', 'la31605-1', []],
    ['LA31604-4', 'LA31605-1 | LA31604-4 | LA31606-9', ['LA31605-1, LA31606-9']],
    ['', 'LA31605-1', []],
    ['LA31604-4', '', []],
  ])('tested %j, detected %j', (TestedMutation, DetectedMutation, untested) => {
    const { findings } = judgeWith(VARIANTS, { TestedMutation, DetectedMutation });
    expect(findings.map(({ code, params }) => [code, params['untested']])).toEqual(
      untested.map((each) => ['R308', each]),
    );
  });
});

describe('R309, the Coronalert test id against its date', () => {
  const app = { MobileAppTestId: '82443971088220685', MobileAppDatePatientInfectious: '200710', MobileAppAlert: 'Y' };
  it.each<readonly [string, Fields, readonly string[]]>([
    ['fitting', {}, []],
    ['with hyphens', { MobileAppTestId: '8244-3971088220685' }, []],
    ['other date', { MobileAppDatePatientInfectious: '200711' }, ['R309 MobileAppTestId']],
    ['wrong date', { MobileAppDatePatientInfectious: '200732' }, ['V205 MobileAppDatePatientInfectious']],
    ['wrong id', { MobileAppTestId: '824' }, ['V213 MobileAppTestId']],
    ['no date', { MobileAppDatePatientInfectious: '' }, ['R303 MobileAppDatePatientInfectious']],
  ])('%s', (_, changes, expected) => {
    const { findings } = judgeWith(PRESCRIPTION, { ...app, ...changes });
    expect(brief(findings)).toEqual(expected);
  });

  it('names the date field', () => {
    const { findings } = judgeWith(PRESCRIPTION, { ...app, MobileAppDatePatientInfectious: '200711' });
    expect(findings[0]).toMatchObject({ severity: 'error', params: { dateField: 'MobileAppDatePatientInfectious' } });
  });
});

describe('R310, the laboratory against the sender', () => {
  const lab = 'HealthcareProviderIdentificationNumberLab';
  it.each<readonly [string, string, string | null, readonly string[]]>([
    [RESULT, '81199094', '81365677', [`R310 ${lab}`]],
    [VARIANTS, '81199094', '81365677', [`R310 ${lab}`]],
    [RESULT, '81365677', '81365677', []],
    [RESULT, '81199094', null, []],
    [RESULT, '8119909', '81365677', [`V207 ${lab}`]],
    [PRESCRIPTION, '81199094', '81365677', []],
    ['ResultFlagsSuspicionFalsePositiveTest', '81199094', '81365677', []],
  ])('%s with %s from %s', (type, value, sender, expected) => {
    const { findings } = judgeWith(type, { [lab]: value }, { context: { sender } });
    expect(brief(findings)).toEqual(expected);
  });
});

describe('R304, dates in order', () => {
  it('compares at the shorter precision and names both', () => {
    const { findings } = judgeWith(RESULT, {
      PatientIdentificationNumber: '',
      DateOfBirth: '2021-06',
      CollectionDateTime1: '2021-05-03 08:10:00',
      TestDateTime1: '2021-05-03 08:00:00',
    });
    const found = findings.filter(({ code }) => code === 'R304');
    expect(found.map(({ field, params }) => [field, params['other'], params['otherValue']])).toEqual([
      ['CollectionDateTime1', 'DateOfBirth', '2021-06'],
      ['TestDateTime1', 'CollectionDateTime1', '2021-05-03 08:10:00'],
      ['TestDateTime1', 'DateOfBirth', '2021-06'],
    ]);
  });

  it('takes the value that means none for none', () => {
    const changes = { PatientIdentificationNumber: '', DateOfBirth: '1985-04-02', ProblemStartDate: '1900-01-01' };
    expect(brief(judgeWith(PRESCRIPTION, changes).findings)).not.toContain('R304 ProblemStartDate');
    const real = { ...changes, ProblemStartDate: '1985-04-01' };
    expect(brief(judgeWith(PRESCRIPTION, real).findings)).toContain('R304 ProblemStartDate');
  });

  it('leaves wrong dates out', () => {
    const { findings } = judgeWith(RESULT, { TestDateTime1: '1999-02-30 10:00:00' });
    expect(brief(findings)).toEqual(['V205 TestDateTime1']);
  });
});

describe('R302, codes with dates', () => {
  const old = catalogue.codelists.get('TestCodeCodelist')!;
  const dated: Codelist = {
    ...old,
    entries: old.entries.flatMap((entry) => {
      if (entry.code !== '94500-6') return [entry];
      return [
        { ...entry, validFrom: '2020-01-01', validTo: '2021-05-03' },
        { ...entry, validFrom: '2021-05-20', validTo: null },
      ];
    }),
  };
  const codelists = new Map(catalogue.codelists).set(dated.name, dated);
  const type = typeNamed(RESULT);

  it.each<readonly [string, Fields, string | null, readonly string[]]>([
    ['on the last day', { CollectionDateTime1: '2021-05-03 23:59:59' }, null, []],
    ['after it', { CollectionDateTime1: '2021-05-04 00:00:00' }, null, ['2021-05-04']],
    ['in a later period', { CollectionDateTime1: '2021-05-20 00:00:00' }, null, []],
    ['before the first', { CollectionDateTime1: '2019-12-31 00:00:00' }, null, ['2019-12-31']],
    ['by the test time', { CollectionDateTime1: '', TestDateTime1: '2021-05-05 10:00:00' }, null, ['2021-05-05']],
    ['by the file time', { CollectionDateTime1: '', TestDateTime1: '' }, '2021-05-10 08:00:00', ['2021-05-10']],
    ['by nothing', { CollectionDateTime1: '', TestDateTime1: '' }, null, []],
    ['by its own block', { CollectionDateTime2: '2021-05-04 00:00:00' }, null, []],
  ])('%s', (_, changes, fileTime, dates) => {
    const fields = { ...rightRecord(type), TestCode1: '94500-6', TestDateTime1: '2021-05-20 10:00:00', ...changes };
    const { findings } = judge(type, fields, { codelists, context: { fileTime } });
    const found = findings.filter(({ code }) => code === 'R302');
    expect(found.map(({ field, params }) => [field, params['date']])).toEqual(dates.map((date) => ['TestCode1', date]));
  });
});

describe('codes with dates', () => {
  const codes = (entries: readonly (readonly [string, string | null, string | null])[], closed = true): Codelist => ({
    ...{ name: 'Dated', closed, basis: '' },
    entries: entries.map(([code, validFrom, validTo]) => ({ code, validFrom, validTo, labels: {}, system: null })),
  });

  it.each<readonly [string, Fields, string | null]>([
    ['that was valid when the sample was taken', { CollectionDateTime1: '2021-05-01 10:00:00' }, '94500-6'],
    ['not one that was not', { CollectionDateTime1: '2021-05-04 10:00:00' }, null],
    ['by the test time where the other is empty', { CollectionDateTime1: '' }, '94500-6'],
    ['by the test time where the other is wrong', { CollectionDateTime1: '2021-13-04 10:00:00' }, '94500-6'],
    ['by the file time where both are wrong', { CollectionDateTime1: 'x', TestDateTime1: 'x' }, null],
  ])('are suggested: %s', (_, changes, suggestion) => {
    const type = typeNamed(RESULT);
    const codelists = new Map(catalogue.codelists).set('TestCodeCodelist', codes([['94500-6', null, '2021-05-03']]));
    const fields = { ...rightRecord(type), TestCode1: '94500-7', TestDateTime1: '2021-05-02 10:00:00', ...changes };
    const { findings } = judge(type, fields, { codelists, context: { fileTime: '2021-05-10 08:00:00' } });
    const found = findings.find(({ code }) => code === 'R301');
    expect(found).toMatchObject({ field: 'TestCode1', suggestion, expected: suggestion });
  });

  it.each<readonly [string, string, string]>([
    ['alone', 'LA31603-6', ''],
    ['one of two', 'LA31604-4|la31603-6', 'la31603-6 (... - 2021-01-31)'],
    ['several', 'LA31605-1|LA31603-6', 'LA31605-1 (2021-06-01 - 2021-06-30), LA31603-6 (... - 2021-01-31)'],
  ])('are named where a cell holds several: %s', (_, TestedMutation, told) => {
    const type = typeNamed('LaboratoryTestResultVariants');
    const list = codes([
      ['LA31603-6', null, '2021-01-31'],
      ['LA31604-4', null, null],
      ['LA31605-1', '2021-06-01', '2021-06-30'],
    ]);
    const codelists = new Map(catalogue.codelists).set('MutationCodelist', list);
    const fields = { ...rightRecord(type), TestedMutation, DetectedMutation: '' };
    const found = judge(type, fields, { codelists }).findings.filter(({ code }) => code === 'R302');
    expect(found.map(({ field, value, params }) => [field, value, params['codes']])).toEqual([
      ['TestedMutation', TestedMutation, told],
    ]);
  });
});

describe('what the reader says of a record', () => {
  const type = typeNamed(RESULT);

  it('ends it when the record is broken', () => {
    const fields = { PatientIdentificationNumber: 'x' };
    expect(judge(type, fields, { record: { broken: true } })).toMatchObject({ findings: [], rejected: true, key: '' });
  });

  it('rejects it, and keeps its own findings apart', () => {
    const finding = createFinding('P110', { field: 'Street' });
    const { findings, rejected } = judge(type, rightRecord(type), { record: { findings: [finding] } });
    expect(findings).toEqual([]);
    expect(rejected).toBe(true);
  });

  it('leaves a refused value alone and judges the others', () => {
    const finding = createFinding('P103', { field: 'TestCode1' });
    const fields = { ...rightRecord(type), TestCode1: 'bad', TestResult1: 'bad' };
    expect(brief(judge(type, fields, { record: { findings: [finding] } }).findings)).toEqual(['R301 TestResult1']);
  });

  it('is silent on fields that a JSON record lacks, and on rules that need one', () => {
    const at = (name: string): number => type.fields.findIndex((field) => field.name === name);
    const absent = new Set([at('PatientIdentificationNumber'), at('TestId1')]);
    const fields = {
      ...rightRecord(type),
      PatientIdentificationNumber: '',
      TestId1: '',
      LastNamePat: 'Peeters',
      Sex: '?',
    };
    expect(brief(judge(type, fields, { record: { absent } }).findings)).toEqual(['R301 Sex']);
  });

  it('gives each value its own line and column', () => {
    const valueLines = type.fields.map((_, index) => 100 + index);
    const index = type.fields.findIndex(({ name }) => name === 'TestResult1');
    const fields = { ...rightRecord(type), TestResult1: 'bad' };
    const { findings } = judge(type, fields, { record: { valueLines, record: 7 }, context: { columnOf: () => null } });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ line: 100 + index, record: 7, columnNo: null });
    const inCsv = judge(type, fields);
    expect(onField(inCsv.findings, 'TestResult1')[0]).toMatchObject({ line: 2, columnNo: index + 1 });
  });
});

describe('several findings', () => {
  it('come all at once, in the order of the schema', () => {
    const { findings, rejected } = judgeWith(RESULT, {
      TestResult1: 'x',
      MessageType: '3',
      CollectionDateTime1: '3/04/2021 09:15',
      PatientIdentificationNumber: '1020300170',
      TestCode2: '94500-6',
    });
    expect(brief(findings).slice(0, 4)).toEqual([
      'V216 MessageType',
      'V201 PatientIdentificationNumber',
      'V204 CollectionDateTime1',
      'R301 TestResult1',
    ]);
    expect(brief(findings).slice(4)).toEqual(
      ['CollectionDateTime2', 'SpecimenMaterial2', 'TestDateTime2', 'TestResult2', 'TestId2'].map(
        (name) => `R303 ${name}`,
      ),
    );
    expect(rejected).toBe(true);
  });

  it('say nothing twice when neither NISS nor identity is there', () => {
    const { findings } = judgeWith(RESULT, { PatientIdentificationNumber: '' });
    expect(brief(findings)).toEqual(['V200 PatientIdentificationNumber', 'R303 CoronaTestPrescriptionCode']);
    expect(findings.map(({ severity }) => severity)).toEqual(['error', 'warning']);
  });

  it('ask for the rest of the identity when a part is there', () => {
    const { findings } = judgeWith(RESULT, { PatientIdentificationNumber: '', LastNamePat: 'Peeters' });
    const errors = findings.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ code }) => code)).toEqual(Array(8).fill('R303'));
    expect(errors[0]?.params).toEqual({ because: 'PatientIdentificationNumber = "" & LastNamePat' });
  });
});
