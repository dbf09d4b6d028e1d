/**
 * `logs/rejections.log` made anew from the store, beside a running daemon or without one: a line for each archived batch
 * with findings, in the order of their commits. What findings were erased by retention has no line any more; the log
 * that was there is kept as `rejections.log.old`. The time a batch took is that from its claim to its archive.
 */
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { openRejectionLog } from '../adapters/rejection-log/append-rejection-log';
import { dataFolders } from '../adapters/spool/data-folders';
import { makeDirectory, syncDirectory } from '../adapters/spool/durable-files';
import type { Config } from '../config/config';
import { renderRejectionLogLine } from '../stages/report/render-rejection-log-line';
import { openReader, type Rejection, type StoreReader } from './commands-store';

export interface RebuiltLog {
  readonly path: string;
  readonly lines: number;
}

const PAGE = 100;

/** Null as long as no daemon has made the store. @throws Fault S902; errors of the file system */
export function rebuildRejectionLog(config: Config, onProgress: (lines: number) => void): RebuiltLog | null {
  const { logsDir } = dataFolders(config.dataDir);
  const reader = openReader(config);
  if (reader === null) return null;
  try {
    makeDirectory(logsDir);
    const path = join(logsDir, 'rejections.log');
    const unfinished = `${path}.${process.pid}.new`;
    const written = writeLines(unfinished, reader, onProgress);
    handOver(unfinished, logsDir);
    if (existsSync(path)) renameSync(path, `${path}.old`);
    renameSync(unfinished, path);
    syncDirectory(logsDir);
    return { path, lines: written.lines + appendMissed(path, reader, written.cursor) };
  } finally {
    reader.close();
  }
}

function writeLines(path: string, reader: StoreReader, onProgress: (lines: number) => void) {
  const fd = openSync(path, 'w', 0o640);
  let lines = 0;
  let cursor = 0;
  try {
    for (const rejection of rejectionsAfter(reader, 0)) {
      ({ cursor } = rejection);
      writeSync(fd, `${renderRejectionLogLine(rejection.batch, rejection.groups)}\n`);
      lines += 1;
      if (lines % PAGE === 0) onProgress(lines);
    }
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return { lines, cursor };
}

/** What the daemon told the old log while the new one was written. */
function appendMissed(path: string, reader: StoreReader, cursor: number): number {
  const missed = [...rejectionsAfter(reader, cursor)];
  const present = missed.length === 0 ? '' : readFileSync(path, 'utf8');
  const log = openRejectionLog(path);
  let lines = 0;
  for (const rejection of missed.filter(({ batch }) => !present.includes(`batch=${batch.id}`))) {
    log.append(renderRejectionLogLine(rejection.batch, rejection.groups));
    lines += 1;
  }
  log.close();
  return lines;
}

function* rejectionsAfter(reader: StoreReader, start: number): Generator<Rejection, void, undefined> {
  let cursor = start;
  for (;;) {
    const page = reader.rejections(cursor, { state: 'archived', limit: PAGE });
    yield* page;
    if (page.length < PAGE) return;
    cursor = page.at(-1)?.cursor ?? cursor;
  }
}

/** Made by root, it goes to whoever owns the folder: the daemon must write to it. */
function handOver(path: string, folder: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(folder);
  chownSync(path, uid, gid);
}
