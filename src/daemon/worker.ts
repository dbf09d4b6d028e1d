/**
 * Entry of a worker thread: owns one connection to the store and moves one batch at a time, or several small ones in
 * step. The event loop of the main thread belongs to the SFTP server; all reading, judging and storing happens here. A
 * fault is sent back, never thrown; anything else ends the thread, and the main thread starts another.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { countProgress } from '../adapters/spool/count-progress';
import { createSpool } from '../adapters/spool/create-spool';
import { dataFolders, dropFolder } from '../adapters/spool/data-folders';
import type { Removal } from '../adapters/spool/markers';
import { NameLocks } from '../adapters/spool/name-locks';
import { openBatchStore } from '../adapters/sqlite/open-batch-store';
import type { Seat } from '../adapters/sqlite/write-turns';
import { type Fault, toFault } from '../domain/fault';
import type { BatchPorts } from '../pipeline/batch-ports';
import { processTogether } from '../pipeline/process-together';
import { finishQuarantine, setBatchAside } from '../pipeline/set-batch-aside';
import { loadAjv } from '../stages/validate/compile-type';
import { createSecondReader } from './second-reader';
import { warmUp } from './warm-up';
import type { FaultNotice, WaitingFile, WorkerReply, WorkerRequest, WorkerStart } from './worker-messages';

function runWorker(port: NonNullable<typeof parentPort>, { settings, progress, seat, names }: WorkerStart): void {
  const counter = new Int32Array(progress);
  const step = (): void => void Atomics.add(counter, 0, 1);
  const folders = dataFolders(settings.dataDir);
  const { catalogue } = settings;
  const store = openBatchStore({ path: folders.storePath, catalogue, stagingDir: folders.stagingDir, seat });
  const secondReader = availableParallelism() > 1 ? createSecondReader({ catalogue, step }) : null;
  const ports: BatchPorts = {
    store,
    spool: countProgress(createSpool(folders, removalBy(seat, names)), step),
    catalogue,
    rules: settings.rules,
    now: () => new Date(),
    secondReader,
  };
  const reply = (message: WorkerReply): void => port.postMessage(message);

  /** What came during a warm-up, which ends for it. */
  let next: WorkerRequest | null = null;
  const isWanted = (): boolean => {
    next ??= (receiveMessageOnPort(port) as { message: WorkerRequest } | undefined)?.message ?? null;
    return next !== null;
  };
  const warmUpWith = ({ account, folder, fileName }: WaitingFile): void => {
    const path = join(dropFolder(folders, account, folder), fileName);
    warmUp({ path, stagingDir: folders.stagingDir, ports, isWanted });
  };

  /** The batches have their answer already, and nothing depends on it: whoever needs what was left does it. */
  const tidy = (): void => {
    try {
      store.tidy();
    } catch (error) {
      reply({ kind: 'untidy', fault: notice(toFault(error)) });
    }
  };

  const answer = (request: WorkerRequest): void => {
    switch (request.kind) {
      case 'process': {
        const started = performance.now();
        const { ends, parted } = processTogether(ports, request.batches);
        reply({
          kind: 'processed',
          ends: ends.map((end) => (end.kind === 'failed' ? { kind: 'failed', fault: notice(end.fault) } : end)),
          ms: performance.now() - started,
          parted: parted === null ? null : notice(parted),
        });
        tidy();
        return;
      }
      case 'unfinished':
        reply({ kind: 'unfinished', batches: store.unfinished(), problems: finishQuarantine(ports) });
        // While the main thread goes on with its start: the first batch shall not wait for it.
        loadAjv();
        return;
      case 'quarantine':
        reply({ kind: 'quarantined', quarantined: setBatchAside(ports, request.origin, request.reason) });
        return;
      case 'prepare':
        secondReader?.prepare();
        if (request.waiting !== null) warmUpWith(request.waiting);
        return;
      case 'close':
        store.close();
        port.close();
    }
  };
  const handle = (request: WorkerRequest): void => {
    try {
      answer(request);
    } catch (thrown) {
      reply({ kind: 'failed', fault: notice(toFault(thrown)) });
    }
  };
  port.on('message', (request: WorkerRequest) => {
    handle(request);
    if (next === null) return;
    const taken = next;
    next = null;
    handle(taken);
  });
  reply({ kind: 'ready' });
}

/** Alone with the name, as long as the main thread may give it to another file. */
function removalBy(seat: Seat | undefined, names: SharedArrayBuffer | undefined): Removal | undefined {
  if (seat === undefined || names === undefined) return undefined;
  const locks = new NameLocks(names);
  return (name, remove) => locks.alone(name, seat.seat, remove);
}

function notice({ code, message, retryable }: Fault): FaultNotice {
  return { code, message, retryable };
}

if (parentPort !== null) runWorker(parentPort, workerData as WorkerStart);
