import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CatalogueProblem } from '../../../../src/adapters/schemas/catalogue-problem';
import { loadCatalogue } from '../../../../src/adapters/schemas/load-catalogue';
import { FORMATS } from '../../../../src/domain/message-type';
import { Validator } from '../../../../src/stages/validate/validator';
import { SCHEMAS } from '../../../support/shipped-examples';

interface FieldTexts {
  readonly description: string;
  readonly 'x-description': Readonly<Record<string, string>>;
}

describe('the shipped catalogue', () => {
  const catalogue = loadCatalogue(SCHEMAS);
  const types = [...catalogue.types.values()];

  it('holds seven messages with 273 fields and seventeen value sets', () => {
    expect(types.map(({ name, fields }) => [name, fields.length])).toEqual([
      ['AlertSuspectedCaseNoTestPerformed', 32],
      ['LaboratoryTestPrescription', 51],
      ['LaboratoryTestResult', 45],
      ['LaboratoryTestResultVariants', 34],
      ['RapidTestResult', 46],
      ['ResultFlagsSuspicionFalseNegativeTest', 39],
      ['ResultFlagsSuspicionFalsePositiveTest', 26],
    ]);
    expect(catalogue.codelists.size).toBe(17);
  });

  it('is frozen to the bottom', () => {
    const [type] = types;
    expect(Object.isFrozen(catalogue)).toBe(true);
    expect(Object.isFrozen(type?.fields[1]?.required?.condition)).toBe(true);
    expect(Object.isFrozen(type?.schema['properties'])).toBe(true);
    expect(Object.isFrozen([...catalogue.codelists.values()][0]?.entries)).toBe(true);
  });

  it('marks what tells who the patient is', () => {
    for (const { fields, patient } of types) {
      const marked = new Set(fields.filter(({ pii }) => pii).map(({ name }) => name));
      expect(patient).not.toBeNull();
      for (const name of [patient!.id, ...patient!.block]) expect(marked).toContain(name);
      const personal = /^(TelephoneNumber|FirstNames|LastName|MobileApp|SpecimenId|TestId|CoronaTestPrescription)/;
      for (const { name } of fields) if (personal.test(name)) expect(marked).toContain(name);
      expect(marked).not.toContain('TestCode1');
    }
  });

  it('describes every field in three languages', () => {
    for (const { schema } of types) {
      const properties = schema['properties'] as Record<string, FieldTexts>;
      for (const field of Object.values(properties)) {
        expect(field.description).toMatch(/\S/);
        expect(Object.keys(field['x-description'])).toEqual(['nl', 'fr']);
        for (const text of Object.values(field['x-description'])) expect(text).toMatch(/\S/);
      }
    }
  });

  it('uses every format but those of other collections', () => {
    const used = new Set(types.flatMap(({ fields }) => fields.map(({ format }) => format)));
    expect(FORMATS.filter((format) => !used.has(format))).toEqual(['orpha']);
  });
});

describe('a folder of schemas', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'schemas-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  const put = (path: string, content: unknown): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), typeof content === 'string' ? content : JSON.stringify(content));
  };
  const problems = (): readonly string[] => {
    try {
      loadCatalogue(dir);
    } catch (thrown) {
      if (thrown instanceof CatalogueProblem) return thrown.problems;
      throw thrown;
    }
    return [];
  };

  const colours = {
    name: 'Colours',
    closed: true,
    basis: 'invented',
    codes: [
      { code: 'RED', labels: { en: 'Red' } },
      { code: 'BLUE', validFrom: '2020-01-01', validTo: null },
    ],
  };
  const visit = {
    title: 'Visit',
    'x-version': '1',
    'x-business-key': ['VisitId'],
    type: 'object',
    properties: {
      VisitId: { type: 'string', 'x-format': 'text', 'x-required': true },
      Colour: { type: 'string', 'x-format': 'code', 'x-codelist': 'Colours' },
      Shade: {
        type: 'string',
        maxLength: 3,
        'x-format': 'text',
        'x-allowed-when': { kind: 'any-present', fields: ['Colour'] },
      },
      Disease: {
        type: 'string',
        'x-format': 'orpha',
        'x-required': { unless: { kind: 'any-present', fields: ['Colour'] } },
      },
    },
  };

  it('gives a new message type that is validated, with no code for it', () => {
    put('invented/Visit.json', visit);
    put('invented/codelists/Colours.json', colours);
    put('report.schema.json', {});
    const { types, codelists } = loadCatalogue(dir);
    const type = types.get('Visit')!;
    expect(type).toMatchObject({ collection: 'invented', version: '1', patient: null, businessKey: ['VisitId'] });
    const context = { now: '2021-06-01 12:00:00', sender: null, fileTime: null, columnOf: () => null };
    const validator = new Validator(type, codelists, context);
    const judge = (...values: string[]): readonly unknown[] => {
      const place = { line: 1, record: 1, offset: 0, length: 0, absent: null, valueLines: null };
      const judgement = validator.judge({ ...place, values, findings: [], broken: false });
      return [judgement.findings.map(({ code, field }) => `${code} ${field!}`), judgement.values, judgement.key];
    };
    expect(judge('1', 'red', 'dim', 'ORPHA:355')).toEqual([[], ['1', 'RED', 'dim', '355'], '1']);
    expect(judge('', 'GREEN', 'bright', '')).toEqual([
      ['V200 VisitId', 'R301 Colour', 'V212 Shade'],
      ['', 'GREEN', 'bright', ''],
      '',
    ]);
    expect(judge('2', '', 'dim', '')[0]).toEqual(['R305 Shade', 'V200 Disease']);
  });

  it('tells everything that is wrong at once, with file and place', () => {
    put('a/codelists/Colours.json', {
      ...colours,
      codes: [{ code: 'RED' }, { code: 'red' }, { code: 'X', validFrom: '2021' }],
    });
    put('a/codelists/Sizes.json', { ...colours, name: 'Other' });
    put('a/Broken.json', '{"title": ');
    put('a/Bad.json', { ...visit, title: 'Bad', colour: 1 });
    put('a/Visit.json', {
      ...visit,
      'x-business-key': ['<patient>', 'Nothing'],
      'x-rules': { dateOrder: [['VisitId', 'Never']] },
      properties: {
        VisitId: { type: 'string', 'x-format': 'text', 'x-required': { unless: 'no such' } },
        Colour: { type: 'string', 'x-format': 'code', 'x-codelist': 'Shapes' },
        Kind: { type: 'string', 'x-format': 'constant', 'x-severity': { X999: 'info' } },
        Size: { type: 'string', 'x-format': 'code' },
      },
    });
    const found = problems();
    expect(found).toEqual([
      expect.stringMatching(/^a\/codelists\/Colours\.json: \/codes\/2\/validFrom: /),
      'a/codelists/Sizes.json: it holds "Other"; name the file so',
      'a/Bad.json: /: must NOT have additional properties (colour)',
      expect.stringMatching(/^a\/Broken\.json: .*JSON/),
      'a/Visit.json: /properties/VisitId/x-required/unless: there is no condition "no such"',
      'a/Visit.json: /properties/VisitId/x-required/unless: only any-present and none-present can stand after "unless"',
      'a/Visit.json: /properties/Colour/x-codelist: there is no value set "Shapes"',
      'a/Visit.json: /properties/Kind: a constant needs one value in x-values',
      'a/Visit.json: /properties/Kind/x-severity: there is no code "X999"',
      'a/Visit.json: /properties/Size: a code needs an x-codelist',
      'a/Visit.json: /x-business-key: there is no field "Nothing"',
      'a/Visit.json: /x-business-key: <patient> needs x-patient',
      'a/Visit.json: /x-rules/dateOrder: there is no field "Never"',
    ]);
  });

  it.each([
    [
      'a code twice',
      { codes: [{ code: 'RED' }, { code: 'red' }] },
      '/codes/1/code: "red" stands twice with the same dates',
    ],
    ['a blank', { codes: [{ code: 'RED ' }] }, '/codes/0/code: "RED " begins or ends with a blank'],
    [
      'an end before the beginning',
      { codes: [{ code: 'RED', validFrom: '2021-01-02', validTo: '2021-01-01' }] },
      '/codes/0: "RED" ends on 2021-01-01, before it begins on 2021-01-02',
    ],
  ])('refuses a value set with %s', (_, change, problem) => {
    put('a/Visit.json', visit);
    put('a/codelists/Colours.json', { ...colours, ...change });
    expect(problems()).toContain(`a/codelists/Colours.json: ${problem}`);
  });

  it('refuses conditions that name themselves', () => {
    const loop = { kind: 'all', of: ['again'] };
    put('a/codelists/Colours.json', colours);
    put('a/Visit.json', {
      ...visit,
      'x-conditions': { again: loop },
      properties: {
        ...visit.properties,
        VisitId: { type: 'string', 'x-format': 'text', 'x-required': { when: 'again' } },
      },
    });
    expect(problems()).toEqual(['a/Visit.json: /x-conditions/again: it names itself']);
  });

  it('refuses the same name in two collections', () => {
    put('a/codelists/Colours.json', colours);
    put('a/Visit.json', visit);
    put('b/Visit.json', visit);
    expect(problems()).toEqual(['b/Visit.json: "Visit" is defined twice']);
  });

  it('refuses a folder without schemas, or no folder', () => {
    expect(problems()).toEqual([`${dir}: there is no message schema`]);
    expect(() => loadCatalogue(join(dir, 'gone'))).toThrow(/ENOENT/);
  });
});
