/**
 * Retention: what is due by the configured periods, and its removal. It works beside a running daemon or without one,
 * touches nothing of a batch that is not archived yet, and may be killed and run again at any moment. A file that
 * cannot be removed is told and does not keep the rest.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AgedFiles,
  agedReports,
  agedStoreCopies,
  archivedUntil,
  removeEmptyMonths,
  removeFiles,
} from '../adapters/spool/aged-files';
import { type DataFolders, dataFolders } from '../adapters/spool/data-folders';
import {
  type FindingsCount,
  type FindingsPart,
  openFindingsDue,
  openFindingsPurge,
  type ReceivedRange,
} from '../adapters/sqlite/purge-findings';
import type { Config, RetentionConfig } from '../config/config';
import type { StoreReader } from '../adapters/sqlite/open-store-reader';
import { openReader } from './commands-store';

export interface FilesCount {
  readonly files: number;
  readonly bytes: number;
}

/** `days` and `before` are null where nothing is ever removed; `before` is ISO 8601 UTC. */
export type Due<T> = T & { readonly days: number | null; readonly before: string | null };

/** What is due. Findings that go whole are not counted among those that lose their values. */
export interface PurgePlan {
  readonly originals: Due<FilesCount>;
  readonly rejectedValues: Due<FindingsCount>;
  readonly findings: Due<FindingsCount>;
  readonly reports: Due<FilesCount>;
  /** Copies of the store from before a migration: they hold the values of findings as they were. */
  readonly storeCopies: Due<FilesCount>;
}

export interface PurgeResult {
  /** What could not be removed, and why; it is tried again next time. */
  readonly problems: readonly string[];
  /** Whether the write-ahead log was emptied: until then it may hold what was erased. */
  readonly logEmptied: boolean;
}

const DAY_MS = 86_400_000;

/** Null as long as no daemon has made the store. @throws Fault S902; errors of the file system */
export function planPurge(config: Config, now: Date): PurgePlan | null {
  const folders = dataFolders(config.dataDir);
  const reader = openReader(config);
  if (reader === null) return null;
  try {
    const due = limitsOf(config.retention, now);
    const { originals, rejectedValues, findings, reports, storeCopies } = due;
    return {
      originals: { ...originals, ...countFiles(dueOriginals(folders, reader, originals.before)) },
      rejectedValues: { ...rejectedValues, ...countFindings(folders, 'values', rangeOf('values', due)) },
      findings: { ...findings, ...countFindings(folders, 'findings', rangeOf('findings', due)) },
      reports: { ...reports, ...countFiles(dueReports(folders, reports.before)) },
      storeCopies: { ...storeCopies, ...countFiles(dueCopies(folders, storeCopies.before)) },
    };
  } finally {
    reader.close();
  }
}

/** Removes what is due. @throws Fault S902 */
export async function purge(config: Config, now: Date, onProgress: (text: string) => void): Promise<PurgeResult> {
  const folders = dataFolders(config.dataDir);
  const problems: string[] = [];
  const due = limitsOf(config.retention, now);
  const store = openFindingsPurge(folders.storePath);
  try {
    for (const part of ['findings', 'values'] as const) {
      const range = rangeOf(part, due);
      if (range === null) continue;
      let erased = 0;
      for (let more = true; more;) {
        const started = performance.now();
        const step = store.erase(part, range, now);
        ({ more } = step);
        erased += step.findings;
        onProgress(`${part}: ${erased} findings`);
        // As long as it held the store it leaves it to the daemon.
        if (more) await sleep(performance.now() - started);
      }
    }
    removeOriginals(config, folders, due.originals.before, problems);
    const others = [dueReports(folders, due.reports.before), dueCopies(folders, due.storeCopies.before)];
    for (const { folder, names } of others.flatMap((found) => [...found])) {
      attempt(problems, folder, () => removeFiles(folder, names));
    }
    return { problems, logEmptied: store.emptyLog() };
  } finally {
    store.close();
  }
}

function removeOriginals(config: Config, folders: DataFolders, before: string | null, problems: string[]): void {
  const reader = openReader(config);
  if (reader === null || before === null) return;
  try {
    for (const { folder, names } of dueOriginals(folders, reader, before)) {
      attempt(problems, folder, () => removeFiles(folder, names));
    }
    attempt(problems, folders.archiveDir, () => removeEmptyMonths(folders, before.slice(0, 7)));
  } finally {
    reader.close();
  }
}

type Limits = Readonly<Record<keyof PurgePlan, { readonly days: number | null; readonly before: string | null }>>;

function limitsOf(retention: RetentionConfig, now: Date): Limits {
  const limit = (days: number | null) => ({
    days,
    before: days === null ? null : new Date(now.getTime() - days * DAY_MS).toISOString(),
  });
  return {
    originals: limit(retention.originalsDays),
    rejectedValues: limit(retention.rejectedValuesDays),
    findings: limit(retention.findingsDays),
    reports: limit(retention.reportsDays),
    storeCopies: limit(retention.rejectedValuesDays),
  };
}

/** Which batches a part is due of; findings that go whole need not lose their values first. */
function rangeOf(part: FindingsPart, { findings, rejectedValues }: Limits): ReceivedRange | null {
  if (part === 'findings') return findings.before === null ? null : { from: '', before: findings.before };
  if (rejectedValues.before === null) return null;
  const from = findings.before ?? '';
  return from < rejectedValues.before ? { from, before: rejectedValues.before } : null;
}

function countFindings({ storePath }: DataFolders, part: FindingsPart, range: ReceivedRange | null): FindingsCount {
  if (range === null) return { batches: 0, findings: 0 };
  const store = openFindingsDue(storePath);
  try {
    return store.count(part, range);
  } finally {
    store.close();
  }
}

function countFiles(found: Iterable<AgedFiles>): FilesCount {
  let files = 0;
  let bytes = 0;
  for (const set of found) {
    files += set.names.length;
    bytes += set.bytes;
  }
  return { files, bytes };
}

/** An original that a replay waits for stays; so does a file that belongs to no batch: `labdrop check` tells of it. */
function* dueOriginals(
  folders: DataFolders,
  reader: StoreReader,
  before: string | null,
): Generator<AgedFiles, void, undefined> {
  if (before === null) return;
  for (const { folder, files } of archivedUntil(folders, before.slice(0, 7))) {
    const waitedFor = new Set(reader.unfinishedReplays().map(({ replayOf }) => replayOf));
    const due = files.filter(({ batchId }) => {
      const batch = reader.batch(batchId);
      return batch?.state === 'archived' && batch.receivedAt < before && !waitedFor.has(batchId);
    });
    const bytes = due.reduce((sum, file) => sum + file.bytes, 0);
    if (due.length > 0) yield { folder, names: due.map(({ name }) => name), bytes };
  }
}

function dueCopies(folders: DataFolders, before: string | null): Iterable<AgedFiles> {
  return before === null ? [] : agedStoreCopies(folders, new Date(before));
}

function dueReports(folders: DataFolders, before: string | null): Iterable<AgedFiles> {
  return before === null ? [] : agedReports(folders, new Date(before));
}

function attempt(problems: string[], path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    problems.push(`${path}: ${(error as Error).message}`);
  }
}
