/** The fast path with message types of other kinds than the shipped ones: schemas are data, and a store may have its own. */
import fc from 'fast-check';
import { buildMessageType } from '../../../../src/adapters/schemas/build-message-type';
import { type Codelist, FORMATS, type MessageType } from '../../../../src/domain/message-type';
import { catalogue, type Fields, readExample, typeNamed } from '../validate/support';
import { nastyValues } from './nasty-values';
import { expectTheSame } from './read-both-ways';
import { writeFile } from './write-file';

const entry = { labels: {}, validFrom: null, validTo: null, system: null };
const CLOSED: Codelist = {
  name: 'Closed',
  closed: true,
  basis: 'invented',
  entries: ['Aa', 'Bb-1', 'C|D', 'É'].map((code) => ({ ...entry, code })),
};
const OPEN: Codelist = { ...CLOSED, name: 'Open', closed: false };
const codelists = new Map([CLOSED, OPEN].map((each) => [each.name, each]));

function build(properties: Readonly<Record<string, object>>, more: object = {}): MessageType {
  const typed = Object.entries(properties).map(([name, field]): [string, object] => [
    name,
    { type: 'string', ...field },
  ]);
  const content = {
    ...{ title: 'Invented', 'x-version': '1', type: 'object', properties: Object.fromEntries(typed) },
    ...{ 'x-business-key': [Object.keys(properties)[0]], ...more },
  };
  const type = buildMessageType('invented', content, codelists);
  if (!('fields' in type)) throw new Error(type.join('\n'));
  return type;
}

const text = (more: object = {}): object => ({ 'x-format': 'text', ...more });
const table = (...lines: readonly string[]): string => [...lines, ''].join('\n');

describe('nothing is required', () => {
  const type = build({ A: text(), B: text({ 'x-absent-value': 'none' }), C: { 'x-format': 'date' } });

  it('takes no blank line for a record', () => {
    const { records, taken } = expectTheSame(
      type,
      table('A;B;C', 'a;;', ';;', ';b;', ' ; ;', '', '   ', ';;2021-05-01'),
    );
    expect([records, taken]).toEqual([3, 3]);
  });

  it('takes a line for blank only when columns that are ignored are too', () => {
    const { records } = expectTheSame(type, table('A;B;More;C', 'a;b;c;', ';;c;', ';;;', ';;\u00a0;', ';;é;', 'é;;;'));
    expect(records).toBe(4);
  });

  it('reads a file of one column', () => {
    const single = build({ A: text() });
    const { records, taken } = expectTheSame(single, table('A', 'a', '', ' ', 'é', '\u00a0', '"a"', '=1+1'));
    expect([records, taken]).toEqual([4, 3]);
  });
});

describe('long lines', () => {
  const type = build({ A: text({ 'x-required': true, maxLength: 32_767 }), B: text({ maxLength: 300 }) });
  const cases: [string, string, number][] = [
    ['ASCII, as long as is taken', `${'x'.repeat(32_764)};b`, 1],
    ['a blank more', `${'x'.repeat(32_764)} ;b`, 1],
    ['ASCII, longer', `${'x'.repeat(32_766)};b`, 0],
    ['a value as long as a value may be', `${'x'.repeat(32_767)};`, 0],
    ['a value that is longer', `${'x'.repeat(32_768)};`, 0],
    ['not ASCII, as long as is taken', `${'é'.repeat(16_382)};b`, 1],
    ['not ASCII, more bytes than characters', `${'é'.repeat(20_000)};b`, 0],
    ['outside the BMP', `${'\u{1f600}'.repeat(8_000)};b`, 1],
    [
      'outside the BMP, longer than is allowed in units only',
      `${'\u{1f600}'.repeat(10)};${'\u{1f600}'.repeat(300)}`,
      1,
    ],
    ['a long column that is ignored', `a;b;${'x'.repeat(40_000)}`, 0],
  ];
  test.each(cases)('%s', (_, line, expected) => {
    const ignored = line.split(';').length > 2 ? ';More' : '';
    const lines = [`A;B${ignored}`, line, line, `a;b${ignored === '' ? '' : ';'}`];
    const { taken } = expectTheSame(type, table(...lines), { codelists }, [1000, 65_536]);
    expect(taken).toBe(line.length > 32_767 && expected === 1 ? 0 : 2 * expected + 1);
  });
});

describe('a file of which hardly a line is taken', () => {
  const type = build({ Id: text({ 'x-required': true }), Day: { 'x-format': 'date' } });
  const right = 'a;2021-05-01';

  test.each([
    [999, 2],
    [1_000, 1],
  ])('%d others in a row between two right ones', (others, expected) => {
    const lines = ['Id;Day', right, ...Array.from({ length: others }, () => 'a\u0001;2021-05-01'), right];
    expect(expectTheSame(type, table(...lines), {}, [65_536]).taken).toBe(expected);
  });
});

describe('what a value decides', () => {
  const when = (condition: object): object => text({ 'x-required': { when: condition } });
  const type = build({
    Id: text({ 'x-required': true }),
    Kind: text(),
    Empty: text(),
    IfKind: when({ kind: 'equals', field: 'Kind', value: 'Yes' }),
    IfNone: when({ kind: 'all', of: [{ kind: 'equals', field: 'Empty', value: '' }] }),
    Only: text({ 'x-allowed-when': { kind: 'equals', field: 'Kind', value: '\ufffd' } }),
    Unless: text({ 'x-required': { unless: { kind: 'any-present', fields: ['Kind', 'Only'] }, severity: 'warning' } }),
    Instead: text({ 'x-required': { when: { kind: 'always' }, satisfiedBy: ['Unless', 'Kind'] } }),
  });
  const names = type.fields.map(({ name }) => name);

  it('is asked of the values', () => {
    const values = ['', '', '', 'Yes', 'yes', 'No', '\ufffd', ' ', 'x'];
    const rows = Array.from({ length: 3_000 }, (_, i) =>
      names.map((_name, at) =>
        at === 0 && i % 50 > 0 ? 'id' : (values[(i * 7 + at * (1 + (i >> 4))) % values.length] ?? ''),
      ),
    );
    const { taken, toldOf } = expectTheSame(
      type,
      table(names.join(';'), ...rows.map((row) => row.join(';'))),
      {},
      [65_536],
    );
    expect(taken).toBeGreaterThan(10);
    expect(toldOf).toBeGreaterThan(30);
  });
});

describe('every format, in more fields than three words have bits', () => {
  const formats = FORMATS.flatMap((format): object[] => {
    const one = { 'x-format': format };
    switch (format) {
      case 'text':
        return [one, { ...one, 'x-identifier': true }, { ...one, maxLength: 5 }];
      case 'code':
        return ['Closed', 'Open'].flatMap((name) => [
          { ...one, 'x-codelist': name },
          { ...one, 'x-codelist': name, 'x-multiple': '+', 'x-absent-value': '-' },
        ]);
      case 'enum':
        return [{ ...one, 'x-values': ['Y', 'N'] }];
      case 'constant':
        return [{ ...one, 'x-values': ['7'], 'x-severity': { V216: 'warning' } }];
      default:
        return [one, { ...one, 'x-future': true, 'x-absent-value': '1900-01-01' }];
    }
  });
  const count = 100;
  const spec = (at: number): object => {
    const field = formats[at % formats.length] ?? {};
    if (at === 40 || at === 99) return text({ 'x-required': true });
    if (at === 70)
      return text({ 'x-required': { when: { kind: 'any-present', fields: ['F3', 'F35', 'F68', 'F98'] } } });
    if (at === 31) return text({ 'x-allowed-when': { kind: 'any-present', fields: ['F32', 'F96'] } });
    return field;
  };
  const type = build(Object.fromEntries(Array.from({ length: count }, (_, at) => [`F${String(at)}`, spec(at)])), {
    'x-business-key': ['F99', 'F40', 'F0'],
    'x-rules': { dateOrder: [['F4', 'F5']], senderField: 'F16' },
  });

  it('comes out the same', () => {
    const pools = type.fields.map((field) => nastyValues(field, codelists));
    const right = { F40: 'x', F99: 'é', F70: 'y' };
    const change = fc
      .nat(count - 1)
      .chain((field) => fc.tuple(fc.constant(`F${String(field)}`), fc.constantFrom(...(pools[field] ?? ['']))));
    const record = fc
      .array(change, { minLength: 1, maxLength: 2 })
      .map((changes): Fields => ({ ...right, ...Object.fromEntries(changes) }));
    let taken = 0;
    fc.assert(
      fc.property(fc.array(record, { minLength: 50, maxLength: 60 }), fc.constantFrom(100, 65_536), (records, size) => {
        taken += expectTheSame(type, writeFile(type, records), { codelists }, [size]).taken;
      }),
      { numRuns: 25 },
    );
    expect(taken).toBeGreaterThan(30);
  });
});

it('remembers shapes up to a number, and begins again', () => {
  const names = Array.from({ length: 13 }, (_, at) => `A${String(at)}`);
  const needy = text({ 'x-required': { when: { kind: 'any-present', fields: ['A1', 'A5'] } } });
  const type = build(Object.fromEntries(names.map((name, at) => [name, at % 6 === 3 ? needy : text()])));
  const rows = Array.from({ length: 2 * 8192 }, (_, i) =>
    names.map((_name, bit) => ((i >> bit) & 1 ? 'a' : '')).join(';'),
  );
  const { taken, records } = expectTheSame(type, table(names.join(';'), ...rows), {}, [65_536]);
  // Of A1 and A5 none and not all of the others are empty, or A3 and A9 are filled.
  expect([taken, records]).toEqual([2 * (2 ** 11 - 1 + 3 * 2 ** 9), 2 * (2 ** 13 - 1)]);
});

describe('codes that were valid for a time', () => {
  const original = catalogue.codelists.get('TestCodeCodelist')!;
  const dated: Codelist = {
    ...original,
    entries: original.entries.flatMap((each) =>
      each.code === '94500-6'
        ? [
            { ...each, validFrom: '2020-01-01', validTo: '2021-05-03' },
            { ...each, validFrom: '2021-05-20', validTo: null },
          ]
        : [each],
    ),
  };
  const type = { ...typeNamed('LaboratoryTestResult') };
  const lists = new Map(catalogue.codelists).set(dated.name, dated);
  const [first] = readExample('81365677_LaboratoryTestResult_210510140530.json');
  const days = ['2019-12-31', '2020-01-01', '2021-05-03', '2021-05-04', '2021-05-19', '2021-05-20', ''];

  test.each(['2021-05-03 08:00:00', '2021-05-10 08:00:00', null])('file time %s', (fileTime) => {
    const records = days.flatMap((day) =>
      ['94500-6', '94309-2', ''].flatMap((code) => [
        { ...first, TestCode1: code, CollectionDateTime1: day === '' ? '' : `${day} 10:00:00` },
        { ...first, TestCode1: code, CollectionDateTime1: '', TestDateTime1: day === '' ? '' : `${day} 10:00:00` },
      ]),
    );
    const { taken } = expectTheSame(type, writeFile(type, records), { codelists: lists, fileTime });
    expect(taken).toBeGreaterThan(4);
  });
});

describe('who the sender is', () => {
  const type = typeNamed('LaboratoryTestResult');
  const [first] = readExample('81365677_LaboratoryTestResult_210510140530.json');
  test.each([
    ['81365677', 1],
    ['82499092', 0],
    [null, 1],
  ])('%s', (sender, expected) => {
    const { taken } = expectTheSame(type, writeFile(type, [first ?? {}]), { sender });
    expect(taken).toBe(expected);
  });
});
