import { createDispatcher, type Dispatcher, type DispatcherEvents } from '../../../src/daemon/dispatcher';
import type { Lane } from '../../../src/daemon/lane';
import type { WorkerReply, WorkerRequest } from '../../../src/daemon/worker-messages';
import { Fault } from '../../../src/domain/fault';
import { makeOrigin } from '../../support/make-origin';

interface ScriptedLane extends Lane {
  readonly asked: string[];
  answer(reply: WorkerReply | Error): Promise<void>;
}

/** A lane whose answers the test gives. */
function scriptedLane(name: string): ScriptedLane {
  let pending: { resolve: (reply: WorkerReply) => void; reject: (error: Error) => void } | null = null;
  const asked: string[] = [];
  return {
    name,
    asked,
    isIdle: () => pending === null,
    ask: (request: WorkerRequest) => {
      asked.push(request.kind === 'process' ? request.origin.id : request.kind);
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
    configure: () => undefined,
    close: () => Promise.resolve(),
    terminate: () => Promise.resolve(),
  };
}

const withdrawn = (id: string): WorkerReply => ({ kind: 'processed', result: { kind: 'withdrawn', id }, ms: 1 });

describe('the dispatcher', () => {
  let express: ScriptedLane;
  let bulk: ScriptedLane;
  let clock: number;
  let told: string[];
  let dispatcher: Dispatcher;

  beforeEach(() => {
    express = scriptedLane('express');
    bulk = scriptedLane('bulk');
    clock = 1000;
    told = [];
    const events: DispatcherEvents = {
      done: (result) => told.push(result.kind === 'done' ? result.batch.id : `withdrawn ${result.id}`),
      fault: (batch, fault, retryInMs) => told.push(`${batch.origin.id} ${fault.code} ${batch.attempts} ${retryInMs}`),
    };
    dispatcher = createDispatcher({ express, bulk, events, nowMs: () => clock, random: () => 1 });
  });

  afterEach(async () => {
    const drained = dispatcher.drain();
    for (const lane of [express, bulk]) if (!lane.isIdle()) await lane.answer(withdrawn('x'));
    await drained;
  });

  it('takes a batch up once, whatever the rescans offer', () => {
    const origin = makeOrigin({ id: 'a', dataIdentity: '1:1', markerIdentity: '2:2' });
    dispatcher.offer(origin, null);
    dispatcher.offer({ ...origin, id: 'again' }, null);
    expect([...express.asked, ...bulk.asked]).toEqual(['a']);
    expect(dispatcher.isKnown('1:1')).toBe(true);
    expect(dispatcher.isClaimed('lab', 'root', origin.fileName)).toBe(true);
  });

  it('keeps the express lane free of large files', () => {
    dispatcher.offer(makeOrigin({ id: 'large', bytes: 100_000_000, dataIdentity: 'l' }), null);
    dispatcher.offer(makeOrigin({ id: 'larger', account: 'b', bytes: 100_000_000, dataIdentity: 'm' }), null);
    dispatcher.offer(makeOrigin({ id: 'small', account: 'c', dataIdentity: 's' }), null);
    expect(bulk.asked).toEqual(['large']);
    expect(express.asked).toEqual(['small']);
  });

  it('tries again after a growing pause, and tells the fault', async () => {
    dispatcher.offer(makeOrigin({ id: 'a', dataIdentity: '1' }), null);
    await express.answer({ kind: 'failed', fault: { code: 'S901', message: 'full', retryable: true } });
    expect(told).toEqual(['a S901 0 1000']);
    expect(express.asked).toEqual(['a']);
    clock += 1000;
    dispatcher.offer(makeOrigin({ id: 'b', account: 'b', dataIdentity: '2' }), null);
    expect([...express.asked, ...bulk.asked].sort()).toEqual(['a', 'a', 'b']);
    await express.answer({ kind: 'failed', fault: { code: 'S901', message: 'full', retryable: true } });
    expect(told).toEqual(['a S901 0 1000', 'a S901 1 2000']);
  });

  it('survives a dead worker', async () => {
    dispatcher.offer(makeOrigin({ id: 'a', dataIdentity: '1' }), null);
    await express.answer(new Fault('S903', 'worker died', { retryable: true }));
    expect(told).toEqual(['a S903 0 1000']);
    expect(dispatcher.isKnown('1')).toBe(true);
  });

  it('forgets the files of a withdrawn batch at once', async () => {
    dispatcher.offer(makeOrigin({ id: 'a', dataIdentity: '1' }), null);
    await express.answer(withdrawn('a'));
    expect(told).toEqual(['withdrawn a']);
    expect(dispatcher.isKnown('1')).toBe(false);
  });

  it('takes a replay up once, and leaves a file of its name in the drop folder alone', async () => {
    const upload = makeOrigin({ id: 'upload', account: 'b', dataIdentity: '1' });
    dispatcher.offer(upload, null);
    const replay = makeOrigin({ id: 'replay', account: 'b', cause: 'replay', dataIdentity: 'path', fileTime: null });
    dispatcher.offer({ ...replay, messageType: null }, null);
    dispatcher.offer({ ...replay, messageType: null }, null);
    expect([...express.asked, ...bulk.asked].sort()).toEqual(['replay', 'upload']);
    await (express.asked.includes('replay') ? express : bulk).answer(withdrawn('replay'));
    expect(told).toEqual(['withdrawn replay']);
    expect([...express.asked, ...bulk.asked].sort()).toEqual(['replay', 'upload']);
    expect(dispatcher.isClaimed('b', 'root', upload.fileName)).toBe(true);
    await (express.asked.includes('upload') ? express : bulk).answer(withdrawn('upload'));
    dispatcher.offer(replay, null);
    expect(dispatcher.isClaimed('b', 'root', upload.fileName)).toBe(false);
  });

  it('starts nothing while it drains', async () => {
    dispatcher.offer(makeOrigin({ id: 'a', dataIdentity: '1' }), null);
    dispatcher.offer(makeOrigin({ id: 'b', dataIdentity: '2', fileTime: '2021-12-31 00:00:00' }), null);
    const drained = dispatcher.drain();
    await express.answer(withdrawn('a'));
    await drained;
    expect([...express.asked, ...bulk.asked]).toEqual(['a']);
  });
});
