/**
 * What was rejected comes back: dropped again as it is, it gives the same findings and the same file once more;
 * corrected, it is accepted, under its own name or a new one, with the underscore columns left in. In every encoding and
 * form that a file may have.
 */
import Papa from 'papaparse';
import { reportBase } from '../../src/domain/batch-record';
import { createTextDecoding } from '../../src/stages/parse/decode-text';
import { type Damage, DAMAGES, type Fields } from '../support/damages';
import { concerns, type Example, examples, findingsOf, senderNumber, spoil } from '../support/example-file';
import { makePipelineHome, type PipelineHome, type Processed } from '../support/pipeline-home';
import { SENDER } from '../support/shipped-examples';

const SENDERS = 5_000;
let home: PipelineHome;
let used = 0;

beforeAll(async () => {
  const senders = Array.from({ length: SENDERS }, (_, index) => senderNumber(index));
  home = makePipelineHome({ account: { senders } });
  // Results of every patient of the examples, so that no variant is without its result (R311).
  for (const example of examples.filter(({ type }) => type === 'LaboratoryTestResult')) {
    const own = senderNumber(0);
    await home.drop(example.name.replace(SENDER, own), spoil(example, new Map(), own).text);
  }
});
afterAll(() => home.remove());

/** How a file is written: the form of its text and its bytes. */
interface Form {
  readonly name: string;
  readonly shape: Example['shape'];
  readonly delimiter: ';' | ',' | '\t';
  readonly perLine: boolean;
  readonly encode: (text: string) => Buffer;
  readonly decode: (bytes: Buffer) => string;
}

const windows1252 = (text: string): Buffer => {
  const high = createTextDecoding('windows-1252').decode(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  return Buffer.from(Array.from(text, (character) => high.indexOf(character)));
};

const UTF8: Pick<Form, 'encode' | 'decode'> = {
  encode: (text) => Buffer.from(text),
  decode: (bytes) => bytes.toString(),
};
const BOM: typeof UTF8 = {
  encode: (text) => Buffer.from(`\ufeff${text}`),
  decode: (bytes) => bytes.toString().replace(/^\ufeff/, ''),
};
const UTF16: typeof UTF8 = {
  encode: (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  decode: (bytes) => bytes.toString('utf16le').replace(/^\ufeff/, ''),
};
const UTF16_BIG: typeof UTF8 = {
  encode: (text) => UTF16.encode(text).swap16(),
  decode: (bytes) => UTF16.decode(Buffer.from(bytes).swap16()),
};
const WINDOWS: typeof UTF8 = {
  encode: windows1252,
  decode: (bytes) => createTextDecoding('windows-1252').decode(bytes),
};

const csv = { shape: 'csv', delimiter: ';', perLine: false } as const;
const json = { ...csv, shape: 'json' } as const;
const plain: Readonly<Record<Example['shape'], Form>> = {
  csv: { name: 'CSV', ...csv, ...UTF8 },
  json: { name: 'JSON', ...json, ...UTF8 },
};
const otherForms: readonly Form[] = [
  { name: 'CSV, byte order mark', ...csv, ...BOM },
  { name: 'CSV, Windows-1252', ...csv, ...WINDOWS },
  { name: 'CSV, UTF-16 with tabs', ...csv, delimiter: '\t', ...UTF16 },
  { name: 'CSV, UTF-16 the other way round', ...csv, ...UTF16_BIG },
  { name: 'CSV, commas', ...csv, delimiter: ',', ...UTF8 },
  { name: 'JSON, one object per line', ...json, perLine: true, ...UTF8 },
  { name: 'JSON, UTF-16', ...json, ...UTF16 },
  { name: 'JSON, Windows-1252', ...json, ...WINDOWS },
];

/** A file in the form from the text that `spoil` writes. */
function write(text: string, form: Form): Buffer {
  if (form.perLine) {
    const objects = text.replace(/^\[\n|\n\]\n$/g, '').split(/,\n(?=\{)/);
    return form.encode(objects.map((object) => `${object.replace(/\n */g, ' ')}\n`).join(''));
  }
  return form.encode(form.delimiter === ';' ? text : text.replaceAll(';', form.delimiter));
}

interface Sent {
  readonly processed: Processed;
  readonly rejected: Buffer | undefined;
}

async function send(name: string, bytes: Buffer): Promise<Sent> {
  const processed = await home.drop(name, bytes);
  const extension = name.endsWith('.csv') ? 'csv' : 'json';
  return { processed, rejected: home.report(`${reportBase(processed.batch)}.rejected.${extension}`) };
}

/** Findings of rejected records; values are left out where a broken quote takes in all that follows. */
function told({ findings }: Processed): readonly string[] {
  const rejected = new Set(findings.filter(({ severity }) => severity === 'error').map(({ record }) => record));
  return findings
    .filter(({ record }) => record !== null && rejected.has(record))
    .map(({ severity, code, field, value, expected, suggestion }) =>
      JSON.stringify([
        severity,
        code,
        field,
        ...(/^P104|^P109/.test(code) ? [] : [value, suggestion]),
        code === 'V206' ? null : expected,
      ]),
    );
}

/** Puts the right values back into what was rejected; all else stays as it came, underscore members too. */
function correct(bytes: Buffer, form: Form, example: Example, damage: Damage, places: readonly number[]): Buffer {
  const text = form.decode(bytes);
  const rights = places.map((at) => example.records[at]!);
  if (form.shape === 'csv') return form.encode(correctCsv(text, form.delimiter, damage, rights));
  const objects = form.perLine ? text.trimEnd().split('\n') : text.split(/,\n(?=\{)/);
  const mended = objects.map((object, index) => {
    const start = object.indexOf('{');
    const mark = `"_line": ${String(index)}, "_codes": "X999", "_message": "mended ${String(used)}"`;
    const members = JSON.stringify(rights[index], null, form.perLine ? 0 : 1).slice(1, -1);
    const end = object.slice(object.lastIndexOf('}') + 1);
    return `${object.slice(0, start)}{${members}, ${mark}}${end}`;
  });
  return form.encode(mended.join(form.perLine ? '\n' : ',\n') + (form.perLine ? '\n' : ''));
}

function correctCsv(text: string, delimiter: string, damage: Damage, rights: readonly Fields[]): string {
  const [header = '', ...lines] = text.split('\r\n');
  const names = header.split(delimiter);
  const rows = rights.map((right, index) => {
    if (damage.group === 'structure') return names.map((name) => right[name] ?? String(used)).join(delimiter);
    const [cells = []] = Papa.parse<string[]>(lines[index]!, { delimiter }).data;
    expect(cells.length).toBe(names.length);
    const mended = cells.map((cell, at) => right[names[at]!] ?? cell);
    return Papa.unparse([mended], { delimiter });
  });
  return [header, ...rows, ''].join('\r\n');
}

async function goRound(example: Example, damage: Damage, form: Form, sameName: boolean): Promise<void> {
  const sender = senderNumber(++used);
  const own = JSON.parse(JSON.stringify(example).replaceAll(SENDER, sender)) as Example;
  const places = own.records.flatMap((record, at) =>
    damage.group === 'patient' && record['PatientIdentificationNumber'] === '' ? [] : [at],
  );
  const spoiled = spoil(own, new Map(places.map((at) => [at, [damage]])), sender);
  const nameAt = (hour: number): string =>
    `${sender}_${example.type}_21051008${String(hour).padStart(2, '0')}00.${form.shape}`;
  const first = await send(nameAt(0), write(spoiled.text, form));
  const isError = findingsOf(example, [damage]).some(([severity]) => severity === 'error');
  expect(first.rejected === undefined).toBe(!isError);
  if (first.rejected === undefined) return;

  const again = await send(nameAt(sameName ? 0 : 1), first.rejected);
  expect(told(again.processed)).toEqual(told(first.processed));
  const alone = again.processed.findings.filter(({ record }) => record === null).map(({ code }) => code);
  expect(alone.filter((code) => code !== 'F014' && code !== 'P101')).toEqual([]);
  expect(alone.includes('F014')).toBe(sameName);
  const third = await send(nameAt(sameName ? 0 : 2), again.rejected!);
  const textOf = (bytes: Buffer): string => form.decode(bytes).replace(/"_line": \d+/g, '"_line": N');
  expect(textOf(third.rejected!)).toBe(textOf(again.rejected!));

  const mended = correct(third.rejected!, form, own, damage, places);
  const last = await send(nameAt(sameName ? 0 : 3), mended);
  expect(last.processed.findings.filter(({ code }) => code !== 'F014' && code !== 'P101')).toEqual([]);
  expect(last.processed.batch).toMatchObject({ outcome: 'ACCEPTED', records: places.length, accepted: places.length });
}

describe.each(examples)('$name', (example) => {
  it.each(DAMAGES.filter((damage) => concerns(example, damage)))('$name', async (damage) => {
    await goRound(example, damage, plain[example.shape], used % 2 === 0);
  });
});

describe.each(otherForms)('$name', (form) => {
  const example = examples.find(({ type, shape }) => type === 'LaboratoryTestResult' && shape === form.shape)!;
  const damages = DAMAGES.filter(
    (damage) => concerns(example, damage) && !(form.delimiter === ',' && damage.name.includes('scientific')),
  );
  it.each(damages)('$name', async (damage) => {
    await goRound(example, damage, form, used % 2 === 0);
  });
});

it('the guard before a formula comes off, and what was meant is stored', async () => {
  const example = examples.find(({ type, shape }) => type === 'LaboratoryTestResult' && shape === 'csv')!;
  const [formula, date] = ['a formula', 'a date in another form'].map((each) =>
    DAMAGES.find(({ name }) => name === each)!,
  );
  const sender = senderNumber(++used);
  const spoiled = spoil(example, new Map([[0, [formula!, date!]]]), sender);
  const { rejected } = await send(`${sender}_${example.type}_210510080000.csv`, Buffer.from(spoiled.text));
  const text = rejected!.toString();
  expect(text).toContain(";'=SUM(A1:A9);");
  const mended = text.replace(';30/04/2021;', ';2021-05-01 10:41:30;');
  expect(mended).not.toBe(text);
  const last = await send(`${sender}_${example.type}_210510080100.csv`, Buffer.from(mended));
  expect(last.processed.findings.map(({ code }) => code)).toEqual(['V217']);
  const stored = home.query(
    `SELECT TelephoneNumberLLPat AS value FROM "current_${example.type}" WHERE _batch_id = ?`,
    last.processed.batch.id,
  );
  expect(stored).toEqual([{ value: '=SUM(A1:A9)' }]);
});
