/**
 * Retention: removes what is due. It works beside a running daemon or without one, touches nothing of a batch that is not
 * archived yet, and may be killed and run again at any moment. A file that cannot be removed is told and does not keep
 * the rest. What goes without a write into the store goes first: on a full disk nothing else can, and it makes the room.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AgedFiles, removeEmptyMonths, removeFiles } from '../adapters/spool/aged-files';
import { archivePath, type DataFolders, dataFolders } from '../adapters/spool/data-folders';
import { exists } from '../adapters/spool/durable-files';
import { openStoreReaderAnyhow } from '../adapters/sqlite/open-store-reader';
import {
  assertPurgeable,
  type FindingsCount,
  type FindingsPart,
  type FindingsPurge,
  openFindingsPurge,
} from '../adapters/sqlite/purge-findings';
import type { Config } from '../config/config';
import { Fault } from '../domain/fault';
import {
  dueCopies,
  dueOriginals,
  dueReports,
  type FilesCount,
  type Limits,
  limitsOf,
  type PurgePlan,
  rangeOf,
} from './purge-plan';

export interface PurgeResult {
  /** What went. */
  readonly removed: PurgePlan;
  /** Files that could not be removed, and why; they are tried again next time. */
  readonly problems: readonly string[];
  /** Why the store could not be read, or written to: a full disk, say. What it keeps is tried again next time. */
  readonly storeProblem: string | null;
  /** Whether the write-ahead log was emptied: until then it may hold what was erased. */
  readonly logEmptied: boolean;
}

const NOTES_PER_STEP = 500;

interface Run {
  readonly folders: DataFolders;
  readonly due: Limits;
  readonly now: Date;
  readonly onProgress: (text: string) => void;
  readonly problems: string[];
  /** Batches whose original a replay waits for. */
  readonly waitedFor: Set<string>;
  readonly removed: { -readonly [Part in keyof PurgePlan]: PurgePlan[Part] };
}

/** Removes what is due; null as long as no daemon has made the store. @throws Fault S902 that no later try mends */
export async function purge(
  config: Config,
  now: Date,
  onProgress: (text: string) => void,
): Promise<PurgeResult | null> {
  const folders = dataFolders(config.dataDir);
  if (!exists(folders.storePath)) return null;
  passing(() => {
    assertPurgeable(folders.storePath);
  });
  const due = limitsOf(config.retention, now);
  const run: Run = { folders, due, now, onProgress, problems: [], waitedFor: new Set(), removed: nothingOf(due) };
  run.removed.reports = { ...due.reports, ...removeAll(run, dueReports(folders, due.reports.before)) };
  let storeProblem = passing(() => {
    removeOriginals(run);
    run.removed.storeCopies = { ...due.storeCopies, ...removeAll(run, dueCopies(folders, due.storeCopies.before)) };
  });
  const written = await writeStore(run);
  storeProblem ??= written.problem;
  return { removed: run.removed, problems: run.problems, storeProblem, logEmptied: written.logEmptied };
}

function removeOriginals(run: Run): void {
  const { folders, due, problems } = run;
  const { before } = due.originals;
  const reader = openStoreReaderAnyhow(folders.storePath);
  try {
    for (const { replayOf } of reader.unfinishedReplays()) if (replayOf !== null) run.waitedFor.add(replayOf);
    run.removed.originals = { ...due.originals, ...removeAll(run, dueOriginals(folders, reader, before)) };
  } finally {
    reader.close();
  }
  if (before === null) return;
  attempt(problems, folders.archiveDir, () => {
    removeEmptyMonths(folders, before.slice(0, 7));
  });
}

async function writeStore(run: Run): Promise<{ readonly problem: string | null; readonly logEmptied: boolean }> {
  let store: FindingsPurge | null = null;
  try {
    store = openFindingsPurge(run.folders.storePath);
    noteOriginals(run, store);
    for (const part of ['findings', 'values'] as const) await erasePart(run, store, part);
    return { problem: null, logEmptied: store.emptyLog() };
  } catch (error) {
    const problem = passingMessage(error);
    // The log may have taken the room that there was.
    let logEmptied = false;
    passing(() => {
      logEmptied = store?.emptyLog() ?? false;
    });
    return { problem, logEmptied };
  } finally {
    store?.close();
  }
}

/** Notes originals that are due and gone, by this run or an earlier one; one that a replay waits for is not due. */
function noteOriginals({ folders, due, now, waitedFor }: Run, store: FindingsPurge): void {
  const { before } = due.originals;
  if (before === null) return;
  for (let after = ''; ;) {
    const batches = store.unerasedOriginals({ before, after, limit: NOTES_PER_STEP });
    const gone = batches
      .filter((batch) => !waitedFor.has(batch.id) && !exists(join(folders.archiveDir, archivePath(batch))))
      .map(({ id }) => id);
    if (gone.length > 0) store.noteErasedOriginals(gone, now);
    const last = batches.at(-1);
    if (last === undefined || batches.length < NOTES_PER_STEP) return;
    after = last.id;
  }
}

async function erasePart(run: Run, store: FindingsPurge, part: FindingsPart): Promise<void> {
  const { due, now, onProgress, removed } = run;
  const range = rangeOf(part, due);
  if (range === null) return;
  const name = part === 'values' ? 'rejectedValues' : 'findings';
  const batches = new Set<string>();
  let erased = 0;
  for (let more = true; more;) {
    const started = performance.now();
    const step = store.erase(part, range, now);
    ({ more } = step);
    erased += step.findings;
    for (const id of step.batchIds) batches.add(id);
    removed[name] = { ...due[name], batches: batches.size, findings: erased };
    onProgress(`${part}: ${erased} findings`);
    // As long as it held the store it leaves it to the daemon.
    if (more) await sleep(performance.now() - started);
  }
}

function nothingOf(due: Limits): PurgePlan {
  const files: FilesCount = { files: 0, bytes: 0 };
  const findings: FindingsCount = { batches: 0, findings: 0 };
  return {
    originals: { ...due.originals, ...files },
    rejectedValues: { ...due.rejectedValues, ...findings },
    findings: { ...due.findings, ...findings },
    reports: { ...due.reports, ...files },
    storeCopies: { ...due.storeCopies, ...files },
  };
}

/** How much went. */
function removeAll({ problems }: Run, found: Iterable<AgedFiles>): FilesCount {
  let files = 0;
  let bytes = 0;
  for (const set of found) {
    attempt(problems, set.folder, () => {
      removeFiles(set.folder, set.names);
      files += set.names.length;
      bytes += set.bytes;
    });
  }
  return { files, bytes };
}

function attempt(problems: string[], path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    problems.push(`${path}: ${(error as Error).message}`);
  }
}

/** What the store says against it where a later try may succeed; null when it was done. */
function passing(action: () => void): string | null {
  try {
    action();
    return null;
  } catch (error) {
    return passingMessage(error);
  }
}

function passingMessage(error: unknown): string {
  if (error instanceof Fault && error.code === 'S902' && error.retryable) return error.message;
  throw error;
}
