/**
 * The shipped examples as records that can be spoiled, and written again line by line, so that the line of every record
 * and value is known without reading the file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Damage, Expected, Fields } from './damages';
import { EXAMPLES, SENDER } from './shipped-examples';

export type Shape = 'csv' | 'json';

export interface Example {
  readonly name: string;
  readonly type: string;
  readonly shape: Shape;
  readonly fields: readonly string[];
  readonly records: readonly Fields[];
}

export const examples: readonly Example[] = readdirSync(EXAMPLES).sort().map(readExample);

function readExample(name: string): Example {
  const text = readFileSync(join(EXAMPLES, name), 'utf8');
  const type = name.split('_')[1] ?? '';
  if (name.endsWith('.json')) {
    const records = JSON.parse(text) as Fields[];
    return { name, type, shape: 'json', fields: Object.keys(records[0] ?? {}), records };
  }
  const [header = '', ...rows] = text.trimEnd().split(/\r?\n/);
  const fields = header.split(';');
  const records = rows.map((row) => Object.fromEntries(row.split(';').map((cell, at) => [fields[at] ?? '', cell])));
  return { name, type, shape: 'csv', fields, records };
}

/** A number with right check digits: a sender, and so a store of its own, for each of a hundred thousand files. */
export function senderNumber(index: number): string {
  const body = 800_000 + index;
  return `${String(body)}${String(97 - (body % 97)).padStart(2, '0')}`;
}

/** The records whose patient has a NISS and nothing else. */
export function positionsWithNiss({ records }: Example): readonly number[] {
  return records.flatMap((record, at) => (record['PatientIdentificationNumber'] === '' ? [] : [at]));
}

export interface Spoiled {
  readonly text: string;
  /** `severity CODE field line N record M`, sorted. */
  readonly expected: readonly string[];
  /** Numbers of records, first = 1, that have an error. */
  readonly rejected: ReadonlySet<number>;
}

/** Writes the example with damages at some of its records, as the sender's own file. */
export function spoil(example: Example, damages: ReadonlyMap<number, readonly Damage[]>, sender = SENDER): Spoiled {
  const texts = example.records.map((record, at) => writeRecord(example, record, damages.get(at) ?? []));
  const lines: string[] = example.shape === 'csv' ? [example.fields.join(';')] : ['['];
  const expected: string[] = [];
  const rejected = new Set<number>();
  texts.forEach((text, at) => {
    const line = lines.length + 1;
    const more = example.shape === 'json' && at + 1 < texts.length ? `${text},` : text;
    lines.push(...more.split('\n'));
    for (const [severity, code, field] of findingsOf(example, damages.get(at) ?? [])) {
      const place = example.shape === 'json' ? line + lineWithin(text, code, field) : line;
      expected.push(`${severity} ${code} ${field} line ${String(place)} record ${String(at + 1)}`);
      if (severity === 'error') rejected.add(at + 1);
    }
  });
  if (example.shape === 'json') lines.push(']');
  const lineEnd = example.shape === 'csv' ? '\r\n' : '\n';
  const text = lines.map((line) => line + lineEnd).join('');
  return { text: text.replaceAll(SENDER, sender), expected: expected.sort(), rejected };
}

/** What breaks a record's structure says all that can be said of it; a field that is missing does not. */
export function findingsOf({ type }: Pick<Example, 'type'>, damages: readonly Damage[]): readonly Expected[] {
  const all = damages.flatMap((damage) => damage.expected(type));
  const structural = all.filter(([, code]) => ['P104', 'P106', 'P107', 'P109', 'P113', 'P114'].includes(code));
  return structural.length > 0 ? structural : all;
}

/** Whether the example's message has what the damage spoils. */
export function concerns(example: Example, damage: Damage): boolean {
  if (!damage.formats.includes(example.shape)) return false;
  return damage.change === undefined || damage.change(example.records[0] ?? {}, example.type) !== null;
}

function writeRecord(example: Example, record: Fields, damages: readonly Damage[]): string {
  let changed = record;
  for (const { change } of damages) changed = change?.(changed, example.type) ?? changed;
  let text =
    example.shape === 'csv'
      ? example.fields.map((field) => changed[field] ?? '').join(';')
      : JSON.stringify(changed, null, 1);
  for (const { rewrite } of damages) text = rewrite?.(text) ?? text;
  return text;
}

/** In JSON a finding on a value stands on the value's own line, the second one where a key is there twice. */
function lineWithin(text: string, code: string, field: string): number {
  if (field === '' || code === 'H101') return 0;
  const keys = text.split('\n').map((line) => line.trimStart().startsWith(`"${field}":`));
  return code === 'P113' ? keys.lastIndexOf(true) : keys.indexOf(true);
}
