import { createDispatcher, type Dispatcher, type DispatcherEvents } from '../../../src/daemon/dispatcher';
import { type Lane, WorkerDeath } from '../../../src/daemon/lane';
import type { BatchEndNotice, FaultNotice, WorkerReply, WorkerRequest } from '../../../src/daemon/worker-messages';
import { Fault } from '../../../src/domain/fault';
import { LINE_MAX } from '../../../src/daemon/batch-queue';
import type { BatchOrigin, BatchRecord } from '../../../src/domain/batch-record';
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

const processed = (ends: readonly BatchEndNotice[], parted: FaultNotice | null = null): WorkerReply => ({
  ...{ kind: 'processed', ends, ms: 1, parted },
});

const ended = (id: string): BatchEndNotice => ({ kind: 'ended', result: { kind: 'withdrawn', id } });

const withdrawn = (...ids: readonly string[]): WorkerReply => processed(ids.map(ended));

describe('the dispatcher', () => {
  let express: ScriptedLane;
  let bulk: ScriptedLane;
  let clock: number;
  let told: string[];
  let times: number[];
  let dispatcher: Dispatcher;
  let sharing: Dispatcher;

  beforeEach(() => {
    express = scriptedLane('express');
    bulk = scriptedLane('bulk');
    clock = 1000;
    told = [];
    times = [];
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
    const options = { express, bulk, events, nowMs: () => clock, random: () => 1 };
    dispatcher = createDispatcher({ ...options, shares: false });
    sharing = createDispatcher({ ...options, shares: true });
  });

  afterEach(async () => {
    const drained = dispatcher.drain(60_000);
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

  it('gives back uploads that wait for their turn, and no others', async () => {
    const named = (id: string, more: Partial<BatchOrigin> = {}): BatchOrigin =>
      makeOrigin({ id, baseName: 'X', fileName: id, dataIdentity: id, ...more });
    dispatcher.offer(named('running'), null);
    const waiting = [named('waiting'), named('waiting too', { markerIdentity: 'marker' })];
    const others = [
      named('another name', { baseName: 'Y' }),
      named('another folder', { folder: 'test' }),
      named('cancelled', { cause: 'cancelled' }),
    ];
    for (const origin of [...waiting, ...others]) dispatcher.offer(origin, null);
    dispatcher.resume(named('from the store'), null);
    const isKnown = (id: string | null): boolean => dispatcher.isKnown(id ?? '');
    expect(dispatcher.waiting()).toBe(6);
    dispatcher.giveBack('other', 'root', new Set(['X']));
    expect(dispatcher.waiting()).toBe(6);
    dispatcher.giveBack('lab', 'root', new Set(['X']));
    expect(dispatcher.waiting()).toBe(4);
    expect(['waiting', 'waiting too', 'marker'].map(isKnown)).toEqual([false, false, false]);
    expect(['running', 'from the store', ...others.map(({ id }) => id)].every(isKnown)).toBe(true);
    expect(dispatcher.isClaimed('lab', 'root', 'waiting')).toBe(false);

    await express.answer({ kind: 'failed', fault: { code: 'S901', message: 'full', retryable: true } });
    dispatcher.giveBack('lab', 'root', new Set(['X']));
    expect([isKnown('running'), dispatcher.waiting()]).toEqual([true, 5]);
  });

  it('keeps the express lane free of large files', () => {
    dispatcher.offer(makeOrigin({ id: 'large', bytes: 100_000_000, dataIdentity: 'l' }), null);
    dispatcher.offer(makeOrigin({ id: 'larger', account: 'b', bytes: 100_000_000, dataIdentity: 'm' }), null);
    dispatcher.offer(makeOrigin({ id: 'small', account: 'c', dataIdentity: 's' }), null);
    expect(bulk.asked).toEqual(['large']);
    expect(express.asked).toEqual(['small']);
  });

  it('prepares the bulk lane when a large file waits for its marker', async () => {
    const waiting = { account: 'lab', folder: 'root', fileName: 'a', bytes: 100_000_000 } as const;
    dispatcher.expect({ ...waiting, bytes: 100_000 });
    dispatcher.expect(waiting);
    expect([express.asked, bulk.asked]).toEqual([[], ['prepare']]);
    await dispatcher.drain(0);
    dispatcher.expect(waiting);
    expect(bulk.asked).toEqual(['prepare']);
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

  it('takes up at once what the store names, also a moment after it was set aside, and never twice', async () => {
    const origin = makeOrigin({ id: 'a', dataIdentity: '1' });
    dispatcher.offer(origin, null);
    const quarantined = { batch: { ...origin } as BatchRecord, at: 'now', reason: 'why' };
    await express.answer({ kind: 'quarantined', quarantined });
    dispatcher.offer(origin, null);
    expect(express.asked).toEqual(['a']);
    dispatcher.resume(origin, null);
    dispatcher.resume(origin, null);
    expect([...express.asked, ...bulk.asked]).toEqual(['a', 'a']);
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

  const failed = (code: 'S901' | 'S902' | 'S903', retryable: boolean): WorkerReply => ({
    kind: 'failed',
    fault: { code, message: 'why', retryable },
  });
  const failing = (fault: FaultNotice): BatchEndNotice => ({ kind: 'failed', fault });
  const full: FaultNotice = { code: 'S901', message: 'full', retryable: true };
  const wakeAfter = (ms: number): void => {
    clock += ms;
    dispatcher.together(() => undefined);
  };
  const ERROR: FaultNotice = { code: 'S903', message: 'why', retryable: false };
  const died = new WorkerDeath('worker died: out of memory', null);

  it.each([
    ['kills its worker', died, died],
    ['meets an error of the program', failed('S903', false), failed('S903', false)],
    ['meets one as its own end', processed([failing(ERROR)]), processed([failing(ERROR)])],
    ['does one and the other', failed('S903', false), died],
  ])('sets a batch aside that %s twice; the others of its line go on', async (_what, first, second) => {
    dispatcher.offer(makeOrigin({ id: 'poison', dataIdentity: '1' }), null);
    dispatcher.offer(makeOrigin({ id: 'next', dataIdentity: '2', fileTime: '2021-12-31 00:00:00' }), null);
    await express.answer(first);
    clock += 1000;
    dispatcher.together(() => undefined);
    await express.answer(second);
    clock += 2000;
    dispatcher.together(() => undefined);
    expect(express.asked).toEqual(['poison', 'poison', 'quarantine poison']);
    const batch = { ...makeOrigin({ id: 'poison' }) } as BatchRecord;
    const reason = first === second ? 'twice' : 'both';
    await express.answer({ kind: 'quarantined', quarantined: { batch, at: 'now', reason } });
    expect(told.at(-1)).toBe(`poison set aside: ${reason}`);
    expect(express.asked.at(-1)).toBe('next');
    expect(dispatcher.isKnown('1')).toBe(true);
  });

  it.each([
    ['the disk or the store', failed('S902', false)],
    ['a worker that cannot start', new Fault('S903', 'worker cannot start', { retryable: true })],
  ])('never sets a batch aside for a fault of %s', async (_what, answer) => {
    dispatcher.offer(makeOrigin({ id: 'a', dataIdentity: '1' }), null);
    for (let time = 0; time < 5; time++) {
      await express.answer(answer);
      clock += 60_000;
      dispatcher.together(() => undefined);
    }
    expect(express.asked).toEqual(Array.from({ length: 6 }, () => 'a'));
  });

  it('gives one lane small batches of one type together: the first of each line, then those behind them', async () => {
    dispatcher.together(() => {
      for (const account of ['a', 'b', 'c']) {
        for (const day of ['1', '2']) {
          const id = `${account}${day}`;
          const named = { baseName: id, fileTime: `2021-01-0${day} 00:00:00` };
          dispatcher.offer(makeOrigin({ id, account, dataIdentity: id, ...named }), null);
        }
      }
      dispatcher.offer(makeOrigin({ id: 'type', account: 'd', messageType: 'Other', dataIdentity: 'd' }), null);
      dispatcher.offer(makeOrigin({ id: 'long', account: 'e', bytes: 1_000_000, dataIdentity: 'e' }), null);
    });
    expect([express.asked, bulk.asked]).toEqual([['a1+b1+c1+a2+b2+c2'], ['long']]);
    expect(dispatcher.inWork().map(({ id }) => id)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2', 'long']);
    await express.answer(withdrawn('a1', 'b1', 'c1', 'a2', 'b2', 'c2'));
    expect(told).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2'].map((id) => `withdrawn ${id}`));
    expect(express.asked.at(-1)).toBe('type');
  });

  const offerLine = (ids: readonly string[], change: Partial<BatchOrigin> = {}): void =>
    ids.forEach((id, day) => {
      const named = { baseName: id, fileName: id, fileTime: `2021-01-0${day + 1} 00:00:00` };
      dispatcher.offer(makeOrigin({ id, account: 'a', dataIdentity: id, ...named, ...change }), null);
    });

  it('keeps apart what is sent twice under one name, and what stands behind a longer batch', async () => {
    dispatcher.together(() => offerLine(['a1', 'a2'], { baseName: 'X' }));
    expect(express.asked).toEqual(['a1']);
    await express.answer(withdrawn('a1'));
    await express.answer(withdrawn('a2'));
    dispatcher.together(() => {
      offerLine(['a3', 'a4']);
      offerLine(['long'], { bytes: 1_000_000, fileTime: '2021-01-01 12:00:00' });
    });
    expect(express.asked).toEqual(['a1', 'a2', 'a3']);
  });

  it('puts those behind a failed one of their line back behind it, and they go on alone', async () => {
    dispatcher.together(() => {
      offerLine(['a1', 'a2', 'a3', 'a4']);
      offerLine(['b1'], { account: 'b' });
    });
    expect(express.asked).toEqual(['a1+b1+a2+a3+a4']);
    const waits: BatchEndNotice = { kind: 'waits' };
    await express.answer(processed([ended('a1'), ended('b1'), failing(full), waits, waits], full));
    expect(told).toEqual(['5 parted: full', 'withdrawn a1', 'withdrawn b1', 'a2 S901 0 1000']);
    expect([dispatcher.waiting(), dispatcher.isKnown('a3')]).toEqual([3, true]);
    wakeAfter(1000);
    for (const id of ['a2', 'a3', 'a4']) {
      expect(express.asked.at(-1)).toBe(id);
      await express.answer(withdrawn(id));
    }
    expect(told.at(-1)).toBe('withdrawn a4');
  });

  it('keeps the order of a line whose batches failed together', async () => {
    dispatcher.together(() => offerLine(['a1', 'a2', 'a3']));
    await express.answer(died);
    wakeAfter(1000);
    for (const id of ['a1', 'a2', 'a3']) {
      expect(express.asked.at(-1)).toBe(id);
      await express.answer(withdrawn(id));
    }
  });

  it.each([
    ['in all bytes', 10, 200_000, 5],
    ['in number', 40, 100, 32],
  ])('keeps what goes together short %s', (_what, offered, bytes, taken) => {
    dispatcher.together(() => {
      for (let i = 0; i < offered; i++) {
        dispatcher.offer(makeOrigin({ id: String(i), account: String(i), bytes, dataIdentity: String(i) }), null);
      }
    });
    expect(dispatcher.inWork()).toHaveLength(taken);
    expect(bulk.asked).toEqual([]);
  });

  it('lets the other lane take a small batch only while the first one is busy with a longer one', async () => {
    dispatcher.offer(makeOrigin({ id: 'long', bytes: 1_000_000, dataIdentity: 'l' }), null);
    dispatcher.offer(makeOrigin({ id: 'small', account: 'b', dataIdentity: 's' }), null);
    expect([express.asked, bulk.asked]).toEqual([['long'], ['small']]);
    await express.answer(withdrawn('long'));
    await bulk.answer(withdrawn('small'));
    dispatcher.offer(makeOrigin({ id: 'c', account: 'c', dataIdentity: 'c' }), null);
    dispatcher.offer(makeOrigin({ id: 'd', account: 'd', dataIdentity: 'd' }), null);
    expect([express.asked, bulk.asked]).toEqual([['long', 'c'], ['small']]);
  });

  it('shares small batches between both lanes, and a lane that is free alone takes all', async () => {
    const offer = (...ids: readonly string[]): void =>
      sharing.together(() => {
        for (const id of ids) sharing.offer(makeOrigin({ id, account: id, dataIdentity: id }), null);
      });
    offer('a', 'b', 'c');
    expect([express.asked, bulk.asked]).toEqual([['a+b'], ['c']]);
    offer('d', 'e', 'f');
    await bulk.answer(withdrawn('c'));
    expect(bulk.asked).toEqual(['c', 'd+e+f']);
    await express.answer(withdrawn('a', 'b'));
    sharing.offer(makeOrigin({ id: 'large', account: 'g', bytes: 100_000_000, dataIdentity: 'g' }), null);
    offer('h');
    expect(express.asked).toEqual(['a+b', 'h']);
    await bulk.answer(withdrawn('d', 'e', 'f'));
    expect(bulk.asked.at(-1)).toBe('large');
    await express.answer(withdrawn('h'));
    await bulk.answer(withdrawn('large'));
  });

  it('lets what the store names go alone: it may be anywhere on its journey', () => {
    dispatcher.together(() => {
      for (const id of ['a', 'b']) dispatcher.resume(makeOrigin({ id, account: id, dataIdentity: id }), null);
      for (const id of ['c', 'd']) dispatcher.offer(makeOrigin({ id, account: id, dataIdentity: id }), null);
    });
    expect([express.asked, bulk.asked]).toEqual([['a'], ['b']]);
  });

  function offerThree(): void {
    dispatcher.together(() => {
      for (const id of ['a', 'b', 'c']) dispatcher.offer(makeOrigin({ id, account: id, dataIdentity: id }), null);
    });
  }

  it('tries only that one again, alone, which failed of those that went together', async () => {
    offerThree();
    await express.answer(processed([ended('a'), failing(full), ended('c')], full));
    expect(told).toEqual(['3 parted: full', 'withdrawn a', 'withdrawn c', 'b S901 0 1000']);
    clock += 1000;
    dispatcher.offer(makeOrigin({ id: 'd', account: 'd', dataIdentity: 'd' }), null);
    expect([express.asked, bulk.asked]).toEqual([['a+b+c', 'b'], ['d']]);
  });

  it('counts the time of the worker once, whoever shared it', async () => {
    offerThree();
    await express.answer({ kind: 'processed', ends: ['a', 'b', 'c'].map(ended), ms: 60, parted: null });
    dispatcher.offer(makeOrigin({ id: 'd', account: 'd', dataIdentity: 'd' }), null);
    await express.answer({ kind: 'processed', ends: [ended('d')], ms: 7, parted: null });
    expect(times).toEqual([20, 20, 20, 7]);
  });

  it.each([
    ['kills its worker', died],
    ['meets an error of the program', failed('S903', false)],
  ])('finds out which of those that went together %s', async (_what, failure) => {
    offerThree();
    await express.answer(failure);
    wakeAfter(1000);
    expect([express.asked, bulk.asked]).toEqual([['a+b+c', 'a'], ['b']]);
    await express.answer(failure);
    await bulk.answer(withdrawn('b'));
    await express.answer(withdrawn('c'));
    wakeAfter(2000);
    await express.answer(failure);
    wakeAfter(4000);
    expect(express.asked).toEqual(['a+b+c', 'a', 'c', 'a', 'quarantine a']);
    expect(told.filter((line) => line.startsWith('withdrawn'))).toEqual(['withdrawn b', 'withdrawn c']);
  });

  it('holds against none of those that went together what became of all of them', async () => {
    offerThree();
    await express.answer(died);
    wakeAfter(1000);
    await bulk.answer(died);
    wakeAfter(2000);
    expect(bulk.asked).toEqual(['b', 'c']);
    await express.answer(withdrawn('a'));
    expect(express.asked).toEqual(['a+b+c', 'a', 'b']);
  });

  it('starts what is offered together by the time in the names', () => {
    dispatcher.together(() => {
      for (const [id, day] of [
        ['late', '03'],
        ['early', '01'],
        ['middle', '02'],
      ] as const) {
        dispatcher.offer(makeOrigin({ id, dataIdentity: id, fileTime: `2021-01-${day} 00:00:00` }), null);
      }
    });
    expect([...express.asked, ...bulk.asked]).toEqual(['early']);
  });

  it('forgets the files of a batch that gave way to an earlier one', () => {
    for (let i = 0; i <= LINE_MAX; i++) dispatcher.offer(makeOrigin({ id: `b${i}`, dataIdentity: `d${i}` }), null);
    expect(dispatcher.waiting()).toBe(LINE_MAX);
    const first = { id: 'first', dataIdentity: 'f', fileTime: '2020-01-01 00:00:00' };
    dispatcher.offer(makeOrigin(first), null);
    expect(dispatcher.isKnown('f')).toBe(true);
    expect(dispatcher.isKnown(`d${LINE_MAX}`)).toBe(false);
    expect(dispatcher.isKnown(`d${LINE_MAX - 1}`)).toBe(true);
  });

  it('starts nothing while it drains', async () => {
    dispatcher.offer(makeOrigin({ id: 'a', dataIdentity: '1' }), null);
    dispatcher.offer(makeOrigin({ id: 'b', dataIdentity: '2', fileTime: '2021-12-31 00:00:00' }), null);
    const drained = dispatcher.drain(60_000);
    await express.answer(withdrawn('a'));
    await drained;
    expect([...express.asked, ...bulk.asked]).toEqual(['a']);
  });

  it('leaves what does not end in time, without a fault', async () => {
    const lane = scriptedLane('express');
    const leaving = { ...lane, terminate: () => lane.answer(new WorkerDeath('ended', undefined)) };
    const events: DispatcherEvents = {
      done: () => told.push('done'),
      quarantined: () => told.push('set aside'),
      left: ({ id }) => told.push(`left ${id}`),
      fault: () => told.push('fault'),
      parted: () => told.push('parted'),
    };
    const own = createDispatcher({
      express: leaving,
      bulk,
      shares: false,
      events,
      nowMs: () => clock,
      random: () => 1,
    });
    own.offer(makeOrigin({ id: 'a', dataIdentity: '1' }), null);
    await own.drain(0);
    expect(told).toEqual(['left a']);
    expect(own.inWork()).toEqual([]);
  });
});
