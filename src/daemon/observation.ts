/**
 * Health and metrics of the running daemon: the metrics hear of everything that happens from the start on; what they
 * look at when asked is attached as it comes to exist. It changes nothing, and its failure stops nothing: a port that is
 * not to be had is a fault that stands, and the intake goes on.
 */
import { readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { createHttpServer, type HttpServer, type ReadinessChecks } from '../adapters/http/create-http-server';
import { createMetrics, type Metrics } from '../adapters/http/create-metrics';
import type { SftpServer } from '../adapters/sftp/sftp-server';
import { openStoreProbe, type StoreProbe } from '../adapters/sqlite/open-store-probe';
import type { Config } from '../config/config';
import { PACKAGE_ROOT } from '../config/package-root';
import { toFault } from '../domain/fault';
import type { Logger } from '../ports/logger';
import type { DiskSpace } from './disk-reserve';
import type { Dispatcher, DispatcherEvents } from './dispatcher';
import { readOnlyDisk } from './read-only-disk';
import type { StandingFault } from './status-file';

export interface ObservationOptions {
  /** The one in force. */
  readonly config: () => Config;
  readonly log: Logger;
  readonly now: () => Date;
  /** Milliseconds, whatever happens to the system's clock. */
  readonly risingMs: () => number;
  readonly messageTypes: () => readonly string[];
  /** Failures of ours that stand and are no batch's. */
  readonly faults: () => readonly StandingFault[];
}

export interface Observation {
  readonly metrics: Metrics;
  /** Where the data folder lies. @throws when it cannot be measured */
  disk(): DiskSpace;
  scanned(ms: number): void;
  attachDispatcher(dispatcher: Dispatcher): void;
  /** @param path of the store, which exists */
  attachStore(path: string): void;
  attachServer(server: SftpServer): void;
  /** From now on it is not ready any more. */
  stopping(): void;
  /** The faults that it was given, and a port that is not to be had: that stands as long as this daemon runs. */
  standing(): readonly StandingFault[];
  /** Opens the port, or takes one that the service manager opened; null when none is configured or to be had. */
  listen(passedFd: number | null): Promise<{ host: string; port: number } | null>;
  close(): Promise<void>;
}

/** A scan is late after so many of its periods, and after a minute in any case. */
const SCAN_PERIODS = 3;
const SCAN_LATE_MIN_MS = 60_000;

export function createObservation(options: ObservationOptions): Observation {
  const { config, log, now, risingMs, messageTypes, faults } = options;
  let dispatcher: Dispatcher | null = null;
  let server: SftpServer | null = null;
  let store: StoreProbe | null = null;
  let http: HttpServer | null = null;
  let lastScanMs: number | null = null;
  let isStopping = false;
  let unavailable: StandingFault | null = null;

  const standing = (): readonly StandingFault[] => [...faults(), ...(unavailable === null ? [] : [unavailable])];

  function disk(): DiskSpace & { readonly totalBytes: number } {
    const { bavail, blocks, bsize } = statfsSync(config().dataDir);
    const reserveBytes = config().ingest.diskReserveBytes;
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, reserveBytes };
  }

  function presentStore(): StoreProbe {
    if (store === null) throw new Error('the store is not open yet');
    return store;
  }

  const metrics = createMetrics({
    version: programVersion(),
    messageTypes,
    sources: {
      now,
      queue: () => ({
        waiting: dispatcher?.waiting() ?? 0,
        inWork: dispatcher?.inWork().length ?? 0,
        oldestReceivedAt: dispatcher?.oldestWaiting() ?? null,
      }),
      faults: standing,
      sftp: () => ({
        connections: server?.connections() ?? 0,
        openUploads: server?.openWriters().size ?? 0,
        bans: server?.bans().length ?? 0,
      }),
      store: () => ({ unfinished: presentStore().unfinished(), bytes: presentStore().bytes() }),
      disk,
    },
  });

  function readiness(): ReadinessChecks {
    return {
      sftp: isStopping ? 'the daemon is stopping' : server === null ? 'the port is not open yet' : null,
      store: problemOf(() => presentStore().assertWritable()),
      disk: problemOf(() => {
        const readOnly = readOnlyDisk(config().dataDir);
        if (readOnly !== null) throw new Error(`${readOnly.what}; ${readOnly.fix}`);
        const { freeBytes, reserveBytes } = disk();
        if (freeBytes < reserveBytes) throw new Error(`${freeBytes} bytes are free, the reserve is ${reserveBytes}`);
      }),
      scan: scanProblem(),
    };
  }

  function scanProblem(): string | null {
    if (lastScanMs === null) return 'the drop folders were not listed yet';
    const ageMs = risingMs() - lastScanMs;
    const late = ageMs > Math.max(SCAN_LATE_MIN_MS, SCAN_PERIODS * config().ingest.rescanSeconds * 1000);
    return late ? `the drop folders were last listed ${Math.round(ageMs / 1000)} seconds ago` : null;
  }

  async function listen(passedFd: number | null): Promise<{ host: string; port: number } | null> {
    const { host, port } = config().http;
    if (port === null && passedFd === null) return null;
    const opened = createHttpServer({ host, port: port ?? 0, listeningFd: passedFd, readiness, metrics });
    try {
      const address = await opened.listen();
      http = opened;
      log.info('http.listen', address);
      return address;
    } catch (error) {
      const { code, message } = toFault(error);
      log.error('http.unavailable', { message });
      const none = { batch: null, account: null, fileName: null, retryAt: null };
      unavailable = { ...none, code, message, retryable: false, at: now().toISOString() };
      return null;
    }
  }

  return {
    metrics,
    disk,
    standing,
    scanned: (ms) => {
      lastScanMs = risingMs();
      metrics.scanned(ms, now());
    },
    attachDispatcher: (attached) => (dispatcher = attached),
    attachStore: (path) => {
      store = openStoreProbe(path);
      for (const { account, at } of store.lastSuccess()) metrics.succeeded(account, at);
    },
    attachServer: (attached) => (server = attached),
    stopping: () => (isStopping = true),
    listen,
    close: async () => {
      await http?.close();
      store?.close();
      store = null;
    },
  };
}

/** The events of the dispatcher, told to the metrics too. */
export function countEvents(events: DispatcherEvents, metrics: Metrics): DispatcherEvents {
  return {
    done: (result, ms) => {
      if (result.kind === 'done') metrics.batchDone(result.batch, result.groups, ms);
      else metrics.batchWithdrawn(result.id);
      events.done(result, ms);
    },
    fault: (batch, fault, retryInMs) => {
      metrics.batchFault(batch.origin.id, fault.code);
      events.fault(batch, fault, retryInMs);
    },
    parted: (batches, fault) => {
      metrics.fault(fault.code);
      events.parted(batches, fault);
    },
    quarantined: (quarantined) => {
      metrics.fault('S903');
      events.quarantined(quarantined);
    },
    left: (origin) => events.left(origin),
  };
}

function problemOf(look: () => void): string | null {
  try {
    look();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function programVersion(): string {
  const { version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { version: string };
  return version;
}
