import { readCodelistFile } from '../../../../src/adapters/schemas/read-codelist-file';
import type { CodelistEntry } from '../../../../src/domain/message-type';

const entry = (code: string, more: Partial<CodelistEntry> = {}): CodelistEntry => ({
  code,
  labels: {},
  validFrom: null,
  validTo: null,
  system: null,
  ...more,
});

const full = entry('C1', {
  labels: { en: 'Home', nl: 'Thuis', fr: 'Maison', de: 'Heim' },
  validFrom: '2020-01-01',
  validTo: '2021-12-31',
  system: 'urn:x',
});

function read(content: string | Buffer): ReturnType<typeof readCodelistFile> {
  return readCodelistFile(Buffer.from(content as string));
}

function problemsOf(content: string | Buffer): string[] {
  const reading = read(content);
  if (reading.kind === 'codes') throw new Error('it was accepted');
  return reading.problems.map(({ line, message }) => `${line ?? '-'}: ${message}`);
}

describe('readCodelistFile', () => {
  it.each<[string, string | Buffer, CodelistEntry[]]>([
    [
      'every column, semicolons, CRLF',
      'code;label_en;label_nl;label_fr;label_de;valid_from;valid_to;system\r\nC1;Home;Thuis;Maison;Heim;2020-01-01;2021-12-31;urn:x\r\n',
      [full],
    ],
    [
      'columns in other words, order and spelling, commas',
      'Geldig Tot,OMSCHRIJVING NL,Libellé fr,Deutsch,English,Code System,Valid-From,CODE\n2021-12-31,Thuis,Maison,Heim,Home,urn:x,2020-01-01,C1',
      [full],
    ],
    ['tabs', 'code\tlabel\nC1\ta, b; c\n', [entry('C1', { labels: { en: 'a, b; c' } })]],
    ['a BOM and a sep= line', '\ufeffsep=;\ncode;label\nC1;a\n', [entry('C1', { labels: { en: 'a' } })]],
    ['one column', 'code\nC1\nC2', [entry('C1'), entry('C2')]],
    ['Windows-1252', Buffer.from('code;fr\nC1;d\u00e9j\u00e0\n', 'latin1'), [entry('C1', { labels: { fr: 'déjà' } })]],
    ['UTF-16', Buffer.from('\ufeffcode;fr\nC1;déjà\n', 'utf16le'), [entry('C1', { labels: { fr: 'déjà' } })]],
    [
      'quotes, blanks, short rows and blank lines',
      'code;label;x\n" C1 ";"a ""b"";"\n\n;;\n C2',
      [entry('C1', { labels: { en: 'a "b";' } }), entry('C2')],
    ],
    [
      'a code again, for other days',
      'code;valid_from;valid_to\nC1;;2020-12-31\nC1;2021-01-01;',
      [entry('C1', { validTo: '2020-12-31' }), entry('C1', { validFrom: '2021-01-01' })],
    ],
    [
      'a list of objects',
      '[{"code":"C1","label_nl":"x","validFrom":null},\n{"Value":12}]',
      [entry('C1', { labels: { nl: 'x' } }), entry('12')],
    ],
    ['a list of codes', '["C1", "C2"]', [entry('C1'), entry('C2')]],
    ['the form of this program', JSON.stringify({ name: 'L', closed: true, basis: 'b', codes: [{ ...full }] }), [full]],
  ])('takes %s', (_what, content, expected) => {
    expect(read(content)).toMatchObject({ kind: 'codes', entries: expected });
  });

  it('keeps what the form of this program says of the set', () => {
    const about = { name: 'L', closed: true, basis: 'b' };
    expect(read(JSON.stringify({ ...about, codes: ['x'] })).about).toEqual(about);
    expect(read('["x"]').about).toEqual({ name: null, closed: null, basis: null });
  });

  it.each([
    ['code;foo;label\nC1;x;y', ['column "foo" is unknown and was left aside']],
    [Buffer.from('code;fr\nC1;\u00e9', 'latin1'), ['the file is not UTF-8 and was read as Windows-1252']],
    [
      '[{"code":"a","q":1,"labels":{"xx":"y"}}]',
      ['"q" is unknown and was left aside', '"labels.xx" is unknown and was left aside'],
    ],
    ['code\nC1', []],
  ])('remarks on what was left aside: %j', (content, expected) => {
    expect(read(content).remarks).toEqual(expected);
  });

  it.each<[string, string | Buffer, string[]]>([
    ['an empty file', '', ['-: the file is empty']],
    ['blank lines alone', '\n \n', ['-: the file is empty']],
    ['a header alone', 'code;label\n', ['-: there is no code in the file']],
    ['an empty list', '[]', ['-: there is no code in the file']],
    ['no column of codes', 'label;from\na;b', ['1: no column is named code; the header has "label", "from"']],
    ['a column twice', 'code;label;label_en\nC1;a;b', ['1: columns "label" and "label_en" are the same (label:en)']],
    ['an empty code', 'code;label\nC1;a\n;b', ['3: there is no code']],
    ['a code twice', 'code\nC1\nC2\nc1', ['4: the code "c1" stands on line 2 already, as "C1"']],
    [
      'a code twice on some days',
      'code;valid_from;valid_to\nC1;;2021-01-01\nC1;2021-01-01;',
      ['3: the code "C1" stands on line 2 already, for days that overlap'],
    ],
    ['days in local form', 'code;valid_from\nC1;31/12/2021', ['2: "31/12/2021" is no date: write 2021-12-31']],
    [
      'days that can be read in two ways',
      'code;valid_from\nC1;03/04/2021',
      ['2: "03/04/2021" is no date: write YYYY-MM-DD'],
    ],
    ['a day that does not exist', 'code;valid_to\nC1;2021-02-29', ['2: "2021-02-29" is no date: write YYYY-MM-DD']],
    [
      'an end before the beginning',
      'code;valid_from;valid_to\nC1;2021-05-01;2021-04-30',
      ['2: the code ends on 2021-04-30, before it begins on 2021-05-01'],
    ],
    [
      'a number made by a spreadsheet',
      'code\n2,48153E+08',
      ['2: a spreadsheet has turned the code into the number 2,48153E+08: export it again, the column as text'],
    ],
    ['too many values', 'code;label\nC1;a;b', ['2: 3 values, but the header has 2 columns']],
    ['a broken quote', 'code;label\nC1;"a', ['2: a quote stands wrong, or a quoted value does not end on its line']],
    [
      'a code that is too long',
      `code\n${'x'.repeat(256)}`,
      ['2: the code has 256 characters, at most 255 are allowed'],
    ],
    [
      'a label that is too long',
      `code;label\nC1;${'x'.repeat(1001)}`,
      ['2: the label (en) has more than 1000 characters'],
    ],
    ['a control character', '["a\\u0007"]', ['1: the code "a\\u0007" has control characters']],
    [
      'several things at once, in order of line',
      'code;valid_to\n;x\nC1;\nC1;',
      ['2: there is no code', '2: "x" is no date: write YYYY-MM-DD', '4: the code "C1" stands on line 3 already'],
    ],
    ['broken JSON', '[\n{"code":"a"},\n{"code":}]', ['3: this is not JSON from character 9 on']],
    ['JSON cut short', '[{"code":"a"}', ['1: this is not JSON from character 14 on']],
    ['text behind the JSON', '["a"] x', ['1: this is not JSON from character 7 on']],
    ['an object without codes', '{"a":1}', ['-: neither a list, nor an object with a list named "codes"']],
    ['a number that has lost digits', '[\n32570681000036106]', ['2: "a code" must be text in quotes']],
    [
      'what is no code',
      '[\n["a"],\n{"code":true}]',
      ['2: "a code" must be text in quotes', '3: "code" must be text in quotes'],
    ],
    [
      'a value said twice',
      '[{"code":"a","label":"b","labels":{"en":"c"}}]',
      ['1: "labels.en" says label:en a second time'],
    ],
    [
      'a wrong head',
      '{"name":1,"closed":"x","basis":2,"codes":["a"]}',
      ['-: "name" must be text', '-: "closed" must be true or false', '-: "basis" must be text'],
    ],
    [
      'a spreadsheet file',
      Buffer.from('504b030414000600', 'hex'),
      [expect.stringMatching(/^-: the file is no text \(/) as string],
    ],
  ])('refuses %s', (_what, content, expected) => {
    expect(problemsOf(content)).toEqual(expected);
  });

  it('tells the lines of a pretty JSON file of its own form', () => {
    const text = JSON.stringify({ basis: '[', codes: [{ code: 'a' }, { code: 'b' }, { code: 'A' }] }, null, 2);
    expect(problemsOf(text)).toEqual(['10: the code "A" stands on line 4 already, as "a"']);
  });

  it('is not led astray by keys of the language', () => {
    expect(read('[{"code":"a","__proto__":{"code":"b"},"constructor":"c"}]')).toMatchObject({
      kind: 'codes',
      entries: [entry('a')],
      remarks: ['"__proto__" is unknown and was left aside', '"constructor" is unknown and was left aside'],
    });
    expect(read('code;__proto__;constructor\na;b;c')).toMatchObject({ kind: 'codes', entries: [entry('a')] });
  });
});
