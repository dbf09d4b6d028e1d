import { decodeRecord } from '../../../../src/stages/parse/decode-text';
import { LINE_MAX } from '../../../../src/stages/parse/line-reader';
import { parseFile } from '../../../../src/stages/parse/parse-file';
import { makeMessageType } from '../../../support/make-message-type';
import { inChunks, readText } from './read-text';

const ENCODINGS = [
  ['utf-8', (text: string) => Buffer.from(text)],
  ['utf-8 with BOM', (text: string) => Buffer.from(`\ufeff${text}`)],
  ['utf-16le', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['utf-16be', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
  ['windows-1252', (text: string) => Buffer.from(text, 'latin1')],
] as const;

const CSV_LINES = ['SampleId;BirthDate;City;Result', '1;2;Liège;4', '"é";"é"";"";3', '', '5;6;ÿ;8'];
const JSON_LINES = ['{"SampleId":"Liège"}', '{"City":"é",}', '  {"Result":[1]}', '', '{"SampleId":"ÿ"}'];

describe.each(ENCODINGS)('bytes of records in %s', (_name, encode) => {
  it.each([
    ['CSV', CSV_LINES, [1, 2, 4]],
    ['JSON lines', JSON_LINES, [0, 1, 2, 4]],
  ] as const)('%s', (_kind, lines, recordLines) => {
    for (const lineEnd of ['\n', '\r\n', '\r']) {
      const bytes = encode(lines.join(lineEnd) + lineEnd);
      const { records, result } = readText(bytes, { size: 5 });
      const dialect = result.dialect!;
      const texts = records.map(({ offset, length }) => decodeRecord(bytes.subarray(offset, offset + length), dialect));
      expect(texts).toEqual(recordLines.map((at) => lines[at]!.trim()));
      expect(records.map(({ line }) => line)).toEqual(recordLines.map((at) => at + 1));
      if (result.header !== null) {
        const { offset, length } = result.header;
        expect(decodeRecord(bytes.subarray(offset, offset + length), dialect)).toBe(lines[0]);
      }
    }
  });
});

it('numbers physical lines behind a BOM, sep line and blank lines', () => {
  const { records, result } = readText('\ufeffsep=;\r\n\r\nSampleId;BirthDate;City;Result\r\n\r\n1;2;3;4\r\n');
  expect(records[0]).toMatchObject({ line: 5, record: 1 });
  expect(result.dialect).toEqual({ format: 'csv', encoding: 'utf-8', bom: true, delimiter: ';', eol: 'crlf' });
});

it('gives every JSON value its own line', () => {
  const { records } = readText('[\n{"SampleId":1,\n"BirthDate":2,\n\n"City":3}]');
  expect(records[0]).toMatchObject({ line: 2, valueLines: [2, 3, 5, 2] });
});

it.each([
  ['{"SampleId":1}', 'json'],
  ['[{"SampleId":1}]', 'json'],
  ['{"SampleId":1}\n{"SampleId":1}', 'jsonl'],
])('%s is %s', (input, format) => {
  expect(readText(input).result.dialect?.format).toBe(format);
});

it('tells columns before the first record', () => {
  const { header } = readText('X;City;SampleId;_line;BirthDate;Result\n1;2;3;4;5;6\n');
  expect([0, 1, 2, 3, 9].map((index) => header?.columnOf(index))).toEqual([3, 5, 2, 6, null]);
  expect(header?.guarded).toBe(true);
  expect(readText('[{}]').header?.columnOf(0)).toBeNull();
  expect(readText('City;X;Y\n1;2;3\n').header).toBeNull();
});

it('marks values that take no part in any rule', () => {
  const { records } = readText('SampleId;BirthDate;City;Result\n1;\0;3;4\n');
  expect(records[0]).toMatchObject({ absent: new Set([1]), broken: false });
  expect(readText('[{"City":1,"Result":"\\u0000"}]').records[0]).toMatchObject({ absent: new Set([0, 1, 3]) });
});

it('counts nothing for certain once a line was given up', () => {
  expect(readText('SampleId;BirthDate;City;Result\n1;2;3\n').result.miscounted).toBe(false);
  expect(readText('SampleId;BirthDate;City;Result\n1;2;"3\n').result.miscounted).toBe(true);
  expect(readText('{}\n{,}\n').result.miscounted).toBe(true);
});

describe('hostile sizes', () => {
  it('cuts a line that is too long and goes on behind it', () => {
    const header = Buffer.from('SampleId;BirthDate;City;Result\n');
    const line = Buffer.alloc(LINE_MAX + 1000, 0x61);
    const input = Buffer.concat([header, line, Buffer.from('\r\n1;2;3;4\r\n')]);
    const { records } = readText(input, { size: 262_144 });
    expect(records[0]).toMatchObject({ line: 2, length: LINE_MAX, broken: true });
    expect(records[0]?.findings).toMatchObject([{ code: 'P110', params: { length: LINE_MAX + 1000 } }]);
    expect(records[1]).toMatchObject({
      line: 3,
      values: ['1', '2', '3', '4'],
      offset: header.length + line.length + 2,
    });
  });

  it('reads a value of 10 MB', () => {
    const { records } = readText(`[{"SampleId":"${'x'.repeat(10_000_000)}"}]`);
    expect(records[0]?.findings.map(({ code }) => code)).toEqual(['H101', 'P110']);
  });

  it('does not mind how deep a value is nested', () => {
    const deep = '['.repeat(90_000) + ']'.repeat(90_000);
    expect(readText(`[{"SampleId":${deep}}]`).records[0]?.findings.map(({ code }) => code)).toEqual(['H101', 'P114']);
    const deeper = `[{"SampleId":${'{"a":'.repeat(200_000)}`;
    expect(readText(deeper).result.findings.map(({ code }) => code)).toEqual(['P112']);
  });

  it('reads 100,000 columns', () => {
    const names = Array.from({ length: 100_000 }, (_, at) => `C${String(at)}`).join(';');
    const { result, records } = readText(`${names};SampleId;BirthDate;City;Result\n${';'.repeat(100_003)}x\n`);
    expect(result.findings).toHaveLength(100_000);
    expect(records[0]?.values).toEqual(['', '', '', 'x']);
    const twins = readText(`${'City;'.repeat(100_000)}SampleId;BirthDate;City;Result\n`).result.findings;
    expect(twins.map(({ code }) => code)).toEqual(['H103']);
    expect(String(twins[0]?.params['columns']).length).toBeLessThan(200);
  });

  it('remembers only so many unknown keys', () => {
    const lines = Array.from({ length: 3000 }, (_, at) => `{"k${String(at)}":1,"A":2}`).join('\n');
    const { result } = readText(lines, { type: makeMessageType(['A']) });
    expect(result.records).toBe(3000);
    expect(result.findings).toHaveLength(1000);
  });

  it.each([
    ['H102', 998, null],
    ['H102', 3000, 999],
    ['H105', 3000, 999],
  ])('says so where more names than it tells are %s (of %i)', (code, count, listed) => {
    const blanks = (at: number): string => at.toString(2).replaceAll('0', ' ').replaceAll('1', '\u00a0');
    const nameOf = (at: number): string => (code === 'H102' ? `k${String(at)}` : `A${blanks(at)}`);
    const lines = Array.from({ length: count }, (_, at) => `{"${nameOf(at)}":1}`).join('\n');
    const told = readText(lines, { type: makeMessageType(['A']) }).result.findings.filter((each) => each.code === code);
    expect(told).toHaveLength(listed === null ? count : listed + 1);
    expect(told.at(-1)?.params['listed']).toBe(listed ?? '');
    expect(told[0]?.params['atLeast']).toBe(listed ?? '');
    expect(told.filter(({ value }) => value === null)).toHaveLength(listed === null ? 0 : 1);
    if (listed !== null) expect(told.at(-1)).toMatchObject({ line: 1000, record: 1000 });
  });

  it('holds no more of a file than a record', () => {
    const row = Buffer.from('1;2;3;4\n'.repeat(1000));
    let handed = 0;
    let ahead = 0;
    function* endless(): Generator<Uint8Array> {
      yield Buffer.from('SampleId;BirthDate;City;Result\n');
      for (let at = 0; at < 50; at++) {
        ahead = Math.max(ahead, at * 1000 - handed);
        yield row;
      }
    }
    const facts = { bytes: 0, encoding: 'utf-8', bom: false, blank: false, opensJson: false, refusal: null } as const;
    parseFile(endless(), facts, makeMessageType(['SampleId', 'BirthDate', 'City', 'Result']), {
      extension: 'csv',
      onRecord: () => handed++,
    });
    expect(handed).toBe(50_000);
    expect(ahead).toBeLessThanOrEqual(2000);
  });
});

it('does not keep a chunk that its owner writes over', () => {
  const bytes = Buffer.from('SampleId;BirthDate;City;Result\n1;2;Liège;4\n5;6;7;8\n');
  function* reused(): Generator<Uint8Array> {
    const shared = new Uint8Array(3);
    for (const chunk of inChunks(bytes, 3)) {
      shared.set(chunk);
      yield shared.subarray(0, chunk.length);
      shared.fill(0x2a);
    }
  }
  const values: string[][] = [];
  const facts = {
    bytes: bytes.length,
    encoding: 'utf-8',
    bom: false,
    blank: false,
    opensJson: false,
    refusal: null,
  } as const;
  parseFile(reused(), facts, makeMessageType(['SampleId', 'City']), {
    extension: 'csv',
    onRecord: (record) => values.push(record.values),
  });
  expect(values).toEqual([
    ['1', 'Liège'],
    ['5', '7'],
  ]);
});

test('a file that is not read to its end is let go of', () => {
  let open = false;
  function* chunks(): Generator<Uint8Array, void, undefined> {
    open = true;
    try {
      for (;;) yield Buffer.from('not;the;header\n1;2;3\n');
    } finally {
      open = false;
    }
  }
  const facts = { bytes: 21, encoding: 'utf-8', bom: false, blank: false, opensJson: false, refusal: null } as const;
  const { rejected } = parseFile(chunks(), facts, makeMessageType(['SampleId']), {
    extension: 'csv',
    onRecord: () => undefined,
  });
  expect({ rejected, open }).toEqual({ rejected: true, open: false });
});
