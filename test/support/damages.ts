/**
 * What goes wrong in files, and what a report must say of it: a table written from the rules of the messages, not from
 * the program. Each damage spoils one record; its findings are the only ones that record may have.
 */

export type Fields = Readonly<Record<string, string>>;

/** A finding as expected: severity, code and field ('' where it concerns the record). */
export type Expected = readonly [severity: 'error' | 'warning', code: string, field: string];

export interface Damage {
  readonly name: string;
  /** Two damages of one group do not go together in one record. */
  readonly group: 'patient' | 'date' | 'code' | 'phone' | 'material' | 'doctor' | 'constant' | 'structure';
  readonly formats: readonly ('csv' | 'json')[];
  /** Values changed; null where the message has no such field. */
  readonly change?: (record: Fields, type: string) => Fields | null;
  /** The text of the record's line (CSV) or object (JSON) changed. */
  readonly rewrite?: (text: string) => string;
  readonly expected: (type: string) => readonly Expected[];
}

const BOTH = ['csv', 'json'] as const;
const PATIENT = 'PatientIdentificationNumber';
const PHONE = 'TelephoneNumberLLPat';
const DOCTOR = 'HealthProfessionalIdentificationNumberDmg';

/** A date of each message that may be anything but ahead of now, and how it is written. */
const DATE: Fields = {
  LaboratoryTestPrescription: 'ProblemStartDate',
  LaboratoryTestResult: 'TestDateTime1',
  RapidTestResult: 'TestDateTime1',
  LaboratoryTestResultVariants: 'TestDateTime',
  ResultFlagsSuspicionFalseNegativeTest: 'TestDateTime1',
  ResultFlagsSuspicionFalsePositiveTest: 'TestDateTime1',
  AlertSuspectedCaseNoTestPerformed: 'ProblemStartDate',
};
const dateField = (type: string): string => DATE[type] ?? '';
const isDay = (type: string): boolean => dateField(type) === 'ProblemStartDate';

const MANDATORY: Fields = {
  LaboratoryTestPrescription: 'SpecimenMaterial1',
  LaboratoryTestResult: 'TestCode1',
  RapidTestResult: 'TestResult1',
  LaboratoryTestResultVariants: 'TestCode',
  ResultFlagsSuspicionFalseNegativeTest: 'TestCode1',
  ResultFlagsSuspicionFalsePositiveTest: 'ResultFlagsFalsePositive',
  AlertSuspectedCaseNoTestPerformed: 'HealthProfessionalIdentificationNumberDmg',
};

const CLOSED_CODE: Fields = {
  LaboratoryTestPrescription: 'EncounterContactType',
  LaboratoryTestResult: 'TestCode1',
  RapidTestResult: 'TestResult1',
  LaboratoryTestResultVariants: 'TestCode',
  ResultFlagsSuspicionFalseNegativeTest: 'TestCode1',
  ResultFlagsSuspicionFalsePositiveTest: 'TestCode1',
  AlertSuspectedCaseNoTestPerformed: 'EncounterContactType',
};

/** Messages in which a patient without a number needs a prescription code (a warning). */
const PRESCRIPTION_INSTEAD = ['LaboratoryTestResult', 'LaboratoryTestResultVariants'];

function setting(field: string, value: string): NonNullable<Damage['change']> {
  return (record) => (field in record ? { ...record, [field]: value } : null);
}

const values: readonly Damage[] = [
  {
    name: 'wrong check digits in a NISS',
    group: 'patient',
    formats: BOTH,
    change: setting(PATIENT, '12345678901'),
    expected: () => [['error', 'V202', PATIENT]],
  },
  {
    name: 'a NISS without its leading zero',
    group: 'patient',
    formats: BOTH,
    change: setting(PATIENT, '1020300170'),
    expected: () => [['error', 'V201', PATIENT]],
  },
  {
    name: 'a NISS in scientific notation',
    group: 'patient',
    formats: BOTH,
    change: setting(PATIENT, '8,5073E+10'),
    expected: () => [['error', 'V203', PATIENT]],
  },
  {
    name: 'no NISS and no identity',
    group: 'patient',
    formats: BOTH,
    change: setting(PATIENT, ''),
    expected: (type) => [
      ['error', 'V200', PATIENT],
      ...(PRESCRIPTION_INSTEAD.includes(type)
        ? ([['warning', 'R303', 'CoronaTestPrescriptionCode']] as const)
        : ([] as const)),
    ],
  },
  {
    name: 'an identity beside the NISS',
    group: 'patient',
    formats: BOTH,
    change: setting('Municipality', 'Gent'),
    expected: () => [['warning', 'R306', 'Municipality']],
  },
  {
    name: 'a birth date that the NISS does not have',
    group: 'patient',
    formats: BOTH,
    change: setting('DateOfBirth', '1901-01-01'),
    expected: () => [
      ['warning', 'V218', 'DateOfBirth'],
      ['warning', 'R306', 'DateOfBirth'],
    ],
  },
  {
    name: 'a date in another form',
    group: 'date',
    formats: BOTH,
    change: (record, type) => ({ ...record, [dateField(type)]: '30/04/2021' }),
    expected: (type) => [['error', 'V204', dateField(type)]],
  },
  {
    name: 'a day that does not exist',
    group: 'date',
    formats: BOTH,
    change: (record, type) => ({ ...record, [dateField(type)]: isDay(type) ? '2021-02-30' : '2021-02-30 10:00:00' }),
    expected: (type) => [['error', 'V205', dateField(type)]],
  },
  {
    name: 'a date ahead of now',
    group: 'date',
    formats: BOTH,
    change: (record, type) => ({ ...record, [dateField(type)]: isDay(type) ? '2031-01-01' : '2031-01-01 10:00:00' }),
    expected: (type) => [['error', 'V206', dateField(type)]],
  },
  {
    name: 'a test before its sample',
    group: 'date',
    formats: BOTH,
    change: (record, type) => (isDay(type) ? null : { ...record, [dateField(type)]: '2020-01-01 10:00:00' }),
    expected: (type) => [['error', 'R304', dateField(type)]],
  },
  {
    name: 'a mandatory value missing',
    group: 'code',
    formats: BOTH,
    change: (record, type) => ({ ...record, [MANDATORY[type] ?? '']: '' }),
    expected: (type) => [['error', 'V200', MANDATORY[type] ?? '']],
  },
  {
    name: 'a code that is not in its closed set',
    group: 'code',
    formats: BOTH,
    change: (record, type) => ({ ...record, [CLOSED_CODE[type] ?? '']: 'nonsense' }),
    expected: (type) => [['error', 'R301', CLOSED_CODE[type] ?? '']],
  },
  {
    name: 'a typing error in a code of an open set',
    group: 'material',
    formats: BOTH,
    change: (record) => {
      const field = 'SpecimenMaterial1' in record ? 'SpecimenMaterial1' : 'SpecimenMaterial';
      return setting(field, '258500010')(record, '');
    },
    expected: (type) => [
      ['warning', 'R301', type === 'LaboratoryTestResultVariants' ? 'SpecimenMaterial' : 'SpecimenMaterial1'],
    ],
  },
  {
    name: 'another message number',
    group: 'constant',
    formats: BOTH,
    change: setting('MessageType', '9'),
    expected: () => [['error', 'V216', 'MessageType']],
  },
  {
    name: 'a NIHDI number too short',
    group: 'doctor',
    formats: BOTH,
    change: setting(DOCTOR, '1098732'),
    expected: () => [['error', 'V207', DOCTOR]],
  },
  {
    name: 'wrong check digits in a NIHDI number',
    group: 'doctor',
    formats: BOTH,
    change: setting(DOCTOR, '10987329'),
    expected: () => [['warning', 'V208', DOCTOR]],
  },
  {
    name: 'a text that is too long',
    group: 'phone',
    formats: BOTH,
    change: setting(PHONE, '0'.repeat(256)),
    expected: () => [['error', 'V212', PHONE]],
  },
  {
    name: 'a formula',
    group: 'phone',
    formats: BOTH,
    change: setting(PHONE, '=SUM(A1:A9)'),
    expected: () => [['warning', 'V217', PHONE]],
  },
  {
    name: 'a NUL in a value',
    group: 'phone',
    formats: BOTH,
    change: setting(PHONE, '02\u0000555'),
    expected: () => [['error', 'P103', PHONE]],
  },
  {
    name: 'a value that no cell can hold',
    group: 'phone',
    formats: BOTH,
    change: setting(PHONE, '0'.repeat(32_768)),
    expected: () => [['error', 'P110', PHONE]],
  },
];

const csvStructure: readonly Damage[] = [
  {
    name: 'a row without its last values',
    group: 'structure',
    formats: ['csv'],
    rewrite: (row) => row.split(';').slice(0, -2).join(';'),
    expected: () => [['error', 'P106', '']],
  },
  {
    name: 'a row with a value too many',
    group: 'structure',
    formats: ['csv'],
    rewrite: (row) => `${row};x`,
    expected: () => [['error', 'P107', '']],
  },
  {
    name: 'a row with an empty value too many',
    group: 'structure',
    formats: ['csv'],
    rewrite: (row) => `${row};`,
    expected: () => [['error', 'P107', '']],
  },
  {
    name: 'a quote inside a value',
    group: 'structure',
    formats: ['csv'],
    change: setting('Street', 'RAW'),
    rewrite: (row) => row.replace('RAW', 'Rue "Haute"'),
    expected: () => [['error', 'P104', 'Street']],
  },
  {
    name: 'text behind a closing quote',
    group: 'structure',
    formats: ['csv'],
    change: setting('Street', 'RAW'),
    rewrite: (row) => row.replace('RAW', '"Rue" Haute'),
    expected: () => [['error', 'P104', 'Street']],
  },
  {
    name: 'a quote that is never closed',
    group: 'structure',
    formats: ['csv'],
    change: setting('Street', 'RAW'),
    rewrite: (row) => row.replace('RAW', '"Rue Haute'),
    expected: () => [['error', 'P109', 'Street']],
  },
];

const jsonStructure: readonly Damage[] = [
  {
    name: 'a key twice',
    group: 'structure',
    formats: ['json'],
    rewrite: (object) => object.replace(`"${PHONE}":`, `"${PHONE}": "",\n"${PHONE}":`),
    expected: () => [['error', 'P113', PHONE]],
  },
  {
    name: 'a nested value',
    group: 'structure',
    formats: ['json'],
    rewrite: (object) => object.replace(/"Street": ".*"/, '"Street": {"name": "Rue Haute"}'),
    expected: () => [['error', 'P114', 'Street']],
  },
  {
    name: 'a line break in a value',
    group: 'structure',
    formats: ['json'],
    change: setting('Street', 'Rue\nHaute'),
    expected: () => [['error', 'P109', 'Street']],
  },
];

/** A JSON record without a field is judged on all others: it goes together with any other damage. */
const MISSING_FIELD: Damage = {
  name: 'a field missing',
  group: 'structure',
  formats: ['json'],
  rewrite: (object) => object.replace(/ *"HouseNumberLetter": ".*",?\n/, ''),
  expected: () => [['error', 'H101', 'HouseNumberLetter']],
};

export const DAMAGES: readonly Damage[] = [...values, ...csvStructure, ...jsonStructure, MISSING_FIELD];
