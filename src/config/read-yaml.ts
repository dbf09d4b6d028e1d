/**
 * YAML text, checked by a JSON Schema, to a plain object with the schema's defaults filled in. Problems come as a list,
 * each with its key's path and line; nothing is thrown for what the text says.
 */
import type { ErrorObject, ValidateFunction } from 'ajv';
import {
  type Document,
  type ErrorCode,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';
import { nearest } from '../domain/nearest';
import type { KeyProblem } from './config-problem';
import { checkBy, type OwnSchema, readOwnSchema } from './own-schema';

export interface YamlSchema extends OwnSchema {
  /** Digits without quotes stay text, leading zeros and all, unless the schema asks for a number. */
  readonly digitsAreText: boolean;
}

export interface YamlReader extends Pick<YamlSchema, 'digitsAreText' | 'schema'> {
  readonly validate: ValidateFunction;
}

export type YamlReading =
  | { readonly kind: 'read'; readonly value: Record<string, unknown> }
  | { readonly kind: 'problems'; readonly problems: readonly KeyProblem[] };

/** A schema for YAML text. */
export function yamlSchema(name: string, options: { digitsAreText: boolean }): YamlSchema {
  const { digitsAreText } = options;
  return {
    name,
    digitsAreText,
    options: { allErrors: true, useDefaults: true, verbose: true, allowUnionTypes: true, coerceTypes: digitsAreText },
    schema: () => readOwnSchema(name),
  };
}

export function createYamlReader(schema: YamlSchema): YamlReader {
  return { validate: checkBy(schema), digitsAreText: schema.digitsAreText, schema: () => schema.schema() };
}

export function readYaml(text: string, reader: YamlReader): YamlReading {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
    customTags: (tags) => (reader.digitsAreText ? tags.filter((tag) => !isNumberTag(tag)) : tags),
  });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      path: '',
      message: `is not YAML: ${firstLine(error.message)}${YAML_HINTS[error.code] ?? ''}`,
      line: lines.linePos(error.pos[0]).line,
    }));
    return { kind: 'problems', problems };
  }
  const value = toPlain(document);
  if (value instanceof Error) {
    return {
      kind: 'problems',
      problems: [{ path: '', message: `is not YAML: ${firstLine(value.message)}`, line: null }],
    };
  }
  if (reader.validate(value)) return { kind: 'read', value: value as Record<string, unknown> };
  const problems = (reader.validate.errors ?? []).map((error) => {
    const path = keyPath(error);
    return { path: path.join('.'), message: describe(error, reader), line: lineOf(document, path, lines) };
  });
  return { kind: 'problems', problems: onePerKey(problems) };
}

/** What most often is behind an error that the parser tells in its own words. */
const YAML_HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  MULTILINE_IMPLICIT_KEY: ' (is there a key without a colon and a blank behind it?)',
  BLOCK_AS_IMPLICIT_KEY: ' (is a line indented too far, or a value with a colon not in quotes?)',
  TAB_AS_INDENT: ' (indent with blanks)',
  DUPLICATE_KEY: ' (this key stands further up already)',
};

/** The document's content; an empty document counts as an empty map. */
function toPlain(document: Document): unknown {
  try {
    return (document.toJS() as unknown) ?? {};
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function isNumberTag(tag: unknown): boolean {
  const name = typeof tag === 'object' && tag !== null && 'tag' in tag ? tag.tag : tag;
  return name === 'tag:yaml.org,2002:int' || name === 'tag:yaml.org,2002:float';
}

function keyPath(error: ErrorObject): string[] {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (error.keyword === 'additionalProperties') path.push(String(error.params['additionalProperty']));
  if (error.keyword === 'required') path.push(String(error.params['missingProperty']));
  return path;
}

function describe(error: ErrorObject, reader: YamlReader): string {
  if (error.data === null) return 'holds nothing: give it a value, or leave the key out';
  const is = `, is ${show(error.data)}`;
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(error, reader);
    case 'required':
      return 'is missing';
    case 'enum':
      return `must be one of ${(error.schema as unknown[]).map(show).join(', ')}${is}`;
    case 'type':
      return `must be ${[error.schema].flat().map(String).map(typeName).join(' or ')}${is}`;
    case 'pattern':
    case 'minLength':
    case 'maxLength':
      return `is not right${is}${expected(error)}`;
    case 'uniqueItems':
      return 'holds the same value twice';
    case 'minItems':
      return 'must not be empty';
    default:
      return `${error.message ?? error.keyword}${is}`;
  }
}

function unknownKey(error: ErrorObject, reader: YamlReader): string {
  const known = Object.keys((error.parentSchema?.['properties'] ?? {}) as object);
  const key = String(error.params['additionalProperty']);
  const meant = nearest(key, known);
  if (meant !== null) return `unknown key; did you mean ${meant}?`;
  const elsewhere = pathsOf(key, reader.schema() as Group);
  if (elsewhere.length > 0) return `unknown key here; did you mean ${elsewhere.join(' or ')}?`;
  return `unknown key; known here: ${known.join(', ')}`;
}

interface Group {
  readonly properties?: Readonly<Record<string, Group>>;
}

/** Where in the groups of a schema there is a key of that name. */
function pathsOf(key: string, { properties = {} }: Group): readonly string[] {
  const below = Object.entries(properties).flatMap(([name, group]) =>
    pathsOf(key, group).map((path) => `${name}.${path}`),
  );
  return Object.hasOwn(properties, key) ? [key, ...below] : below;
}

function expected(error: ErrorObject): string {
  const description = error.parentSchema?.['description'] as string | undefined;
  return description === undefined ? '' : ` (${description})`;
}

function typeName(type: string): string {
  const names: Record<string, string> = {
    integer: 'a whole number',
    number: 'a number',
    string: 'text',
    object: 'a group of keys',
  };
  return names[type] ?? (type === 'array' ? 'a list' : type);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}

function lineOf(document: Document, path: readonly string[], lines: LineCounter): number | null {
  let node = document.contents;
  let start = node?.range?.[0];
  for (const part of path) {
    if (!isCollection(node)) break;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === part);
      if (pair === undefined) break;
      start = (pair.key as Node).range?.[0] ?? start;
      node = pair.value as Node | null;
    } else {
      node = (node.items as (Node | undefined)[])[Number(part)] ?? null;
      start = node?.range?.[0] ?? start;
    }
  }
  return start === undefined ? null : lines.linePos(start).line;
}

/** One wrong value may fail several keywords: the first is enough. */
function onePerKey(problems: readonly KeyProblem[]): KeyProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ path }) => !seen.has(path) && seen.add(path));
}
