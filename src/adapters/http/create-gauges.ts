/**
 * The gauges: read from their sources at each scrape, so that they are true without anybody's keeping them. A source
 * that fails leaves its gauges out of the answer, and counts as a failed reading.
 */
import { Gauge, type Registry } from 'prom-client';
import type { BatchRecord } from '../../domain/batch-record';
import { JOURNEY } from '../../domain/journey';

export interface GaugeSources {
  now(): Date;
  queue(): { readonly waiting: number; readonly inWork: number; readonly oldestReceivedAt: string | null };
  /** Failures of ours that stand and are no batch's: of uploads, of folders. */
  faults(): readonly { readonly code: string }[];
  sftp(): { readonly connections: number; readonly openUploads: number; readonly bans: number };
  /** @throws when the store cannot be read */
  store(): {
    /** Batches in each state that are not archived yet. */
    readonly unfinished: readonly { readonly state: string; readonly total: number; readonly oldestAt: string }[];
    /** The store's file and its write-ahead log. */
    readonly bytes: number;
  };
  /** Of the file system of the data folder. @throws when it cannot be measured */
  disk(): { readonly freeBytes: number; readonly totalBytes: number; readonly reserveBytes: number };
}

export interface Gauges {
  /** A production batch of that account was not rejected then (ISO 8601 UTC). */
  succeeded(account: string, at: string): void;
  answered(batch: BatchRecord): void;
  withdrawn(batch: string): void;
  failed(batch: string, code: string): void;
  scanned(at: Date): void;
  /** Sets every gauge that can be read. */
  read(): void;
}

/** What is kept per account: so many have a gauge of their own. */
const ACCOUNTS_MAX = 5_000;

export function createGauges(registry: Registry, sources: GaugeSources): Gauges {
  const gauge = (name: string, help: string, labelNames: readonly string[] = []): Gauge =>
    new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
  const waiting = gauge('labdrop_batches_waiting', 'Batches that wait for a worker');
  const inWork = gauge('labdrop_batches_in_work', 'Batches that a worker has in hand');
  const oldest = gauge('labdrop_oldest_waiting_batch_age_seconds', 'Age of the oldest batch that is not done; 0: none');
  const unfinished = gauge('labdrop_batches_unfinished', 'Batches on their way, by state in the store', ['state']);
  const undelivered = gauge('labdrop_reports_undelivered', 'Batches in the store whose reports are not delivered yet');
  const standing = gauge(
    'labdrop_faults_standing',
    'Failures of ours that stand until another try succeeds: of batches, of uploads, of drop folders',
    ['code'],
  );
  const connections = gauge('labdrop_sftp_connections', 'SFTP connections that are open');
  const uploads = gauge('labdrop_sftp_open_uploads', 'Files that are being uploaded');
  const banned = gauge('labdrop_sftp_banned_addresses', 'Addresses (IPv6: /64 networks) that may not connect now');
  const storeBytes = gauge('labdrop_store_bytes', 'Size of the store with its write-ahead log');
  const free = gauge('labdrop_disk_free_bytes', 'Free space where the data folder lies');
  const size = gauge('labdrop_disk_size_bytes', 'Size of the file system where the data folder lies');
  const reserve = gauge('labdrop_disk_reserve_bytes', 'Free space that should stay (ingest.diskReserveBytes)');
  const low = gauge('labdrop_disk_below_reserve', '1: free space is below the reserve and uploads are refused');
  const success = gauge(
    'labdrop_last_success_timestamp_seconds',
    'When the account last had a production batch that was not rejected',
    ['account'],
  );
  const lastScan = gauge('labdrop_last_scan_timestamp_seconds', 'When the drop folders were last listed completely');
  const failures = gauge(
    'labdrop_sources_unreadable',
    'What could not be read at this scrape: the store, the disk, the server',
  );
  const faults = new Map<string, string>();
  const accounts = new Set<string>();

  function succeeded(account: string, at: string): void {
    if (accounts.size >= ACCOUNTS_MAX && !accounts.has(account)) return;
    accounts.add(account);
    success.set({ account }, Date.parse(at) / 1000);
  }

  function readFaults(): void {
    standing.reset();
    const codes = [...faults.values(), ...sources.faults().map(({ code }) => code)];
    for (const code of ['S901', 'S902', 'S903']) {
      standing.set({ code }, codes.filter((known) => known === code).length);
    }
  }

  function readBatches(): void {
    const { waiting: waits, inWork: works, oldestReceivedAt } = sources.queue();
    waiting.set(waits);
    inWork.set(works);
    oldest.set(ageSeconds(oldestReceivedAt));
  }

  function readStore(): void {
    unfinished.reset();
    undelivered.remove();
    storeBytes.remove();
    const store = sources.store();
    for (const state of JOURNEY.filter((step) => step !== 'archived')) {
      unfinished.set({ state }, store.unfinished.find((group) => group.state === state)?.total ?? 0);
    }
    undelivered.set(store.unfinished.find(({ state }) => state === 'committed')?.total ?? 0);
    storeBytes.set(store.bytes);
    const { oldestReceivedAt } = sources.queue();
    oldest.set(Math.max(ageSeconds(oldestReceivedAt), ...store.unfinished.map(({ oldestAt }) => ageSeconds(oldestAt))));
  }

  function readDisk(): void {
    for (const measured of [free, size, reserve, low]) measured.remove();
    const { freeBytes, totalBytes, reserveBytes } = sources.disk();
    free.set(freeBytes);
    size.set(totalBytes);
    reserve.set(reserveBytes);
    low.set(freeBytes < reserveBytes ? 1 : 0);
  }

  function readSftp(): void {
    const { connections: open, openUploads, bans } = sources.sftp();
    connections.set(open);
    uploads.set(openUploads);
    banned.set(bans);
  }

  function ageSeconds(at: string | null): number {
    return at === null ? 0 : Math.max(0, (sources.now().getTime() - Date.parse(at)) / 1000);
  }

  return {
    succeeded,
    answered: ({ id, account, mode, outcome, committedAt }) => {
      faults.delete(id);
      if (mode === 'production' && outcome !== 'REJECTED' && committedAt !== null) succeeded(account, committedAt);
    },
    withdrawn: (batch) => void faults.delete(batch),
    failed: (batch, code) => void faults.set(batch, code),
    scanned: (at) => lastScan.set(at.getTime() / 1000),
    read: () => {
      const failed = [readFaults, readBatches, readStore, readDisk, readSftp].filter((read) => !succeeds(read));
      failures.set(failed.length);
    },
  };
}

function succeeds(read: () => void): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
