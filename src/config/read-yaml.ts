/**
 * YAML text, checked by a JSON Schema, to a plain object with the schema's defaults filled in. Problems come as a list,
 * each with its key's path and line; nothing is thrown for what the text says.
 */
import type { ErrorObject, ValidateFunction } from 'ajv';
import { isCollection, isMap, isScalar, LineCounter, type Node, parseDocument, type Document } from 'yaml';
import { nearest } from '../domain/nearest';
import type { KeyProblem } from './config-problem';
import { checkBy, type OwnSchema, readOwnSchema } from './own-schema';

export interface YamlSchema extends OwnSchema {
  /** Digits without quotes stay text, leading zeros and all, unless the schema asks for a number. */
  readonly digitsAreText: boolean;
}

export interface YamlReader extends Pick<YamlSchema, 'digitsAreText'> {
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
  return { validate: checkBy(schema), digitsAreText: schema.digitsAreText };
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
      message: `is not YAML: ${firstLine(error.message)}`,
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
    return { path: path.join('.'), message: describe(error), line: lineOf(document, path, lines) };
  });
  return { kind: 'problems', problems: onePerKey(problems) };
}

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

function describe(error: ErrorObject): string {
  const is = `, is ${show(error.data)}`;
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(error);
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

function unknownKey(error: ErrorObject): string {
  const known = Object.keys((error.parentSchema?.['properties'] ?? {}) as object);
  const meant = nearest(String(error.params['additionalProperty']), known);
  return `unknown key${meant === null ? `; known here: ${known.join(', ')}` : `; did you mean ${meant}?`}`;
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
