/**
 * A message type is data: an invented collection with one message and two value sets, in a folder of its own, is
 * validated, stored and reported with no line of code for it.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadCatalogue } from '../../src/adapters/schemas/load-catalogue';
import { makePipelineHome, type PipelineHome } from '../support/pipeline-home';
import { SENDER } from '../support/shipped-examples';

const STAGE = {
  name: 'TestStageCodelist',
  closed: true,
  basis: 'invented',
  codes: [
    { code: 'ST1', labels: { en: 'Suspected', nl: 'Vermoed' } },
    { code: 'ST2', labels: { en: 'Confirmed' }, validFrom: '2021-01-01', validTo: '2021-03-31' },
  ],
};
const SIGN = {
  name: 'TestSignCodelist',
  closed: false,
  basis: 'invented',
  codes: [{ code: 'fever' }, { code: 'cough' }],
};
const field = (format: string, more: object = {}): object => ({ type: 'string', 'x-format': format, ...more });
const MESSAGE = {
  title: 'RareCase',
  'x-version': '2.1',
  'x-business-key': ['CaseId'],
  'x-patient': { id: 'Patient', fallback: ['Initials'] },
  'x-conditions': { confirmed: { kind: 'equals', field: 'Stage', value: 'ST2' } },
  'x-rules': { dateOrder: [['Onset', 'Diagnosis']], codeDates: { Stage: ['Diagnosis'] }, senderField: 'Centre' },
  type: 'object',
  properties: {
    CaseId: field('text', { 'x-required': true, 'x-identifier': true, maxLength: 12 }),
    Patient: field('niss', { 'x-required': { unless: { kind: 'any-present', fields: ['Initials'] } }, 'x-pii': true }),
    Initials: field('text', { 'x-pii': true }),
    Centre: field('nihdi8', { 'x-required': true }),
    Onset: field('partial-date'),
    Diagnosis: field('date', { 'x-required': { when: 'confirmed' } }),
    Stage: field('code', { 'x-codelist': STAGE.name, 'x-required': true }),
    Signs: field('code', { 'x-codelist': SIGN.name, 'x-multiple': '+' }),
    Disease: field('orpha', { 'x-allowed-when': 'confirmed' }),
    Alive: field('enum', { 'x-values': ['Y', 'N'], 'x-severity': { V211: 'warning' } }),
  },
};

const HEADER = Object.keys(MESSAGE.properties).join(',');
let schemas: string;
let home: PipelineHome;

beforeAll(() => {
  schemas = mkdtempSync(join(tmpdir(), 'labdrop-invented-'));
  write('rare/RareCase.json', MESSAGE);
  for (const set of [STAGE, SIGN]) write(`rare/codelists/${set.name}.json`, set);
  home = makePipelineHome({ schemasDir: schemas });
});
afterAll(() => {
  home.remove();
  rmSync(schemas, { recursive: true, force: true });
});

function write(path: string, content: object): void {
  mkdirSync(dirname(join(schemas, path)), { recursive: true });
  writeFileSync(join(schemas, path), JSON.stringify(content));
}

const RIGHT = 'R-1,85073003328,,81365677,2020-12,2021-02-01,st2,Fever + cough,ORPHA:355,Y';

it('is validated, stored and reported', async () => {
  const rows = [
    RIGHT,
    'R-2,1020300170,,81365677,,,ST1,,,',
    'R-3,,,81365677,,,ST1,,,',
    'R-4,,AB,81365677,2021-03,2021-02-01,ST2,,,',
    'R-5,,CD,81365677,,2021-05-01,ST2,,,',
    'R-6,,EF,81365677,,,ST2,feverr,,',
    'R-7,,GH,81365677,,,ST9,,,',
    'R-8,,IJ,81365677,,,ST1,,355,',
    'R-9,,KL,82499092,,,ST1,,,ja',
    '1.2E+05,,MN,81365677,,,ST1,,,',
    'R-1234567890X,,OP,81365677,,,ST1,,,',
  ];
  const { batch, findings } = await home.drop(`${SENDER}_RareCase_210510080000.csv`, [HEADER, ...rows, ''].join('\n'));
  expect(
    findings.map(({ line, severity, code, field: name, suggestion }) => [line, severity, code, name, suggestion]),
  ).toEqual([
    [3, 'error', 'V201', 'Patient', '01020300170'],
    [4, 'error', 'V200', 'Patient', null],
    [5, 'error', 'R304', 'Diagnosis', null],
    [6, 'error', 'R302', 'Stage', null],
    [7, 'error', 'R303', 'Diagnosis', null],
    [7, 'error', 'R302', 'Stage', null],
    [7, 'warning', 'R301', 'Signs', 'fever'],
    [8, 'error', 'R301', 'Stage', null],
    [9, 'error', 'R305', 'Disease', null],
    [10, 'warning', 'R310', 'Centre', null],
    [10, 'warning', 'V211', 'Alive', 'Y'],
    [11, 'error', 'V203', 'CaseId', null],
    [12, 'error', 'V212', 'CaseId', null],
  ]);
  expect(batch).toMatchObject({ outcome: 'PARTIAL', records: 11, accepted: 2, rejected: 9, schemaVersion: '2.1' });
  const stored = home.query('SELECT CaseId, Stage, Signs, Disease, _version FROM current_RareCase ORDER BY _id');
  expect(stored).toEqual([
    { CaseId: 'R-1', Stage: 'ST2', Signs: 'fever+cough', Disease: '355', _version: 1 },
    { CaseId: 'R-9', Stage: 'ST1', Signs: null, Disease: null, _version: 1 },
  ]);
  const base = `${SENDER}_RareCase_210510080000`;
  const kinds = ['PARTIAL.txt', 'errors.csv', 'rejected.csv', 'report.json', 'report.ok'];
  expect([...home.reports().keys()]).toEqual(kinds.map((kind) => `${base}.${kind}`));
});

it('takes corrections, and tells another patient', async () => {
  const again = await home.drop(`${SENDER}_RareCase_210511080000.csv`, `${HEADER}\n${RIGHT.replace(/Y$/, 'N')}\n`);
  expect(again.findings.map(({ code }) => code)).toEqual(['D404']);
  const other = await home.drop(
    `${SENDER}_RareCase_210512080000.csv`,
    `${HEADER}\n${RIGHT.replace('85073003328', '04020911830')}\n`,
  );
  expect(other.findings.map(({ code }) => code)).toEqual(['D406']);
});

it.each([
  [
    'messageType',
    { messageType: 'Nothing', days: 30, date: 'Diagnosis', earlierDates: ['Onset'] },
    'there is no message type "Nothing"',
  ],
  [
    'earlierDates',
    { messageType: 'RareCase', days: 30, date: 'Diagnosis', earlierDates: ['Nothing'] },
    'RareCase has no field "Nothing"',
  ],
])('a rule that follows what does not exist is refused: %s', (_member, follows, problem) => {
  write('rare/RareCase.json', { ...MESSAGE, 'x-rules': { follows } });
  expect(() => loadCatalogue(schemas)).toThrow(problem);
});
