/**
 * What is due by the configured periods of retention. It only reads, works beside a running daemon or without one and on
 * a full disk, and counts nothing of a batch that is not archived yet.
 */
import { type AgedFiles, agedReports, agedStoreCopies, archivedUntil } from '../adapters/spool/aged-files';
import { type DataFolders, dataFolders } from '../adapters/spool/data-folders';
import { exists } from '../adapters/spool/durable-files';
import { openStoreReaderAnyhow, type StoreReader } from '../adapters/sqlite/open-store-reader';
import {
  type FindingsCount,
  type FindingsPart,
  openFindingsDue,
  type ReceivedRange,
} from '../adapters/sqlite/purge-findings';
import type { Config, RetentionConfig } from '../config/config';

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

const DAY_MS = 86_400_000;

/** Null as long as no daemon has made the store. @throws Fault S902; errors of the file system */
export function planPurge(config: Config, now: Date): PurgePlan | null {
  const folders = dataFolders(config.dataDir);
  if (!exists(folders.storePath)) return null;
  const due = limitsOf(config.retention, now);
  const { originals, rejectedValues, findings, reports, storeCopies } = due;
  return {
    originals: { ...originals, ...countDueOriginals(folders, originals.before) },
    rejectedValues: { ...rejectedValues, ...countFindings(folders, 'values', rangeOf('values', due)) },
    findings: { ...findings, ...countFindings(folders, 'findings', rangeOf('findings', due)) },
    reports: { ...reports, ...countFiles(dueReports(folders, reports.before)) },
    storeCopies: { ...storeCopies, ...countFiles(dueCopies(folders, storeCopies.before)) },
  };
}

export type Limits = Readonly<
  Record<keyof PurgePlan, { readonly days: number | null; readonly before: string | null }>
>;

export function limitsOf(retention: RetentionConfig, now: Date): Limits {
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
export function rangeOf(part: FindingsPart, { findings, rejectedValues }: Limits): ReceivedRange | null {
  if (part === 'findings') return findings.before === null ? null : { from: '', before: findings.before };
  if (rejectedValues.before === null) return null;
  const from = findings.before ?? '';
  return from < rejectedValues.before ? { from, before: rejectedValues.before } : null;
}

function countDueOriginals(folders: DataFolders, before: string | null): FilesCount {
  const reader = openStoreReaderAnyhow(folders.storePath);
  try {
    return countFiles(dueOriginals(folders, reader, before));
  } finally {
    reader.close();
  }
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
export function* dueOriginals(
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

export function dueCopies(folders: DataFolders, before: string | null): Iterable<AgedFiles> {
  return before === null ? [] : agedStoreCopies(folders, new Date(before));
}

export function dueReports(folders: DataFolders, before: string | null): Iterable<AgedFiles> {
  return before === null ? [] : agedReports(folders, new Date(before));
}
