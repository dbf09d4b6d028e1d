/**
 * `<data folder>/status.json`: what the running daemon is doing, for `labdrop status`. A snapshot for people, written
 * at most once a second and never synced; losing it loses nothing.
 */
import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import type { BatchOrigin } from '../domain/batch-record';
import type { ReloadOutcome } from './reload';
import type { BanView } from './sftp-service';
import type { FaultNotice } from './worker-messages';

export interface StandingFault extends FaultNotice {
  readonly at: string;
  /** All three null for a fault that is no batch's. */
  readonly batch: string | null;
  readonly account: string | null;
  readonly fileName: string | null;
  /** Null for what is not tried again: it stands until somebody has dealt with it. */
  readonly retryAt: string | null;
}

export interface DaemonStatus {
  readonly pid: number;
  readonly startedAt: string;
  readonly writtenAt: string;
  readonly sftp: { readonly host: string; readonly port: number } | null;
  /** Health and metrics. */
  readonly http: { readonly host: string; readonly port: number } | null;
  readonly waiting: number;
  readonly inWork: readonly { readonly id: string; readonly account: string; readonly fileName: string }[];
  readonly faults: readonly StandingFault[];
  /** Addresses that may not connect now. */
  readonly bans: readonly BanView[];
  /** What came of the last reload; null when there was none. */
  readonly reload: ReloadOutcome | null;
}

/** What is asked each time the file is written. */
export interface StatusSources {
  readonly waiting: number;
  readonly inWork: readonly BatchOrigin[];
  readonly bans: readonly BanView[];
  readonly reload: ReloadOutcome | null;
  /** Faults that stand whatever the batches in work do. */
  readonly standing: readonly StandingFault[];
}

export interface StatusFile {
  observe(read: () => StatusSources): void;
  listening(sftp: DaemonStatus['sftp'], http: DaemonStatus['http']): void;
  /** A batch failed and will be tried again. */
  fault(fault: StandingFault & { readonly batch: string }): void;
  cleared(batch: string): void;
  /** Something changed: the file follows within a second. */
  update(): void;
  close(): void;
}

const INTERVAL_MS = 1_000;

export function createStatusFile(path: string, now: () => Date): StatusFile {
  const startedAt = now().toISOString();
  const faults = new Map<string, StandingFault>();
  let sftp: DaemonStatus['sftp'] = null;
  let http: DaemonStatus['http'] = null;
  let read = (): StatusSources => ({ waiting: 0, inWork: [], bans: [], reload: null, standing: [] });
  let timer: NodeJS.Timeout | null = null;
  /** Held open to be let go: the file can be written when the process may open no more (EMFILE), and says so. */
  let spare = openSpare();

  function letSpareGo(): void {
    if (spare !== null) closeSync(spare);
    spare = null;
  }

  function write(): void {
    timer = null;
    const { waiting, inWork, bans, reload, standing } = read();
    const status: DaemonStatus = {
      pid: process.pid,
      startedAt,
      writtenAt: now().toISOString(),
      sftp,
      http,
      waiting,
      inWork: inWork.map(({ id, account, fileName }) => ({ id, account, fileName })),
      faults: [...standing, ...faults.values()],
      bans,
      reload,
    };
    letSpareGo();
    try {
      writeFileSync(`${path}.new`, JSON.stringify(status), { mode: 0o640 });
      renameSync(`${path}.new`, path);
    } catch {
      // A full disk shows in the faults of the batches themselves; the snapshot is tried again at the next change.
      timer = null;
    }
    spare = openSpare();
  }

  function update(): void {
    timer ??= setTimeout(write, INTERVAL_MS);
  }

  return {
    observe: (reader) => (read = reader),
    listening: (sftpAddress, httpAddress) => {
      sftp = sftpAddress;
      http = httpAddress;
      write();
    },
    fault: (fault) => {
      faults.set(fault.batch, fault);
      update();
    },
    cleared: (batch) => {
      faults.delete(batch);
      update();
    },
    update,
    close: () => {
      if (timer !== null) clearTimeout(timer);
      letSpareGo();
      rmSync(path, { force: true });
    },
  };
}

/** Null when somebody else was quicker. */
function openSpare(): number | null {
  try {
    return openSync(devNull, 'r');
  } catch {
    return null; // the next write finds out by itself
  }
}
