/** The shipped catalogue, right records of every message from the examples, and a short way to judge one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCatalogue } from '../../../../src/adapters/schemas/load-catalogue';
import type { Finding } from '../../../../src/domain/finding';
import type { Codelist, MessageType } from '../../../../src/domain/message-type';
import type { ParsedRecord } from '../../../../src/domain/parsed-record';
import { type Judgement, type ValidationContext, Validator } from '../../../../src/stages/validate/validator';
import { EXAMPLES, SCHEMAS, SENDER } from '../../../support/shipped-examples';

export const catalogue = loadCatalogue(SCHEMAS);
export const types = [...catalogue.types.values()];

export const CONTEXT: ValidationContext = {
  now: '2021-06-01 12:00:00',
  sender: SENDER,
  fileTime: '2021-05-10 08:00:00',
  columnOf: (index) => index + 1,
};

export type Fields = Readonly<Record<string, string>>;

/** The records of an example file, CSV or JSON, by field name. */
export function readExample(fileName: string): readonly Fields[] {
  const text = readFileSync(join(EXAMPLES, fileName), 'utf8');
  if (fileName.endsWith('.json')) return JSON.parse(text) as Fields[];
  const [header = [], ...rows] = text
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.split(';'));
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? ''])));
}

export const exampleFiles = readdirSync(EXAMPLES);

/** The first example record of the type: a patient with a NISS and nothing wrong. */
export function rightRecord(type: MessageType): Fields {
  const fileName = exampleFiles.find((name) => name.includes(`_${type.name}_`) && name.endsWith('.json'));
  const [first] = readExample(fileName!);
  return first!;
}

export function parsed(type: MessageType, fields: Fields, more: Partial<ParsedRecord> = {}): ParsedRecord {
  return {
    line: 2,
    record: 1,
    offset: 0,
    length: 0,
    values: type.fields.map(({ name }) => fields[name] ?? ''),
    absent: null,
    valueLines: null,
    findings: [],
    broken: false,
    ...more,
  };
}

export interface JudgeOptions {
  readonly context?: Partial<ValidationContext>;
  readonly record?: Partial<ParsedRecord>;
  readonly codelists?: ReadonlyMap<string, Codelist>;
}

const validators = new Map(types.map((type) => [type.name, new Validator(type, catalogue.codelists, CONTEXT)]));

export function judge(type: MessageType, fields: Fields, options: JudgeOptions = {}): Judgement {
  const usual = Object.keys(options).length === 0 ? validators.get(type.name) : undefined;
  if (usual !== undefined) return usual.judge(parsed(type, fields));
  const context = { ...CONTEXT, ...options.context };
  const validator = new Validator(type, options.codelists ?? catalogue.codelists, context);
  return validator.judge(parsed(type, fields, options.record));
}

/** The right record with some fields changed, judged. */
export function judgeWith(typeName: string, changes: Fields, options: JudgeOptions = {}): Judgement {
  const type = typeNamed(typeName);
  return judge(type, { ...rightRecord(type), ...changes }, options);
}

export function typeNamed(name: string): MessageType {
  return catalogue.types.get(name)!;
}

export function onField(findings: readonly Finding[], field: string): readonly Finding[] {
  return findings.filter((finding) => finding.field === field);
}

/** `CODE field` of each finding. */
export function brief(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ code, field }) => `${code} ${field ?? ''}`);
}
