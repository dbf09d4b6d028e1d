/**
 * The two worker lanes of the daemon and the settings that both run under. What a lane fails of is told by `lane.ts`.
 */
import type { Config } from '../config/config';
import { NameLocks } from '../adapters/spool/name-locks';
import { makeTurns } from '../adapters/sqlite/write-turns';
import { Fault } from '../domain/fault';
import type { Catalogue } from '../domain/message-type';
import { createLane, type Lane, LANE_DEFAULTS, type LaneOptions } from './lane';
import type { FaultNotice, WorkerReply, WorkerSettings } from './worker-messages';

export interface WorkerLanes {
  /** For small files. */
  readonly express: Lane;
  readonly bulk: Lane;
  /** The names of the drop folders that the lanes remove files of. */
  readonly names: NameLocks;
  /** The next requests run under these settings. */
  configure(config: Config, catalogue: Catalogue): void;
  /**
   * Batches of former runs to go on with, and what is wrong with those that are set aside.
   * @throws Fault when the store cannot be opened; whatever `stop` was aborted with
   */
  leftBehind(stop?: AbortSignal): Promise<Extract<WorkerReply, { kind: 'unfinished' }>>;
  /** Lets the requests in hand end, then ends the threads. */
  close(): Promise<void>;
}

/** @param onUntidy hears what a thread failed at behind an answer */
export function createWorkerLanes(
  config: Config,
  catalogue: Catalogue,
  onUntidy: (fault: FaultNotice) => void,
  overrides: Partial<LaneOptions> = {},
): WorkerLanes {
  const options = { ...LANE_DEFAULTS, ...overrides };
  const turns = makeTurns(2);
  const names = NameLocks.make();
  const lane = (name: string, seat: number): Lane =>
    createLane(name, workerSettings(config, catalogue), { ...options, seat: { turns, seat }, names }, onUntidy);
  const express = lane('express', 1);
  const bulk = lane('bulk', 2);
  const lanes = [express, bulk];

  async function leftBehind(stop?: AbortSignal): Promise<Extract<WorkerReply, { kind: 'unfinished' }>> {
    const leave = (): void => void express.terminate();
    stop?.addEventListener('abort', leave);
    stop?.throwIfAborted();
    const reply = await express.ask({ kind: 'unfinished' });
    stop?.removeEventListener('abort', leave);
    if (reply.kind === 'failed') throw new Fault(reply.fault.code, reply.fault.message, { retryable: false });
    if (reply.kind !== 'unfinished') throw new Fault('S903', 'the worker gave no answer', { retryable: false });
    return reply;
  }

  return {
    express,
    bulk,
    names: new NameLocks(names),
    configure: (changed, loaded) => lanes.forEach((lane) => lane.configure(workerSettings(changed, loaded))),
    leftBehind,
    close: async () => {
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}

function workerSettings(config: Config, catalogue: Catalogue): WorkerSettings {
  return { dataDir: config.dataDir, catalogue, rules: config.ingest };
}
