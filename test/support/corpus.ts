/**
 * The corpus: one folder per case below `test/corpus/`, read and run here; see the README there for its shape. Expected
 * files are compared as they stand; only what differs from run to run (batch ids, checksums of reports) is a placeholder.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Account } from '../../src/domain/account';
import type { FindingCode } from '../../src/domain/codes';
import type { IntakeRules } from '../../src/pipeline/batch-ports';
import { fileNames, makePipelineHome, type PipelineHome, type Processed } from './pipeline-home';
import { SCHEMAS } from './shipped-examples';

export const CORPUS = resolve(__dirname, '../corpus');

/** `case.json`. */
export interface CaseFile {
  /** One sentence: what is shown. */
  readonly about: string;
  /** Every code that any delivery raises, sorted. */
  readonly codes: readonly FindingCode[];
  readonly account?: Partial<Account>;
  readonly rules?: Partial<IntakeRules>;
  /** Minutes that pass before each delivery, first = before delivery 1. */
  readonly wait?: readonly number[];
}

export interface CorpusCase extends CaseFile {
  readonly name: string;
  /** Numbers of its deliveries, in order. */
  readonly deliveries: readonly string[];
}

export interface DeliveryOutcome {
  readonly delivery: string;
  readonly processed: readonly Processed[];
  /** Report files that are new since the delivery before, and `stored.txt`, by path below `expected/<delivery>`. */
  readonly files: ReadonlyMap<string, Buffer>;
}

export function readCases(): readonly CorpusCase[] {
  const names = readdirSync(CORPUS, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
  return names.sort().map((name) => {
    const file = JSON.parse(readFileSync(join(CORPUS, name, 'case.json'), 'utf8')) as CaseFile;
    return { ...file, name, deliveries: readdirSync(join(CORPUS, name, 'input')).sort() };
  });
}

/** Runs all deliveries of a case, one after the other; `look` sees each while the store is open. */
export async function runCase(
  corpusCase: CorpusCase,
  look: (outcome: DeliveryOutcome, home: PipelineHome) => void,
): Promise<void> {
  const schemas = layOverSchemas(corpusCase.name);
  const home = makePipelineHome({
    account: corpusCase.account ?? {},
    rules: corpusCase.rules ?? {},
    schemasDir: schemas ?? SCHEMAS,
  });
  try {
    const known = new Map<string, Buffer>();
    const ids = new Map<string, string>();
    for (const [index, delivery] of corpusCase.deliveries.entries()) {
      home.wait(corpusCase.wait?.[index] ?? 1);
      putInput(home, join(CORPUS, corpusCase.name, 'input', delivery));
      const processed = await home.scan();
      for (const { batch } of processed) ids.set(batch.id, `<batch-${ids.size + 1}>`);
      look({ delivery, processed, files: newFiles(home, known, ids) }, home);
    }
  } finally {
    home.remove();
    if (schemas !== null) rmSync(dirname(schemas), { recursive: true, force: true });
  }
}

/** The shipped schemas with the case's own `schemas/` over them; null when it has none. */
function layOverSchemas(name: string): string | null {
  const own = join(CORPUS, name, 'schemas');
  if (!existsSync(own)) return null;
  const target = join(mkdtempSync(join(tmpdir(), 'labdrop-schemas-')), 'schemas');
  cpSync(SCHEMAS, target, { recursive: true });
  cpSync(own, target, { recursive: true });
  return target;
}

function putInput(home: PipelineHome, folder: string): void {
  for (const name of fileNames(folder)) home.put(name, readFileSync(join(folder, name)));
  const rehearsal = join(folder, 'test');
  if (!existsSync(rehearsal)) return;
  for (const name of fileNames(rehearsal)) home.put(name, readFileSync(join(rehearsal, name)), 'test');
}

function newFiles(
  home: PipelineHome,
  known: Map<string, Buffer>,
  ids: ReadonlyMap<string, string>,
): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const folder of ['root', 'test'] as const) {
    for (const [name, bytes] of home.reports(folder)) {
      const path = folder === 'root' ? name : `test/${name}`;
      if (known.get(path)?.equals(bytes) === true) continue;
      known.set(path, bytes);
      files.set(path, withPlaceholders(name, bytes, ids));
    }
  }
  files.set('stored.txt', Buffer.from(describeStored(home)));
  return files;
}

function withPlaceholders(name: string, bytes: Buffer, ids: ReadonlyMap<string, string>): Buffer {
  let text = bytes.toString('latin1');
  for (const [id, placeholder] of ids) text = text.replaceAll(id, placeholder);
  if (name.endsWith('.report.json')) text = text.replace(/"files": \[[^\]]*\]/, (list) => hideChecksums(list));
  return Buffer.from(text, 'latin1');
}

/** The checksum of a report changes with the ids in it; the test compares it with the file's own bytes. */
function hideChecksums(list: string): string {
  return list.replace(/[0-9a-f]{64}/g, '<sha256>');
}

/** All current versions, one per line: where each came from. */
function describeStored(home: PipelineHome): string {
  const lines = [...home.catalogue.types.keys()].sort().flatMap((type) =>
    home
      .query(
        `SELECT b.file_name AS file, v._line AS line, v._version AS version
          FROM "current_${type}" v JOIN batches b ON b.id = v._batch_id ORDER BY v._id`,
      )
      .map(({ file, line, version }) => `${type}: ${String(file)} line ${String(line)}, version ${String(version)}`),
  );
  return [`${lines.length} stored`, ...lines, ''].join('\n');
}

/** The files that a delivery is expected to give; none when the case was never generated. */
export function readExpected(corpusCase: CorpusCase, delivery: string): ReadonlyMap<string, Buffer> {
  const folder = join(CORPUS, corpusCase.name, 'expected', delivery);
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name).slice(folder.length + 1)] : [],
  );
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
}

/** Replaces what a delivery is expected to give. */
export function writeExpected(corpusCase: CorpusCase, delivery: string, files: ReadonlyMap<string, Buffer>): void {
  const folder = join(CORPUS, corpusCase.name, 'expected', delivery);
  rmSync(folder, { recursive: true, force: true });
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
}
