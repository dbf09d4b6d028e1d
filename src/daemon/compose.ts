/**
 * The composition root: the one place that knows every adapter and joins them to a daemon. Tests start the same daemon
 * on port 0 and swap parts through `overrides`.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createAccountDirectory } from '../adapters/accounts/create-account-directory';
import { createFolderWatcher } from '../adapters/chokidar/create-folder-watcher';
import { createInbox, type Inbox } from '../adapters/inbox/create-inbox';
import { openRejectionLog } from '../adapters/rejection-log/append-rejection-log';
import { dataFolders } from '../adapters/spool/data-folders';
import { backUpBeforeMigration } from '../adapters/sqlite/back-up-before-migration';
import { makeDirectory } from '../adapters/spool/durable-files';
import { acquireInstanceLock } from '../adapters/sqlite/instance-lock';
import { openStoreReader, type StoreReader } from '../adapters/sqlite/open-store-reader';
import type { PassedSockets } from '../adapters/systemd/read-passed-sockets';
import type { Config } from '../config/config';
import type { Logger } from '../ports/logger';
import { relatedNames } from '../stages/name/split-file-name';
import { prepareLiftRequests } from './ban-requests';
import { LINE_MAX } from './batch-queue';
import { createBatchLog } from './batch-log';
import { createDiskReserve } from './disk-reserve';
import { createDispatcher } from './dispatcher';
import { createFetchRecorder } from './fetch-recorder';
import { createFolderFaults } from './folder-faults';
import { createIntake } from './intake';
import type { LaneOptions } from './lane';
import { countEvents, createObservation } from './observation';
import { loadAndLog } from './load-and-log';
import { prepareDataFolders } from './prepare-data-folders';
import { createReadyFiles } from './ready-file';
import { createReloads } from './reload';
import { createMarkerRemoval } from './remove-marker';
import { createScope } from './scope';
import { missingFolder } from './senders-folder';
import { logSftpAudit } from './sftp-audit-log';
import { createSftpFaults } from './sftp-faults';
import { clearLockPlaces, setMisplacedAside, setStraysAside } from './set-leftovers-aside';
import { createSftpService, type SftpService } from './sftp-service';
import { standingFaults } from './standing-faults';
import { createStoreIntake } from './store-intake';
import { createStatusFile } from './status-file';
import { sweepArchive } from './sweep-archive';
import { EXPRESS_MAX_BYTES } from './take-together';
import { createWorkerLanes } from './worker-lanes';
import type { FaultNotice } from './worker-messages';

export interface DaemonOverrides {
  readonly now?: () => Date;
  readonly random?: () => number;
  /** Sockets that listen already, passed on by the service manager. */
  readonly sockets?: PassedSockets;
  /** Folder of the credentials that it handed over. */
  readonly credentialsDir?: string | null;
  readonly lane?: Partial<LaneOptions>;
  /** A batch in work may go on this long when the daemon stops, in milliseconds. */
  readonly workGraceMs?: number;
  /** Ends a start that is under way: what was started is stopped, and `startDaemon` rejects. */
  readonly stop?: AbortSignal;
}

export interface StartedDaemon {
  readonly sftp: { readonly host: string; readonly port: number };
  /** The port for health and metrics; null when none is open. */
  readonly http: { readonly host: string; readonly port: number } | null;
  readonly hostKeyFingerprint: string;
  readonly accounts: number;
  /** Things that are not right with the account files. */
  readonly accountProblems: number;
  /** Reads everything again and puts it in force, or refuses it as a whole: what is in force then. Never throws. */
  reload(reread: () => Config): Config;
  /** How much work there is at this moment. */
  load(): { readonly waiting: number; readonly inWork: number; readonly connections: number };
  /**
   * No new connections; open uploads get the grace time, and so does, beside them, each batch in work: one that needs
   * longer is left claimed.
   */
  stop(graceMs: number): Promise<void>;
}

const WORK_GRACE_MS = 20_000;
/** For how long something lasts: the system's clock may be set back or ahead meanwhile. */
const risingMs = (): number => performance.now();

/** Starts everything; what was started is stopped again when a later part fails. */
export async function startDaemon(
  config: Config,
  log: Logger,
  overrides: DaemonOverrides = {},
): Promise<StartedDaemon> {
  const scope = createScope();
  try {
    return await start(config, log, overrides, scope);
  } catch (error) {
    await scope.close();
    throw error;
  }
}

async function start(
  config: Config,
  log: Logger,
  overrides: DaemonOverrides,
  scope: ReturnType<typeof createScope>,
): Promise<StartedDaemon> {
  const now = overrides.now ?? ((): Date => new Date());
  const folders = dataFolders(config.dataDir);
  const leftovers = { folders, log, startedAt: now() };
  makeDirectory(config.dataDir);
  clearLockPlaces(leftovers);
  const lock = acquireInstanceLock(config.dataDir);
  scope.defer(() => lock.release());
  setMisplacedAside(leftovers);
  prepareDataFolders(folders);
  prepareLiftRequests(config.dataDir);
  const copied = await backUpBeforeMigration(folders.storePath);
  if (copied !== null) log.info('store.copy', { ...copied });
  let inForce = config;
  let catalogue = loadAndLog(config.schemas.dir, log);
  const accounts = createAccountDirectory(config.senders.dir, (name, problem) =>
    log.error('account.problem', { account: name, problem }),
  );
  const observation = createObservation({
    config: () => inForce,
    log,
    now,
    risingMs,
    messageTypes: () => [...catalogue.types.keys()],
    faults: () => [...folderFaults.standing(), ...sftpFaults.standing()],
  });
  const { metrics } = observation;
  const diskReserve = createDiskReserve(() => observation.disk(), log, risingMs);

  const onUntidy = ({ code, message }: FaultNotice): void => {
    log.error('fault', { code, operation: 'tidy the store behind a batch', message });
    metrics.fault(code);
  };
  const lanes = createWorkerLanes(config, catalogue, onUntidy, overrides.lane);
  scope.defer(() => lanes.close());
  let service: SftpService | null = null;
  let reader: StoreReader | null = null;
  const status = createStatusFile(join(config.dataDir, 'status.json'), now);
  scope.defer(() => status.close());
  const rejectionLog = openRejectionLog(join(folders.logsDir, 'rejections.log'));
  scope.defer(() => rejectionLog.close());
  const reloads = createReloads({
    started: config,
    log,
    now,
    accountProblems: () => [...missingFolder(config), ...accounts.list().problems],
    loadCatalogue: (schemasDir) => loadAndLog(schemasDir, log),
    apply: (changed, loaded) => {
      service?.configure(changed);
      catalogue = loaded;
      inForce = changed;
      lanes.configure(changed, loaded);
      void inbox.rescan();
    },
  });
  const folderFaults = createFolderFaults(log, now);
  const sftpFaults = createSftpFaults(now, risingMs);
  const batchLog = createBatchLog({ log, now, append: (line) => rejectionLog.append(line), status });
  const dispatcher = createDispatcher({
    express: lanes.express,
    bulk: lanes.bulk,
    shares: availableParallelism() > 1,
    events: countEvents(batchLog, metrics),
    released: (origin) => service?.server.workEnded(origin),
    nowMs: risingMs,
    random: overrides.random ?? Math.random,
  });
  const workGraceMs = overrides.workGraceMs ?? WORK_GRACE_MS;
  scope.defer(() => dispatcher.drain(workGraceMs));
  observation.attachDispatcher(dispatcher);
  status.observe(() => ({
    waiting: dispatcher.waiting(),
    inWork: dispatcher.inWork(),
    bans: service?.bans() ?? [],
    standing: [...standingFaults(folders, reader, now()), ...observation.standing()],
    reload: reloads.last(),
  }));
  const { batches, problems } = await lanes.leftBehind(overrides.stop);
  for (const message of problems) log.error('fault', { code: 'S901', message });
  setStraysAside(leftovers, new Set(batches.map(({ id }) => id)));
  dispatcher.together(() => {
    for (const batch of batches) dispatcher.resume(batch, accounts.find(batch.account));
  });
  observation.attachStore(folders.storePath);
  scope.defer(() => observation.close());
  const opened = openStoreReader(folders.storePath);
  reader = opened;
  scope.defer(() => opened.close());
  const offerFromStore = createStoreIntake({
    reader: opened,
    dispatcher,
    findAccount: (name) => accounts.find(name),
    log,
  });

  // The server tells the inbox of arrivals, the inbox asks the server what is being written: joined after both exist.
  const takeUp = createIntake({
    findAccount: (name) => accounts.find(name),
    messageTypes: () => [...catalogue.types.keys()],
    openWriters: () => service?.server.openWriters() ?? new Set(),
    writtenBeside: (key) => service?.server.writtenBeside(key) ?? null,
    dispatcher,
    removeMarker: createMarkerRemoval(folders, (path, error) => folderFaults.failed(path, error)),
    get markerGraceMs() {
      return inForce.ingest.markerGraceSeconds * 1000;
    },
    get reminderMs() {
      return inForce.ingest.unmarkedReminderHours * 3_600_000;
    },
    now,
  });
  const inbox: Inbox = createInbox({
    folders,
    rescanMs: config.ingest.rescanSeconds * 1000,
    relatives: relatedNames,
    perType: LINE_MAX + LINE_MAX / 5,
    lookedAtBytes: EXPRESS_MAX_BYTES,
    createWatcher: createFolderWatcher,
    events: {
      listed: (listing) => dispatcher.together(() => takeUp(listing)),
      scanned: (count, ms) => {
        log.debug('inbox.scan', { folders: count, ms: Math.round(ms) });
        observation.scanned(ms);
        diskReserve.look();
        folderFaults.scanned();
        status.update();
        offerFromStore();
        service?.refresh(now());
      },
      failed: (path, error) => {
        folderFaults.failed(path, error);
        metrics.fault('S901');
      },
    },
  });
  scope.defer(() => inbox.close());
  await inbox.start();
  overrides.stop?.throwIfAborted();

  const fetches = createFetchRecorder({ storePath: folders.storePath, log, now });
  scope.defer(() => fetches.close());
  service = createSftpService({
    config,
    folders,
    accounts,
    log,
    listeningFd: overrides.sockets?.sftp ?? null,
    credentialsDir: overrides.credentialsDir ?? null,
    events: {
      onArrival: (account, folder, name, bytes) => inbox.hint({ account, folder }, { name, bytes }),
      heldFiles: (account, folder, fileName) => dispatcher.heldFiles(account, folder, fileName),
      holdName: (account, folder, name) => lanes.names.hold({ account, folder, name }),
      readyFile: createReadyFiles(folders, (identity) => dispatcher.isKnown(identity)),
      refuseUploads: () => diskReserve.refusal(),
      audit: (event) => {
        logSftpAudit(log, event);
        metrics.sftp(event);
        fetches.hear(event);
        sftpFaults.hear(event);
        if (event.event === 'ban') status.update();
      },
    },
  });
  const { server, hostKey } = service;
  const sftp = await server.listen();
  log.info('sftp.listen', { host: sftp.host, port: sftp.port, hostKey: hostKey.fingerprint });
  observation.attachServer(server);
  const http = await observation.listen(overrides.sockets?.http ?? null);
  status.listening(sftp, http);
  const listing = accounts.list();
  const sweep = sweepArchive(leftovers, opened);
  scope.defer(() => sweep.end());

  return {
    sftp,
    http,
    hostKeyFingerprint: hostKey.fingerprint,
    accounts: listing.accounts.length,
    accountProblems: listing.problems.length,
    reload: (reread) => {
      const changed = reloads.run(reread);
      status.update();
      return changed;
    },
    load: () => ({
      waiting: dispatcher.waiting(),
      inWork: dispatcher.inWork().length,
      connections: server.connections(),
    }),
    stop: async (graceMs) => {
      observation.stopping();
      await Promise.all([server.close(graceMs), dispatcher.drain(workGraceMs)]);
      await scope.close();
    },
  };
}
