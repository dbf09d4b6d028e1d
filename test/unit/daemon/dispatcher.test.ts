import { LINE_MAX } from '../../../src/daemon/batch-queue';
import { createDispatcher, type Dispatcher, type DispatcherEvents } from '../../../src/daemon/dispatcher';
import { WorkerDeath } from '../../../src/daemon/lane';
import type { FaultNotice } from '../../../src/daemon/worker-messages';
import type { BatchOrigin, BatchRecord } from '../../../src/domain/batch-record';
import { Fault } from '../../../src/domain/fault';
import {
  DIED,
  type DispatcherHome,
  failed,
  failing,
  makeDispatcherHome,
  processed,
  type ScriptedLane,
  scriptedLane,
  withdrawn,
} from '../../support/dispatcher-home';
import { makeOrigin } from '../../support/make-origin';

describe('the dispatcher', () => {
  let home: DispatcherHome;
  let express: ScriptedLane;
  let bulk: ScriptedLane;
  let told: string[];
  let dispatcher: Dispatcher;

  beforeEach(() => {
    home = makeDispatcherHome();
    ({ express, bulk, told, dispatcher } = home);
  });
  afterEach(() => home.end());

  it('takes a batch up once, whatever the rescans offer', () => {
    const origin = makeOrigin({ id: 'a', dataIdentity: '1:1', markerIdentity: '2:2' });
    dispatcher.offer(origin, null);
    dispatcher.offer({ ...origin, id: 'again' }, null);
    expect([...express.asked, ...bulk.asked]).toEqual(['a']);
    expect(dispatcher.isKnown('1:1')).toBe(true);
    expect(dispatcher.heldFiles('lab', 'root', origin.fileName)).toMatchObject([{ identity: '1:1', isGone: true }]);
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
    expect(dispatcher.heldFiles('lab', 'root', 'waiting')).toEqual([]);

    await express.answer({ kind: 'failed', fault: { code: 'S901', message: 'full', retryable: true } });
    dispatcher.giveBack('lab', 'root', new Set(['X']));
    expect([isKnown('running'), dispatcher.waiting()]).toEqual([true, 5]);
  });

  it('knows the files in hand by name and identity; markers only while their batch waits', async () => {
    const X = { fileName: 'X.csv', markerName: 'X.ok' };
    const first = makeOrigin({ ...X, id: 'first', dataIdentity: 'data 1', markerIdentity: 'marker 1' });
    const second = makeOrigin({ ...X, id: 'second', dataIdentity: 'data 2', markerIdentity: 'marker 2' });
    const orphan = { cause: 'orphan-marker', fileName: 'Y.ok', markerName: 'Y.ok', dataIdentity: null } as const;
    for (const origin of [first, second, makeOrigin({ ...orphan, id: 'orphan', markerIdentity: 'marker 3' })])
      dispatcher.offer(origin, null);
    const held = (name: string): readonly string[] =>
      dispatcher.heldFiles('lab', 'root', name).map(({ identity, isGone }) => `${identity}${isGone ? ' gone' : ''}`);
    expect(['X.csv', 'X.ok', 'Y.ok'].map(held)).toEqual([
      ['data 1 gone', 'data 2 gone'],
      ['marker 2'],
      ['marker 3 gone'],
    ]);
    expect(dispatcher.heldFiles('other', 'root', 'X.csv')).toEqual([]);
    await express.answer(withdrawn('first'));
    expect(['X.csv', 'X.ok'].map(held)).toEqual([['data 2 gone'], []]);
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
    home.clock += 1000;
    dispatcher.offer(makeOrigin({ id: 'b', account: 'b', dataIdentity: '2' }), null);
    expect([...express.asked, ...bulk.asked].sort()).toEqual(['a', 'a', 'b']);
    await express.answer({ kind: 'failed', fault: { code: 'S901', message: 'full', retryable: true } });
    expect(told).toEqual(['a S901 0 1000', 'a S901 1 2000']);
  });

  it('survives a dead worker', async () => {
    dispatcher.offer(makeOrigin({ id: 'a', dataIdentity: '1' }), null);
    await express.answer(new Fault('S903', 'worker DIED', { retryable: true }));
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
    expect(dispatcher.heldFiles('b', 'root', upload.fileName)).toMatchObject([{ identity: '1' }]);
    await (express.asked.includes('upload') ? express : bulk).answer(withdrawn('upload'));
    dispatcher.offer(replay, null);
    expect(dispatcher.heldFiles('b', 'root', upload.fileName)).toEqual([]);
  });

  const ERROR: FaultNotice = { code: 'S903', message: 'why', retryable: false };

  it.each([
    ['kills its worker', DIED, DIED],
    ['meets an error of the program', failed('S903', false), failed('S903', false)],
    ['meets one as its own end', processed([failing(ERROR)]), processed([failing(ERROR)])],
    ['does one and the other', failed('S903', false), DIED],
  ])('sets a batch aside that %s twice; the others of its line go on', async (_what, first, second) => {
    dispatcher.offer(makeOrigin({ id: 'poison', dataIdentity: '1' }), null);
    dispatcher.offer(makeOrigin({ id: 'next', dataIdentity: '2', fileTime: '2021-12-31 00:00:00' }), null);
    await express.answer(first);
    home.wakeAfter(1000);
    await express.answer(second);
    home.wakeAfter(2000);
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
      home.wakeAfter(60_000);
    }
    expect(express.asked).toEqual(Array.from({ length: 6 }, () => 'a'));
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
      released: () => undefined,
      nowMs: () => home.clock,
      random: () => 1,
    });
    own.offer(makeOrigin({ id: 'a', dataIdentity: '1' }), null);
    await own.drain(0);
    expect(told).toEqual(['left a']);
    expect(own.inWork()).toEqual([]);
  });
});
