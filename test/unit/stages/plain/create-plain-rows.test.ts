/**
 * With and without the fast path the same comes out, record for record and finding for finding, whatever a sender
 * writes; and it takes every line that nothing speaks against.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import type { MessageType } from '../../../../src/domain/message-type';
import { splitFileName } from '../../../../src/stages/name/split-file-name';
import { catalogue, exampleFiles, type Fields, types } from '../validate/support';
import { EXAMPLES } from '../../../support/shipped-examples';
import { nastyValues } from './nasty-values';
import { expectTheSame } from './read-both-ways';
import { type Dialect, ENCODINGS, exampleRecords, EXTRAS, PLAIN, QUOTED, writeFile } from './write-file';

const named = types.map((type): [string, MessageType] => [type.name, type]);

describe('files as they are', () => {
  const damaged = join(EXAMPLES, '../examples-damaged');
  const shipped = [
    ...exampleFiles.map((name) => join(EXAMPLES, name)),
    ...readdirSync(damaged).map((name) => join(damaged, name)),
  ];
  test.each(shipped.map((path): [string, string] => [path.slice(path.indexOf('examples')), path]))(
    '%s',
    (name, path) => {
      const { extension } = splitFileName(name);
      expectTheSame(typeOf(name)!, readFileSync(path), { extension });
    },
  );

  it('of the corpus', () => {
    const corpus = resolve(__dirname, '../../../corpus');
    let read = 0;
    for (const name of readdirSync(corpus, { recursive: true, encoding: 'utf8' })) {
      const type = typeOf(name);
      const { extension } = splitFileName(name);
      if (!/^[^/]+\/input\//.test(name) || type === undefined || !['', 'csv', 'json'].includes(extension)) continue;
      const bytes = readFileSync(join(corpus, name));
      expectTheSame(type, bytes, { extension }, bytes.length > 20_000 ? [65_536] : [100, 65_536]);
      read++;
    }
    expect(read).toBeGreaterThan(200);
  });
});

function typeOf(path: string): MessageType | undefined {
  const fileName = path.slice(path.lastIndexOf('/') + 1);
  return types.find(({ name }) => fileName.includes(`_${name}_`));
}

/** It is stored otherwise than it is written. */
function isLeft(fields: Fields): boolean {
  return (fields['CoronaTestPrescriptionCode'] ?? '').includes('-');
}

describe('what it takes', () => {
  test.each(named)('all examples of %s, but for what must be looked at', (_, type) => {
    const records = exampleRecords(type);
    const left = records.filter(isLeft).length;
    expect(left).toBe(type.name === 'RapidTestResult' ? 2 : 0);
    const { taken, records: read, toldOf } = expectTheSame(type, writeFile(type, records));
    expect({ taken, read, toldOf }).toEqual({ taken: records.length - left, read: records.length, toldOf: 0 });
  });

  it('all that the bench generates, when nothing is spoilt', () => {
    const dir = mkdtempSync(join(tmpdir(), 'labdrop-plain-'));
    try {
      const path = join(dir, 'generated.csv');
      const input = { path, records: 2_000, sender: '81365677', schemasDir: resolve(EXAMPLES, '../..'), badShare: 0 };
      const generator = pathToFileURL(resolve(__dirname, '../../../bench/generate.mjs')).href;
      const script = `import { generate } from '${generator}'; generate(${JSON.stringify(input)});`;
      execFileSync(process.execPath, ['--input-type=module', '-e', script]);
      const { taken } = expectTheSame(catalogue.types.get('LaboratoryTestResult')!, readFileSync(path), {
        now: '2021-12-01 12:00:00',
      });
      expect(taken).toBe(2_000);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  const taken: [string, Partial<Dialect>, 'all' | 'ascii' | 'none'][] = [
    ['bars', { delimiter: '|' }, 'all'],
    ['tabs', { delimiter: '\t' }, 'all'],
    ['CRLF', { lineEnd: '\r\n' }, 'all'],
    ['CR', { lineEnd: '\r' }, 'all'],
    ['a byte order mark', { encoding: 'utf-8 with a mark' }, 'all'],
    ['Windows-1252', { encoding: 'windows-1252' }, 'ascii'],
    ['UTF-16', { encoding: 'utf-16le' }, 'none'],
    ['UTF-16, the other way round', { encoding: 'utf-16be' }, 'none'],
    ['columns in another order', { extra: 'reversed' }, 'all'],
    ['unknown columns', { extra: 'unknown' }, 'all'],
    ['a column spelled otherwise', { extra: 'respelled' }, 'all'],
    ['the guard column', { extra: 'guard' }, 'none'],
    ['a column without a name', { extra: 'nameless' }, 'none'],
    ['a column twice', { extra: 'doubled' }, 'none'],
    ['a column missing', { extra: 'missing' }, 'none'],
    ['no last line end', { lastLineEnd: false }, 'all'],
    ['all in quotes', { quoted: 'all' }, 'all'],
    ['some in quotes', { quoted: 'some', delimiter: ',', lineEnd: '\r\n' }, 'all'],
    ['what there is in quotes', { quoted: 'filled', lastLineEnd: false }, 'all'],
    ['blank lines', { between: ['', ';;;', '  ', '\u00a0;'] }, 'all'],
  ];
  test.each(taken)('%s', (_, dialect, which) => {
    const type = catalogue.types.get('LaboratoryTestResult')!;
    const records = exampleRecords(type);
    const ascii = records.filter((fields) => /^[\0-\x7f]*$/.test(Object.values(fields).join(''))).length;
    expect(ascii).toBeLessThan(records.length);
    const { taken } = expectTheSame(type, writeFile(type, records, dialect));
    expect(taken).toBe({ all: records.length, ascii, none: 0 }[which]);
  });
});

test.each(named)('each value of %s emptied, and each filled', (_, type) => {
  const examples = exampleRecords(type);
  const fillings = type.fields.map(({ name }) => examples.find((fields) => (fields[name] ?? '') !== '')?.[name] ?? 'x');
  const records = examples.flatMap((fields) =>
    type.fields.flatMap(({ name }, at) => [
      { ...fields, [name]: at % 2 === 0 ? '' : ' ' },
      { ...fields, [name]: fillings[at] ?? 'x' },
    ]),
  );
  const { taken, toldOf } = expectTheSame(type, writeFile(type, records), {}, [65_536]);
  expect(taken).toBeGreaterThan(records.length / 3);
  expect(toldOf).toBeGreaterThan(records.length / 10);
});

describe('whatever the values are', () => {
  test.each(named)('%s', (_, type) => {
    const examples = exampleRecords(type);
    const seen = { taken: 0, records: 0 };
    const pools = type.fields.map((field) => nastyValues(field, catalogue.codelists));
    const change = fc
      .nat(type.fields.length - 1)
      .chain((field) => fc.tuple(fc.constant(field), fc.constantFrom(...pools[field]!)));
    const record = fc
      .tuple(fc.constantFrom(...examples), fc.array(change, { minLength: 1, maxLength: 3 }))
      .map(([fields, changes]): Fields => {
        const changed = changes.map(([field, value]): [string, string] => [type.fields[field]?.name ?? '', value]);
        return { ...fields, ...Object.fromEntries(changed) };
      });
    const records = fc.array(record, { minLength: 30, maxLength: 60 });
    fc.assert(
      fc.property(records, dialects, fc.constantFrom(7, 100, 65_536), (records, dialect, size) => {
        const { taken } = expectTheSame(type, writeFile(type, records, dialect), {}, [size]);
        seen.taken += taken;
        seen.records += records.length;
      }),
      { numRuns: 30 },
    );
    expect(seen.taken).toBeGreaterThan(seen.records / 100);
  });

  const often = <T>(usual: T, others: readonly T[]): fc.Arbitrary<T> =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
  const dialects: fc.Arbitrary<Dialect> = fc.record({
    delimiter: often(';', [',', '\t', '|']),
    lineEnd: often('\n', ['\r\n', '\r']),
    encoding: often<Dialect['encoding']>('utf-8', ENCODINGS),
    extra: often<Dialect['extra']>('none', EXTRAS),
    lastLineEnd: fc.boolean(),
    quoted: often<Dialect['quoted']>('none', QUOTED),
    between: often<readonly string[]>(PLAIN.between, [['', ';;;;'], ['x'], ['\r\n', ' ', '"']]),
  });
});
