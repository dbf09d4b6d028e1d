/**
 * Gives waiting batches to the worker lanes and follows each until it is done. What is waiting, running or was done a
 * moment ago is known by the identity of its files, so that no rescan offers it twice.
 *
 *   offered -> waiting -> running -> done | withdrawn
 *                ^___________|  on a fault: again after a growing pause, its line waits
 *                            '-> set aside, when the program itself failed at it alone twice: its line goes on
 *                            '-> left, when the program ends: the next start goes on with it
 */
import type { HeldFile } from '../adapters/sftp/sftp-events';
import type { BatchOrigin, QuarantinedBatch } from '../domain/batch-record';
import { toFault } from '../domain/fault';
import type { Submitter } from '../pipeline/batch-ports';
import type { BatchResult } from '../pipeline/process-batch';
import { createBatchQueue, type QueuedBatch } from './batch-queue';
import { HeldFiles } from './held-files';
import { type Lane, WorkerDeath } from './lane';
import { EXPRESS_MAX_BYTES, isOfMany, takeTogether } from './take-together';
import type { FaultNotice, WaitingFile, WorkerReply, WorkerRequest } from './worker-messages';

const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 60_000;
/** A scan that began before a batch ended may still show its files. */
const FORGET_AFTER_MS = 30_000;

/** What the program fails at so often is set aside: alone, for a failure of several says of none of them that it did it. */
const KILLS_MAX = 2;

export interface DispatcherEvents {
  /** @param ms of the worker's time: of batches that went together each has its share */
  done(result: BatchResult, ms: number): void;
  fault(batch: QueuedBatch, fault: FaultNotice, retryInMs: number): void;
  /** So many batches that went together stumbled over it; each went on alone. */
  parted(batches: number, fault: FaultNotice): void;
  quarantined(quarantined: QuarantinedBatch): void;
  /** Left where it stands, as the program ends: the next start goes on with it. */
  left(origin: BatchOrigin): void;
}

export interface Dispatcher {
  /** Takes a batch up unless its files are known already. */
  offer(origin: BatchOrigin, submitter: Submitter): void;
  /** Takes up a batch that the store has just named as not finished, unless it is in hand. */
  resume(origin: BatchOrigin, submitter: Submitter): void;
  /**
   * Lets go of uploads that still wait for their turn and were never tried: what lies in the drop folder under these base
   * names is then known no more.
   */
  giveBack(account: string, folder: BatchOrigin['folder'], baseNames: ReadonlySet<string>): void;
  /** A data file waits for its marker: what would keep it waiting then is begun now. */
  expect(waiting: WaitingFile): void;
  /** What is offered meanwhile is there at once: nothing starts before all of it stands in its line. */
  together(offers: () => void): void;
  /** Whether a file of this identity waits, runs or was just done. */
  isKnown(identity: string): boolean;
  /** Files of this name that batches in hand hold; markers only while their batch waits for its turn. */
  heldFiles(account: string, folder: BatchOrigin['folder'], fileName: string): readonly HeldFile[];
  inWork(): readonly BatchOrigin[];
  waiting(): number;
  /** When the batch that waits longest was received, ISO 8601 UTC; null when none waits. */
  oldestWaiting(): string | null;
  /**
   * Starts nothing new; resolves when the batches in work are done or failed. Those that go on for longer are left in
   * the state they have reached, and their threads are ended.
   */
  drain(graceMs: number): Promise<void>;
}

export interface DispatcherOptions {
  readonly express: Lane;
  readonly bulk: Lane;
  /** Small batches go through both lanes: of use where two threads run at once. */
  readonly shares: boolean;
  readonly events: DispatcherEvents;
  /** The batch is in hand no more, however it ended. */
  readonly released: (origin: BatchOrigin) => void;
  /** Rising, whatever happens to the system's clock. */
  readonly nowMs: () => number;
  /** 0 to 1, for the jitter of retries. */
  readonly random: () => number;
}

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { express, bulk, shares, events, released, nowMs, random } = options;
  const queue = createBatchQueue();
  const running = new Map<string, { batch: QueuedBatch; lane: Lane; ended: Promise<void> }>();
  /** Identities of the files in hand. */
  const inHand = new Set<string>();
  /** Those of files that were in hand a moment ago, with the moment from which they are forgotten; oldest first. */
  const recent = new Map<string, number>();
  const held = new HeldFiles();
  let draining = false;
  let leaving = false;
  let offering = false;
  let timer: NodeJS.Timeout | null = null;

  /**
   * A reminder takes nothing: its data file stays free for the marker that may come any moment. A replay takes no file
   * of a drop folder either; it is known by its id.
   */
  function identitiesOf(origin: BatchOrigin): readonly string[] {
    if (origin.cause === 'unmarked') return [];
    if (origin.cause === 'replay') return [origin.id];
    return [origin.dataIdentity, origin.markerIdentity].filter((identity) => identity !== null);
  }

  function isKnown(identity: string): boolean {
    return inHand.has(identity) || (recent.get(identity) ?? 0) > nowMs();
  }

  function offer(origin: BatchOrigin, submitter: Submitter): void {
    if (!identitiesOf(origin).some(isKnown)) takeUp(origin, submitter, true);
  }

  function takeUp(origin: BatchOrigin, submitter: Submitter, isNew: boolean): void {
    if (draining || identitiesOf(origin).some((identity) => inHand.has(identity))) return;
    const left = queue.add({ origin, submitter, isNew, attempts: 0, kills: 0 });
    if (left?.origin === origin) return;
    if (left !== null) letGo(left.origin);
    for (const identity of identitiesOf(origin)) inHand.add(identity);
    held.add(origin);
    pump();
  }

  function giveBack(account: string, folder: BatchOrigin['folder'], baseNames: ReadonlySet<string>): void {
    const isMeant = (origin: BatchOrigin): boolean =>
      origin.account === account && origin.folder === folder && baseNames.has(origin.baseName);
    const removed = queue.remove(
      ({ origin, isNew, attempts }) => isNew && attempts === 0 && origin.cause === 'upload' && isMeant(origin),
    );
    for (const { origin } of removed) letGo(origin);
  }

  function expect(waiting: WaitingFile): void {
    if (!draining && waiting.bytes > EXPRESS_MAX_BYTES) bulk.prepare(waiting);
  }

  function together(offers: () => void): void {
    offering = true;
    try {
      offers();
    } finally {
      offering = false;
      pump();
    }
  }

  function letGo(origin: BatchOrigin): void {
    held.remove(origin);
    for (const identity of identitiesOf(origin)) inHand.delete(identity);
    released(origin);
  }

  function pump(): void {
    if (draining || offering) return;
    if (express.isIdle()) begin(express, takeTogether(queue, nowMs(), shares && bulk.isIdle() ? 2 : 1));
    if (bulk.isIdle()) begin(bulk, forBulk());
    schedule();
  }

  function forBulk(): readonly QueuedBatch[] {
    const batch = queue.take(nowMs(), (waiting) => !isOfMany(waiting));
    if (batch !== null) return [batch];
    // On one core, what the express lane will take with the next ones would only contend with it.
    return shares || !expressIsQuick() ? takeTogether(queue, nowMs()) : [];
  }

  function expressIsQuick(): boolean {
    return [...running.values()].every(({ lane, batch }) => lane !== express || isOfMany(batch));
  }

  function begin(lane: Lane, batches: readonly QueuedBatch[]): void {
    if (batches.length === 0) return;
    const ended = run(lane, batches);
    for (const batch of batches) running.set(batch.origin.id, { batch, lane, ended });
  }

  /** Wakes up when the next retry is due. */
  function schedule(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const due = queue.nextDue(nowMs());
    if (due !== null && !draining) timer = setTimeout(pump, Math.max(0, due - nowMs()));
  }

  async function run(lane: Lane, batches: readonly QueuedBatch[]): Promise<void> {
    try {
      const reply = await lane.ask(requestFor(batches));
      if (reply.kind === 'processed') endTogether(batches, reply);
      else if (reply.kind === 'quarantined') for (const batch of batches) setAside(batch, reply.quarantined);
      else if (reply.kind === 'failed') retryAll(batches, reply.fault, isOurs(reply.fault));
    } catch (error) {
      if (leaving) return;
      const { code, message, retryable } = toFault(error);
      retryAll(batches, { code, message, retryable }, error instanceof WorkerDeath);
    } finally {
      for (const { origin } of batches) running.delete(origin.id);
      pump();
    }
  }

  function endTogether(batches: readonly QueuedBatch[], reply: Extract<WorkerReply, { kind: 'processed' }>): void {
    const { ends, ms, parted } = reply;
    if (parted !== null) events.parted(batches.length, parted);
    const left: (() => void)[] = [];
    batches.forEach((batch, index) => {
      const end = ends[index];
      if (end?.kind === 'ended') finish(batch, end.result, ms / batches.length);
      else if (end?.kind === 'failed') left.push(() => retry(batch, end.fault, isOurs(end.fault)));
      else left.push(() => wait(batch));
    });
    left.reverse().forEach((putBack) => putBack());
  }

  function finish(batch: QueuedBatch, result: BatchResult, ms: number): void {
    queue.release(batch);
    letGo(batch.origin);
    if (result.kind !== 'withdrawn') remember(batch.origin);
    events.done(result, ms);
  }

  function setAside(batch: QueuedBatch, quarantined: QuarantinedBatch): void {
    queue.release(batch);
    letGo(batch.origin);
    remember(batch.origin);
    events.quarantined(quarantined);
  }

  function retryAll(batches: readonly QueuedBatch[], fault: FaultNotice, killed: boolean): void {
    for (const batch of [...batches].reverse()) retry(batch, fault, killed && batches.length === 1);
  }

  /** Behind the one that it waits for. It may have been claimed by now, and then nobody would offer it again. */
  function wait(batch: QueuedBatch): void {
    queue.putBack({ ...batch, isNew: false }, nowMs());
  }

  /** @param killed the program itself failed, at this batch alone, not the world around it */
  function retry(batch: QueuedBatch, fault: FaultNotice, killed: boolean): void {
    const attempts = batch.attempts + 1;
    const kills = batch.kills + (killed ? 1 : 0);
    const pause = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(attempts - 1, 10));
    const retryInMs = Math.round(pause * (0.5 + random() / 2));
    queue.putBack({ ...batch, attempts, kills, lastFault: fault.message }, nowMs() + retryInMs);
    events.fault(batch, fault, retryInMs);
  }

  function remember(origin: BatchOrigin): void {
    const now = nowMs();
    for (const identity of identitiesOf(origin)) {
      recent.delete(identity);
      recent.set(identity, now + FORGET_AFTER_MS);
    }
    for (const [identity, until] of recent) {
      if (until > now) break;
      recent.delete(identity);
    }
  }

  async function drain(graceMs: number): Promise<void> {
    draining = true;
    schedule();
    const late = setTimeout(leave, graceMs);
    await Promise.all([...running.values()].map(({ ended }) => ended));
    clearTimeout(late);
  }

  function leave(): void {
    leaving = true;
    for (const { batch } of running.values()) events.left(batch.origin);
    for (const lane of [express, bulk]) void lane.terminate();
  }

  return {
    offer,
    resume: (origin, submitter) => takeUp(origin, submitter, false),
    giveBack,
    expect,
    together,
    isKnown,
    heldFiles: (account, folder, fileName) => held.of(account, folder, fileName, (id) => running.has(id)),
    inWork: () => [...running.values()].map(({ batch }) => batch.origin),
    waiting: () => queue.size(),
    oldestWaiting: () => queue.oldest(),
    drain,
  };
}

function requestFor(batches: readonly QueuedBatch[]): WorkerRequest {
  const [first] = batches;
  if (first !== undefined && first.kills >= KILLS_MAX) {
    return { kind: 'quarantine', origin: first.origin, reason: first.lastFault ?? '' };
  }
  return { kind: 'process', batches: batches.map(({ origin, submitter }) => ({ origin, submitter })) };
}

/** What no waiting mends, as if the worker had died of it: but a store that fails is no fault of the batch. */
function isOurs({ code, retryable }: FaultNotice): boolean {
  return code !== 'S902' && !retryable;
}
