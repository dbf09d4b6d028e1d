/**
 * Reads all message types and value sets from the schemas folder: one folder per collection, in it one JSON Schema per
 * message type and one file per value set under `codelists/`. All or nothing: it fails with every problem at once and
 * leaves whatever is in force alone. Files beside the collection folders are not its business.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { deepFreeze } from '../../config/deep-freeze';
import type { Catalogue, Codelist, MessageType } from '../../domain/message-type';
import { buildCodelist } from './build-codelist';
import { buildMessageType } from './build-message-type';
import { CatalogueProblem } from './catalogue-problem';
import { findTableProblems } from '../sqlite/store-names';

/**
 * The catalogue of `dir`, deeply frozen.
 * @throws CatalogueProblem naming file and place of everything that is wrong
 */
export function loadCatalogue(dir: string): Catalogue {
  const problems: string[] = [];
  const codelists = new Map<string, Codelist>();
  const types = new Map<string, MessageType>();
  const collections = listFolders(dir, problems);
  for (const collection of collections) {
    for (const path of listJson(join(dir, collection, 'codelists'))) {
      const built = buildFrom(path, dir, problems, buildCodelist);
      if (built !== null) keep(codelists, built, relative(dir, path), problems);
    }
  }
  for (const collection of collections) {
    for (const path of listJson(join(dir, collection))) {
      const built = buildFrom(path, dir, problems, (content) => buildMessageType(collection, content, codelists));
      if (built !== null) keep(types, built, relative(dir, path), problems);
    }
  }
  problems.push(...checkTables(types));
  if (problems.length === 0) problems.push(...[...types.values()].flatMap((type) => checkFollows(type, types)));
  if (problems.length === 0 && types.size === 0) problems.push(`${dir}: there is no message schema`);
  if (problems.length > 0) throw new CatalogueProblem(problems);
  for (const codelist of codelists.values()) deepFreeze(codelist);
  for (const type of types.values()) deepFreeze(type);
  return Object.freeze({ types, codelists });
}

/** The store must be able to have a table for each of them. */
function checkTables(types: ReadonlyMap<string, MessageType>): string[] {
  return findTableProblems([...types.keys()]).map(({ name, what }) => {
    const collection = types.get(name)?.collection ?? '';
    return `${join(collection, name)}.json: /title: ${what}`;
  });
}

/** What `follows` names is another message type and its fields: known only when all types are. */
function checkFollows({ collection, name, rules }: MessageType, types: ReadonlyMap<string, MessageType>): string[] {
  const { follows } = rules;
  if (follows === null) return [];
  const place = `${join(collection, name)}.json: /x-rules/follows`;
  const earlier = types.get(follows.messageType);
  if (earlier === undefined) return [`${place}/messageType: there is no message type "${follows.messageType}"`];
  const known = new Set(earlier.fields.map((field) => field.name));
  const missing = follows.earlierDates.filter((date) => !known.has(date));
  return missing.map((date) => `${place}/earlierDates: ${earlier.name} has no field "${date}"`);
}

/** Folders in order of name; an unreadable `dir` is a problem. */
function listFolders(dir: string, problems: string[]): readonly string[] {
  try {
    const entries = readdirSync(dir, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
  } catch (thrown) {
    problems.push(`${dir}: ${message(thrown)}`);
    return [];
  }
}

/** Paths of the JSON files in `dir`, in order of name; none when there is no such folder. */
function listJson(dir: string): readonly string[] {
  try {
    const entries = readdirSync(dir, { withFileTypes: true });
    return entries
      .flatMap((entry) => (entry.isFile() && entry.name.endsWith('.json') ? [join(dir, entry.name)] : []))
      .sort();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new CatalogueProblem([`${dir}: ${message(thrown)}`]);
  }
}

function buildFrom<T extends object>(
  path: string,
  dir: string,
  problems: string[],
  build: (content: unknown) => T | readonly string[],
): T | null {
  const file = relative(dir, path);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  } catch (thrown) {
    problems.push(`${file}: ${message(thrown)}`);
    return null;
  }
  const built = build(content);
  if (!isProblems(built)) return built;
  problems.push(...built.map((problem) => `${file}: ${problem}`));
  return null;
}

function isProblems(built: object): built is readonly string[] {
  return Array.isArray(built);
}

/** A file is named after what it holds, so that nobody has to search; names are unique over all collections. */
function keep<T extends { readonly name: string }>(
  into: Map<string, T>,
  built: T,
  file: string,
  problems: string[],
): void {
  if (basename(file, '.json') !== built.name) problems.push(`${file}: it holds "${built.name}"; name the file so`);
  if (into.has(built.name)) problems.push(`${file}: "${built.name}" is defined twice`);
  into.set(built.name, built);
}

function message(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
