/** Headers one after the other: what is remembered of one says nothing of the next. */
import { type CsvHeader, decideHeader, type Delimiter } from '../../../../src/stages/parse/decide-header';
import { types } from '../validate/support';

const [{ fields }] = types as [(typeof types)[0]];
const names = fields.map(({ name }) => name);

function decide(text: string, line = 1, declared: Delimiter | null = null): CsvHeader {
  return decideHeader({ text, line, declared }, fields);
}

test('the same columns in another order are read in theirs', () => {
  const reversed = names.toReversed();
  for (const columns of [names, reversed, names, reversed]) {
    const header = decide(columns.join(';'));
    expect(header.names).toEqual(columns);
    expect(header.columnOf).toEqual(names.map((name) => columns.indexOf(name)));
  }
});

test('with another delimiter they are told apart by it', () => {
  const delimiters: readonly Delimiter[] = [';', ',', ';', '\t'];
  expect(delimiters.map((delimiter) => decide(names.join(delimiter)).delimiter)).toEqual(delimiters);
});

test('what is wrong is told each time, with its own line', () => {
  const lacking = names.slice(1).join(';');
  decide(names.join(';'));
  const found = [1, 3].map((line) => decide(lacking, line).findings.map(({ code, line: told }) => `${code} ${told}`));
  expect(found).toEqual([['H101 1'], ['H101 3']]);
});

test('messages with other fields have other headers', () => {
  const headers = types.map((type) => decideHeader({ text: names.join(';'), line: 1, declared: null }, type.fields));
  expect(headers.map(({ findings }) => findings.length === 0)).toEqual(types.map((type) => type.fields === fields));
});

test('a quote that stands wrong is what is told, wherever in the header it stands', () => {
  const places = [0, 1, names.length - 1];
  const breaks = [
    { code: 'P104', of: (name: string) => `"${name}"x` },
    { code: 'P109', of: (name: string) => `"${name}` },
  ];
  const told = breaks.flatMap(({ of }) =>
    places.map((at) => {
      const { delimiter, findings } = decide(names.with(at, of(names[at] ?? '')).join(','));
      return [delimiter, ...findings.map(({ code, columnNo }) => `${code} ${columnNo}`)];
    }),
  );
  expect(told).toEqual(breaks.flatMap(({ code }) => places.map((at) => [',', `${code} ${at + 1}`])));
});

test('a line with a quote that names little is that of another file', () => {
  expect(decide('He said "no";twice').findings.map(({ code }) => code)).toEqual(['H101']);
});

test('JSON where a header should stand is told as that', () => {
  for (const text of ['[', '{"SampleId":1,"City":2}']) {
    expect(decide(text).findings).toMatchObject([{ code: 'H101', params: { otherFile: 'json' } }]);
  }
});
