/**
 * A value set replaced by the content of a file: read, judged, compared with the one in force, and only then written.
 * The daemon reads it at its next reload; nothing here touches what runs.
 */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { buildCodelist } from '../adapters/schemas/build-codelist';
import { type CodelistFile, replaceCodelistFile } from '../adapters/schemas/codelist-files';
import { readCodelistFile } from '../adapters/schemas/read-codelist-file';
import { toFault } from '../domain/fault';
import type { Codelist, CodelistEntry } from '../domain/message-type';

export { type CodelistFile, listCodelistFiles } from '../adapters/schemas/codelist-files';

export interface ImportRequest {
  readonly target: CodelistFile;
  /** Absolute. */
  readonly sourcePath: string;
  /** Null keeps what the file says, else what the present file says. */
  readonly closed: boolean | null;
  readonly basis: string | null;
  readonly now: Date;
}

/** By code, as the sets write it. */
export interface CodelistChange {
  readonly before: Codelist | null;
  readonly after: Codelist;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Other labels, dates or system. */
  readonly changed: readonly string[];
  /** Anything at all: a basis counts when somebody has said it. */
  readonly differs: boolean;
}

export type ImportPlan =
  | { readonly kind: 'problems'; readonly problems: readonly string[]; readonly remarks: readonly string[] }
  /** Nothing says whether the set is open or closed: the present file is damaged. */
  | { readonly kind: 'open-or-closed'; readonly remarks: readonly string[] }
  | {
      readonly kind: 'change';
      readonly change: CodelistChange;
      readonly remarks: readonly string[];
      /** Puts the new set in the file's place; where the earlier one was kept. @throws Fault S901 */
      readonly write: () => string;
    };

/** Larger files are no value sets. */
const SOURCE_BYTES_MAX = 32 * 1024 * 1024;

/** @throws Fault S901 when a file cannot be read */
export function planImport(request: ImportRequest): ImportPlan {
  const { target, sourcePath, now } = request;
  const file = basename(sourcePath);
  const bytes = guarded(() => readSource(sourcePath));
  if (bytes === null) return { kind: 'problems', problems: [`${file}: too large to be a value set`], remarks: [] };
  const reading = readCodelistFile(bytes);
  const { remarks, about } = reading;
  const problems =
    reading.kind === 'codes'
      ? []
      : reading.problems.map(({ line, message }) => `${line === null ? file : `${file}:${line}`}: ${message}`);
  if (about.name !== null && about.name !== target.name) {
    problems.unshift(`${file}: it holds ${JSON.stringify(about.name)}, not ${target.name}`);
  }
  if (reading.kind === 'problems' || problems.length > 0) return { kind: 'problems', problems, remarks };
  const { list: before, closed: wasClosed } = guarded(() => readPresent(target));
  const closed = request.closed ?? about.closed ?? wasClosed;
  if (closed === null) return { kind: 'open-or-closed', remarks };
  const basis = request.basis ?? about.basis;
  const after: Codelist = {
    name: target.name,
    closed,
    basis: basis ?? `Imported from ${file} on ${now.toISOString().slice(0, 10)}`,
    entries: reading.entries,
  };
  const text = renderFile(after);
  const built = buildCodelist(JSON.parse(text));
  if (Array.isArray(built)) return { kind: 'problems', problems: built.map((what) => `${file}: ${what}`), remarks };
  const write = (): string => guarded(() => replaceCodelistFile(target, text, now));
  return { kind: 'change', change: compare(before, after, basis), remarks, write };
}

function readSource(path: string): Uint8Array | null {
  return statSync(path).size > SOURCE_BYTES_MAX ? null : readFileSync(path);
}

interface PresentList {
  /** Null when the file is broken: then it is what the import mends. */
  readonly list: Codelist | null;
  /** Null when that cannot be read either. */
  readonly closed: boolean | null;
}

function readPresent({ path }: CodelistFile): PresentList {
  const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  try {
    const content: unknown = JSON.parse(text);
    const built = buildCodelist(content);
    if (isCodelist(built)) return { list: built, closed: built.closed };
    const closed = (content as { readonly closed?: unknown } | null)?.closed;
    return { list: null, closed: typeof closed === 'boolean' ? closed : null };
  } catch (error) {
    if (error instanceof SyntaxError) return { list: null, closed: null };
    throw error;
  }
}

function isCodelist(built: Codelist | readonly string[]): built is Codelist {
  return !Array.isArray(built);
}

/** As the files that come with the program are written: what is empty is left out. */
function renderFile({ name, closed, basis, entries }: Codelist): string {
  const codes = entries.map(({ code, labels, validFrom, validTo, system }) => ({
    code,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(validFrom === null ? {} : { validFrom }),
    ...(validTo === null ? {} : { validTo }),
    ...(system === null ? {} : { system }),
  }));
  return `${JSON.stringify({ name, closed, basis, codes }, null, 2)}\n`;
}

function compare(before: Codelist | null, after: Codelist, basis: string | null): CodelistChange {
  const old = entriesByCode(before?.entries ?? []);
  const fresh = entriesByCode(after.entries);
  const stays = [...fresh.keys()].filter((code) => old.has(code));
  const added = [...fresh.keys()].filter((code) => !old.has(code));
  const removed = [...old.keys()].filter((code) => !fresh.has(code));
  const changed = stays.filter((code) => fresh.get(code) !== old.get(code));
  const differs =
    before === null ||
    before.closed !== after.closed ||
    (basis !== null && basis !== before.basis) ||
    added.length + removed.length + changed.length > 0;
  return { before, after, added, removed, changed, differs };
}

/** What is said of each code, in a form that can be compared. */
function entriesByCode(entries: readonly CodelistEntry[]): ReadonlyMap<string, string> {
  const said = new Map<string, string>();
  for (const { code, labels, validFrom, validTo, system } of entries) {
    const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
    said.set(code, `${said.get(code) ?? ''}${JSON.stringify([sorted, validFrom, validTo, system])}`);
  }
  return said;
}

function guarded<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw toFault(error);
  }
}
