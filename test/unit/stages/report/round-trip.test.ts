import fc from 'fast-check';
import type { FieldSpec, MessageType } from '../../../../src/domain/message-type';
import type { ParsedRecord } from '../../../../src/domain/parsed-record';
import type { StoredFinding } from '../../../../src/domain/report-source';
import { decodeRecord } from '../../../../src/stages/parse/decode-text';
import { createInspector } from '../../../../src/stages/parse/inspect';
import { parseFile } from '../../../../src/stages/parse/parse-file';
import type { ParseResult } from '../../../../src/stages/parse/parse-result';
import { encodeText } from '../../../../src/stages/report/encode-text';
import { renderRejectedCsv } from '../../../../src/stages/report/render-rejected-csv';
import { renderRejectedJson } from '../../../../src/stages/report/render-rejected-json';
import { bytesOf, makeStored } from './fixtures';

const NAMES = ['Alpha', 'Beta', 'Gamma'];
const TYPE = {
  name: 'Invented',
  fields: NAMES.map((name, index) => ({ name, index, format: 'text', maxLength: 255 }) as FieldSpec),
} as unknown as MessageType;

interface Reading {
  readonly bytes: Buffer;
  readonly result: ParseResult;
  readonly records: readonly ParsedRecord[];
}

function read(bytes: Buffer, extension: 'csv' | 'json'): Reading {
  const inspector = createInspector();
  inspector.update(bytes);
  const records: ParsedRecord[] = [];
  const onRecord = (record: ParsedRecord) => records.push({ ...record, values: [...record.values] });
  const result = parseFile([bytes], inspector.finish(), TYPE, { extension, onRecord });
  return { bytes, result, records };
}

/** The reject file of a reading in which every record is rejected, for what the reader found or for an invented error. */
function renderRejected({ bytes, result, records }: Reading): Buffer {
  const dialect = result.dialect!;
  const textOf = (range: { offset: number; length: number }) =>
    decodeRecord(bytes.subarray(range.offset, range.offset + range.length), dialect);
  const rows = records.map((record) => {
    const found: readonly StoredFinding[] = record.findings.map((finding, seq) => ({
      ...finding,
      recordKey: null,
      seq,
    }));
    const findings = found.length > 0 ? found : [makeStored('V200', { field: 'Alpha, "Beta"; x|y' })];
    return { ...record, findings, text: textOf(record) };
  });
  const input = { dialect, language: 'fr', rows, fileFindings: [] } as const;
  if (result.header === null) return bytesOf(renderRejectedJson(input));
  return bytesOf(renderRejectedCsv({ ...input, header: textOf(result.header) }));
}

/** What a sender would be told of each record, and what would be stored of it. */
function essence({ result, records }: Reading) {
  return {
    file: result.findings.map(({ code, field }) => [code, field]),
    records: records.map(({ findings, values, broken }) => ({
      codes: findings.map(({ code, field }) => [code, field]),
      values: broken ? null : values.map((value) => value.replace(/^'(?=[=+\-@])/, '')),
    })),
  };
}

const cell = fc.string({ unit: fc.constantFrom(...Array.from('ab1é"\'=+-@ ;,\t|_')), maxLength: 5 });

describe('a reject file sent back uncorrected', () => {
  it.each([
    ['Alpha;Beta;Gamma', ['1;2;3', '1;2', '1;2;3;4', '1;"2;3', '1;2"2;3', '=1;"a;b";@x', '-5;+32470123456;']],
    ['Gamma,Alpha,Beta', ['1,2,3', '"a,b",=1+1,3', '1,"2', '1']],
    ['_x;Gamma;_line;Alpha;Beta', ["n;1;9;'=2;3", 'n;1;9;2;3', 'n;1', 'n;1;9;2;3;4;5', 'n;"1;9']],
    [
      'Alpha;Beta;Gamma;_line;_codes;_message',
      ['1;2;3;9;V201;x', '1;2;9;P106;x', '1;"2;3;9;P109;x', "'=1;2;3;9;V217;x"],
    ],
    ['Alpha;Beta;Gamma;', ['1;2;3;', '1;2;3', '1;2;3;x']],
    ['Alpha;Beta;Gamma;Delta', ['1;2;3;4']],
    ['Alpha\tBeta\tGamma', ['1\t2\t3', '=1\t"2\t3', '1\t2']],
    ['Alpha|Beta|Gamma', ['1|2|3', '=1|2"|3', '1|2']],
  ])('gives the same findings: %s', (header, rows) => {
    const before = read(Buffer.from([header, ...rows, ''].join('\r\n')), 'csv');
    expect(before.records).toHaveLength(rows.length);
    const after = read(renderRejected(before), 'csv');
    expect(essence(after)).toEqual(essence(before));
    const again = read(renderRejected(after), 'csv');
    expect(essence(again)).toEqual(essence(before));
    expect(again.bytes.length).toBeLessThan(after.bytes.length + 20 * rows.length);
  });

  it('gives the same findings for any rows, delimiter, encoding and columns', () => {
    const rows = fc.array(fc.array(cell, { maxLength: 8 }), { minLength: 1, maxLength: 6 });
    const columns = fc
      .shuffledSubarray(['_line', '_codes', '_message', '_x', 'Delta'], { maxLength: 5 })
      .chain((extra) => fc.shuffledSubarray([...NAMES, ...extra], { minLength: NAMES.length + extra.length }));
    const dialect = fc.record({
      encoding: fc.constantFrom('utf-8', 'utf-16le', 'utf-16be', 'windows-1252' as const),
      delimiter: fc.constantFrom(';', ',', '\t', '|'),
      eol: fc.constantFrom('\r\n', '\n', '\r'),
    });
    fc.assert(
      fc.property(rows, columns, dialect, (cells, names, { encoding, delimiter, eol }) => {
        const text = [names, ...cells].map((row) => row.join(delimiter)).join(eol) + eol;
        const bytes = bytesOf(encodeText([text], { encoding, bom: encoding.startsWith('utf-16') }));
        const before = read(bytes, 'csv');
        if (before.result.header === null || before.records.length === 0) return;
        const after = read(renderRejected(before), 'csv');
        // Blank lines do not come back, and our French messages decide whether ASCII is still ASCII.
        const without = (reading: Reading) => {
          const { file, records } = essence(reading);
          return {
            file: file.filter(([code]) => code !== 'P111' && code !== 'P101'),
            records: records.map(({ codes, values }) => [codes.map(([code]) => code), values]),
          };
        };
        expect(without(after)).toEqual(without(before));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    '[{"Alpha":"1","Beta":2,"Gamma":null},{"Alpha":[1],"Beta":{},"Gamma":"x"},{"Alpha":1,"Alpha":2,"Beta":"","Gamma":""},12]',
    '[\n  {\n    "Alpha": "é\\u0000",\n    "Beta": "",\n    "Gamma": ""\n  }\n]',
    '{"Alpha":"1","Beta":"2","Gamma":"3"}',
    '{"Alpha":"1","Beta":"2","Gamma":"3"}\n{"Alpha":"1","Beta":\n{"Alpha":"1"}\n',
    '[{"Alpha":"1","_line":7,"_codes":"V201","_message":"x","Beta":"2","Gamma":"3"}]',
  ])('gives the same findings: %s', (text) => {
    const before = read(Buffer.from(text), 'json');
    expect(before.records.length).toBeGreaterThan(0);
    const after = read(renderRejected(before), 'json');
    expect(essence(after)).toEqual(essence(before));
  });
});

it('takes a corrected reject file', () => {
  const before = read(Buffer.from('Alpha;Beta;Gamma\n=1;"x";3\n1;2\n'), 'csv');
  const text = renderRejected(before)
    .toString('utf8')
    .replace(/^1;2;3;/m, '1;2;new;3;');
  const after = read(Buffer.from(text), 'csv');
  expect(after.records.map(({ values, findings }) => [values, findings])).toEqual([
    [['=1', 'x', '3'], []],
    [['1', '2', 'new'], []],
  ]);
});
