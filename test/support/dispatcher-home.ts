/**
 * A dispatcher between two lanes whose answers the test gives, with a clock that stands still until it is moved, and what
 * it tells.
 */
import { createDispatcher, type Dispatcher, type DispatcherEvents } from '../../src/daemon/dispatcher';
import { type Lane, WorkerDeath } from '../../src/daemon/lane';
import type { BatchEndNotice, FaultNotice, WorkerReply, WorkerRequest } from '../../src/daemon/worker-messages';

export interface ScriptedLane extends Lane {
  readonly asked: string[];
  answer(reply: WorkerReply | Error): Promise<void>;
}

export function scriptedLane(name: string): ScriptedLane {
  let pending: { resolve: (reply: WorkerReply) => void; reject: (error: Error) => void } | null = null;
  const asked: string[] = [];
  return {
    name,
    asked,
    isIdle: () => pending === null,
    ask: (request: WorkerRequest) => {
      asked.push(shown(request));
      return new Promise((resolve, reject) => {
        pending = { resolve, reject };
      });
    },
    answer: async (reply) => {
      const current = pending;
      pending = null;
      if (reply instanceof Error) current?.reject(reply);
      else current?.resolve(reply);
      await new Promise((done) => setImmediate(done));
    },
    prepare: () => asked.push('prepare'),
    configure: () => undefined,
    close: () => Promise.resolve(),
    terminate: () => Promise.resolve(),
  };
}

function shown(request: WorkerRequest): string {
  if (request.kind === 'process') return request.batches.map(({ origin }) => origin.id).join('+');
  return 'origin' in request ? `${request.kind} ${request.origin.id}` : request.kind;
}

export const processed = (ends: readonly BatchEndNotice[], parted: FaultNotice | null = null): WorkerReply => ({
  ...{ kind: 'processed', ends, ms: 1, parted },
});

export const ended = (id: string): BatchEndNotice => ({ kind: 'ended', result: { kind: 'withdrawn', id } });

export const withdrawn = (...ids: readonly string[]): WorkerReply => processed(ids.map(ended));

export const failed = (code: 'S901' | 'S902' | 'S903', retryable: boolean): WorkerReply => ({
  kind: 'failed',
  fault: { code, message: 'why', retryable },
});

export const failing = (fault: FaultNotice): BatchEndNotice => ({ kind: 'failed', fault });

export const DIED = new WorkerDeath('worker died: out of memory', null);

export interface DispatcherHome {
  readonly express: ScriptedLane;
  readonly bulk: ScriptedLane;
  /** What it told, a line each. */
  readonly told: string[];
  /** Of the worker, for each batch that is done, in milliseconds. */
  readonly times: number[];
  readonly dispatcher: Dispatcher;
  /** Another one of the same lanes, which gives small batches to both. */
  readonly sharing: Dispatcher;
  /** Milliseconds. */
  clock: number;
  wakeAfter(ms: number): void;
  /** Lets all that is in hand end. */
  end(): Promise<void>;
}

export function makeDispatcherHome(): DispatcherHome {
  const express = scriptedLane('express');
  const bulk = scriptedLane('bulk');
  const told: string[] = [];
  const times: number[] = [];
  const events: DispatcherEvents = {
    done: (result, ms) => {
      told.push(result.kind === 'done' ? result.batch.id : `withdrawn ${result.id}`);
      times.push(ms);
    },
    quarantined: ({ batch, reason }) => told.push(`${batch.id} set aside: ${reason}`),
    left: ({ id }) => told.push(`left ${id}`),
    fault: (batch, fault, retryInMs) => told.push(`${batch.origin.id} ${fault.code} ${batch.attempts} ${retryInMs}`),
    parted: (batches, fault) => told.push(`${batches} parted: ${fault.message}`),
  };
  const released = (): void => undefined;
  const options = { express, bulk, events, released, nowMs: () => home.clock, random: () => 1 };
  const dispatcher = createDispatcher({ ...options, shares: false });
  const sharing = createDispatcher({ ...options, shares: true });
  const home: DispatcherHome = {
    ...{ express, bulk, told, times, dispatcher, sharing },
    clock: 1000,
    wakeAfter: (ms) => {
      home.clock += ms;
      dispatcher.together(() => undefined);
    },
    end: async () => {
      const drained = dispatcher.drain(60_000);
      for (const lane of [express, bulk]) if (!lane.isIdle()) await lane.answer(withdrawn('x'));
      await drained;
    },
  };
  return home;
}
