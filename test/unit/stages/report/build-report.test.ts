import Ajv from 'ajv';
import { LANGUAGES } from '../../../../src/domain/account';
import { OUTCOMES } from '../../../../src/domain/batch';
import { FINDING_CODES, type FindingCode } from '../../../../src/domain/codes';
import { JOURNEY } from '../../../../src/domain/journey';
import { GROUP_SAMPLES_MAX, type FindingGroup } from '../../../../src/domain/report-source';
import { SEVERITIES } from '../../../../src/domain/severity';
import {
  buildReport,
  REPORT_BYTES_MAX,
  renderReportJson,
  type Report,
  type ReportInput,
} from '../../../../src/stages/report/build-report';
import { renderValidateLine } from '../../../../src/stages/report/render-validate-line';
import schema from '../../../../schemas/report.schema.json';
import { groupsOf, lostZero, makeBatch, makeStored, totalsOf } from './fixtures';

const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, formats: { 'date-time': true } });
const validate = ajv.compile(schema);

const FINDINGS = [makeStored('P101', {}, 1), lostZero({}, 2), lostZero({ line: 19, record: 18 }, 3)];
const FILES = [{ name: 'B.errors.csv', bytes: 10, sha256: 'b'.repeat(64) }];

function makeInput(overrides: Partial<ReportInput> = {}): ReportInput {
  return { batch: makeBatch(), groups: groupsOf(FINDINGS), totals: totalsOf(FINDINGS), files: FILES, ...overrides };
}

/** Every code, each with as many and as long samples as can be. */
function hugeGroups(): readonly FindingGroup[] {
  const long = `\u0001${'é'.repeat(255)}`;
  return (Object.keys(FINDING_CODES) as FindingCode[]).map((code) => {
    const params = Object.fromEntries(FINDING_CODES[code].params.map((name) => [name, long.repeat(4)]));
    const details = {
      line: 1,
      record: 1,
      field: long.repeat(40),
      value: long,
      suggestion: long,
      expected: long,
      params,
    };
    return {
      code,
      severity: 'error',
      total: 1_000_000,
      records: 1_000_000,
      columns: Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`${String(index)}${long}`, 3])),
      samples: Array.from({ length: GROUP_SAMPLES_MAX }, (_, index) => makeStored(code, details, index)),
    };
  });
}

function expectValid(report: unknown): void {
  validate(JSON.parse(JSON.stringify(report)));
  expect(validate.errors).toBeNull();
}

describe('report.json', () => {
  it('says all there is to say', () => {
    const report = buildReport(makeInput({ batch: makeBatch({ previousBatch: 'p', language: 'nl' }) }));
    expectValid(report);
    expect(report).toMatchObject({
      version: 1,
      batch: '01900000-0000-7000-8000-000000000001',
      sender: '81365677',
      type: 'LaboratoryTestResult',
      file: '81365677_LaboratoryTestResult_210101120000.csv',
      bytes: 1234,
      sha256: 'a'.repeat(64),
      times: {
        received: '2021-01-01T11:00:00.000Z',
        claimed: '2021-01-01T11:00:01.000Z',
        committed: '2021-01-01T11:00:02.000Z',
      },
      outcome: 'PARTIAL',
      language: 'nl',
      dialect: { format: 'csv', delimiter: ';' },
      schemaVersion: '1.0.0',
      counts: { records: 20, accepted: 18, acceptedWithWarning: 1, rejected: 1, duplicate: 1, corrected: 0 },
      totals: { errors: 2, warnings: 1, infos: 0 },
      files: FILES,
      previousBatch: 'p',
    });
    expect(report.groups.map(({ code, total, records, truncated }) => [code, total, records, truncated])).toEqual([
      ['V201', 2, 2, false],
      ['P101', 1, 0, false],
    ]);
    expect(report.groups[0]).toMatchObject({
      severity: 'error',
      title: FINDING_CODES.V201.title,
      columns: { PatientIdentificationNumber: 2 },
    });
    expect(report.groups[0]?.samples[0]).toEqual({
      seq: 2,
      severity: 'error',
      code: 'V201',
      scope: 'cell',
      line: 18,
      record: 17,
      field: 'PatientIdentificationNumber',
      columnNo: 3,
      value: '1020300170',
      expected: '11 × 0-9',
      suggestion: '01020300170',
      message:
        'PatientIdentificationNumber “1020300170” is geen INSZ: dat moet 11 cijfers hebben. Schrijf “01020300170” als het ' +
        'om dezelfde persoon gaat. Maak de kolom in het rekenblad op als tekst, zodat voorloopnullen blijven staan.',
    });
  });

  it.each(OUTCOMES)('is valid for the outcome %s', (outcome) => {
    expectValid(buildReport(makeInput({ batch: makeBatch({ outcome }) })));
  });

  it('is valid for a batch of which little is known', () => {
    const unknown = { dialect: null, header: null, sha256: null, schemaVersion: null, messageType: null, sender: null };
    const batch = makeBatch({ ...unknown, outcome: 'REJECTED', claimedAt: null, bytes: 0, records: 0 });
    expectValid(buildReport({ batch, groups: [], totals: totalsOf([]), files: [] }));
  });

  it('does not change after it was published', () => {
    const before = renderReportJson(buildReport(makeInput()));
    const batch = makeBatch({
      state: 'archived',
      reportedAt: '2021-01-02T00:00:00Z',
      archivedAt: '2021-01-02T00:00:00Z',
    });
    expect(renderReportJson(buildReport(makeInput({ batch })))).toBe(before);
  });

  it('stays below 256 KB with true totals, and says that lists are cut', () => {
    const report = buildReport(makeInput({ groups: hugeGroups() }));
    expect(Buffer.byteLength(renderReportJson(report))).toBeLessThan(REPORT_BYTES_MAX);
    expectValid(report);
    expect(report.groups).toHaveLength(Object.keys(FINDING_CODES).length);
    expect(report.groups.every(({ total, truncated }) => total === 1_000_000 && truncated)).toBe(true);
  });

  it('shows as many samples as fit', () => {
    const samples = Array.from({ length: 50 }, (_, index) => lostZero({}, index));
    const one = groupsOf(samples).map((group) => ({ ...group, total: 51 }));
    const [group] = buildReport(makeInput({ groups: one })).groups;
    expect([group?.samples.length, group?.truncated]).toEqual([50, true]);
    const many = Array.from({ length: 15 }, () => one).flat();
    const shown = buildReport(makeInput({ groups: many })).groups.map((each) => each.samples.length);
    expect(new Set(shown)).toEqual(new Set([25]));
  });

  it('refuses a batch without an outcome', () => {
    expect(() => buildReport(makeInput({ batch: makeBatch({ outcome: null }) }))).toThrow('has no outcome');
  });
});

describe('schemas/report.schema.json', () => {
  it('has the words of the code', () => {
    expect(Object.keys(schema.properties.times.properties)).toEqual(JOURNEY);
    expect(schema.properties.outcome.enum).toEqual(OUTCOMES);
    expect(schema.properties.language.enum).toEqual(LANGUAGES);
    expect(schema.definitions.severity.enum).toEqual(SEVERITIES);
    expect(schema.definitions.group.properties.samples.maxItems).toBe(GROUP_SAMPLES_MAX);
    const code = new RegExp(schema.definitions.code.pattern);
    expect(Object.keys(FINDING_CODES).filter((each) => !code.test(each))).toEqual([]);
  });

  it('describes every member of the report', () => {
    const undescribed = Object.entries(schema.properties).filter(([, member]) => !('description' in member));
    expect(undescribed).toEqual([]);
    expect(Object.keys(schema.properties)).toEqual([...Object.keys(buildReport(makeInput())), 'findings']);
  });

  it.each<[string, Partial<Record<keyof Report | 'extra', unknown>>]>([
    ['an unknown member', { extra: 1 }],
    ['an unknown outcome', { outcome: 'OK' }],
    ['a negative count', { counts: { ...buildReport(makeInput()).counts, records: -1 } }],
    ['a wrong version', { version: 2 }],
  ])('refuses %s', (_, change) => {
    expect(validate({ ...buildReport(makeInput()), ...change })).toBe(false);
  });
});

describe('renderValidateLine', () => {
  it('is the report and all findings on one line', () => {
    const text = [...renderValidateLine(makeInput(), FINDINGS)].join('');
    expect(text.indexOf('\n')).toBe(text.length - 1);
    const parsed = JSON.parse(text) as Report & { findings: object[] };
    expectValid(parsed);
    expect(parsed.batch).toBeNull();
    expect(
      parsed.findings.map((finding) => Object.keys(finding).filter((key) => !/columnNo|expected/.test(key))),
    ).toEqual(
      FINDINGS.map(() => [
        'seq',
        'severity',
        'code',
        'scope',
        'line',
        'record',
        'field',
        'value',
        'suggestion',
        'message',
      ]),
    );
    expect(parsed.counts).toEqual(buildReport(makeInput()).counts);
  });

  it('has an empty list where nothing was found', () => {
    const text = [...renderValidateLine(makeInput({ groups: [] }), [])].join('');
    expect(JSON.parse(text) as unknown).toMatchObject({ findings: [], groups: [] });
  });

  it('is not capped and holds one finding at a time', () => {
    let taken = 0;
    function* many() {
      for (; taken < 5_000; taken++) yield lostZero({}, taken);
    }
    const pieces = renderValidateLine(makeInput(), many());
    pieces.next();
    pieces.next();
    expect(taken).toBeLessThan(3);
    const rest = [...pieces];
    expect(rest).toHaveLength(5_000);
  });
});
