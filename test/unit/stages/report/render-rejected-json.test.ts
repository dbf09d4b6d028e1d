import type { Dialect } from '../../../../src/domain/batch';
import type { RejectedRow } from '../../../../src/stages/report/describe-rejection';
import { renderRejectedJson } from '../../../../src/stages/report/render-rejected-json';
import { bytesOf, makeStored } from './fixtures';

const DIALECT: Dialect = { format: 'json', encoding: 'utf-8', bom: false, delimiter: null, eol: null };

function makeRow(text: string, line = 3): RejectedRow {
  return { line, text, findings: [makeStored('P103', { field: 'a' })] };
}

function render(texts: readonly string[], dialect: Partial<Dialect> = {}): string {
  const rows = texts.map((text) => makeRow(text));
  return bytesOf(
    renderRejectedJson({ dialect: { ...DIALECT, ...dialect }, language: 'en', rows, fileFindings: [] }),
  ).toString('utf8');
}

const ADDED =
  '"_line": 3, "_codes": "P103", "_message": "a holds a NUL character (an invisible character with code 0). ' +
  'Remove the character in the source system, or type the value again."';

describe('rejected.json', () => {
  it('is an array of the records, with line, codes and message', () => {
    expect(render(['{"a":"1"}', '{ "b": 2 }'])).toBe(`[\n{"a":"1", ${ADDED}},\n{ "b": 2, ${ADDED} }\n]\n`);
  });

  it('is one object per line where the file was', () => {
    expect(render(['{"a":1}', '{"b":2}'], { format: 'jsonl', eol: 'crlf' })).toBe(
      `{"a":1, ${ADDED}}\r\n{"b":2, ${ADDED}}\r\n`,
    );
  });

  it.each<[string, string, string]>([
    ['an empty object', '{}', `{${ADDED}}`],
    ['lines inside', '{\n  "a": 1\n}', `{\n  "a": 1, ${ADDED}\n}`],
    [
      'numbers as written',
      '{"a":1.0,"b":1e400,"c":12345678901234567890}',
      `{"a":1.0,"b":1e400,"c":12345678901234567890, ${ADDED}}`,
    ],
    ['a key that stands twice', '{"a":1,"a":2}', `{"a":1,"a":2, ${ADDED}}`],
    ['a nested value', '{"a":{"_b":[1,"}"]},"c":2}', `{"a":{"_b":[1,"}"]},"c":2, ${ADDED}}`],
    ['what we added last time', `{"a":1, "_line": 9, "_codes": "V201", "_message": "x, \\" } y"}`, `{"a":1, ${ADDED}}`],
    ['underscored members anywhere', '{"_x":[1,{"_y":2}], "a":"_", "\\u005fz":3}', `{ "a":"_", ${ADDED}}`],
    ['only underscored members', '{"_line":1}', `{${ADDED}}`],
    ['blanks around', '  {"a":1}\n', `{"a":1, ${ADDED}}`],
    ['keys of prototypes', '{"__proto__":1,"constructor":2}', `{"constructor":2, ${ADDED}}`],
  ])('keeps %s', (_, text, expected) => {
    expect(render([text])).toBe(`[\n${expected}\n]\n`);
  });

  it.each(['12', '"text"', '[1,2]', 'null', '{"a":1', '{"a" 1}', '{a:1}', '{"a":1} {'])(
    'leaves %j as it is',
    (text) => {
      expect(render([text], { format: 'jsonl' })).toBe(`${text}\n`);
    },
  );

  it('begins with an object where there is one, so that it is read as one per line again', () => {
    expect(render(['garbage', '[1]', '{"a":1}', '2', '{"b":2}'], { format: 'jsonl' })).toBe(
      `{"a":1, ${ADDED}}\ngarbage\n[1]\n2\n{"b":2, ${ADDED}}\n`,
    );
    expect(render(['garbage', '[1]'], { format: 'jsonl' })).toBe('garbage\n[1]\n');
    const long = 'x'.repeat(1_048_576);
    expect(render([long, '1', '{"b":2}'], { format: 'jsonl' })).toBe(`1\n${long}\n{"b":2, ${ADDED}}\n`);
  });

  it('stands for nothing as an empty array', () => {
    expect(render([])).toBe('[]\n');
  });

  it('keeps encoding and BOM', () => {
    expect(render(['{"a":"é"}'], { bom: true }).startsWith('\ufeff[')).toBe(true);
  });

  it('does not overflow on deep nesting', () => {
    const text = `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
    expect(render([text])).toBe(`[\n${text.slice(0, -1)}, ${ADDED}}\n]\n`);
  });

  it('can be read again and again with the same result', () => {
    const once = JSON.parse(render(['{"a":"1","b":"é\\n"}'])) as unknown[];
    const twice = JSON.parse(render([JSON.stringify(once[0])])) as unknown[];
    expect(twice).toEqual(once);
  });
});
