import type { Dispatcher } from '../../../src/daemon/dispatcher';
import type { BatchEndNotice, FaultNotice } from '../../../src/daemon/worker-messages';
import type { BatchOrigin } from '../../../src/domain/batch-record';
import {
  type DispatcherHome,
  DIED,
  ended,
  failed,
  failing,
  makeDispatcherHome,
  processed,
  type ScriptedLane,
  withdrawn,
} from '../../support/dispatcher-home';
import { makeOrigin } from '../../support/make-origin';

describe('batches that go through a lane together', () => {
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
  const full: FaultNotice = { code: 'S901', message: 'full', retryable: true };

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
    home.wakeAfter(1000);
    for (const id of ['a2', 'a3', 'a4']) {
      expect(express.asked.at(-1)).toBe(id);
      await express.answer(withdrawn(id));
    }
    expect(told.at(-1)).toBe('withdrawn a4');
  });

  it('keeps the order of a line whose batches failed together', async () => {
    dispatcher.together(() => offerLine(['a1', 'a2', 'a3']));
    await express.answer(DIED);
    home.wakeAfter(1000);
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
      home.sharing.together(() => {
        for (const id of ids) home.sharing.offer(makeOrigin({ id, account: id, dataIdentity: id }), null);
      });
    offer('a', 'b', 'c');
    expect([express.asked, bulk.asked]).toEqual([['a+b'], ['c']]);
    offer('d', 'e', 'f');
    await bulk.answer(withdrawn('c'));
    expect(bulk.asked).toEqual(['c', 'd+e+f']);
    await express.answer(withdrawn('a', 'b'));
    home.sharing.offer(makeOrigin({ id: 'large', account: 'g', bytes: 100_000_000, dataIdentity: 'g' }), null);
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
    home.clock += 1000;
    dispatcher.offer(makeOrigin({ id: 'd', account: 'd', dataIdentity: 'd' }), null);
    expect([express.asked, bulk.asked]).toEqual([['a+b+c', 'b'], ['d']]);
  });

  it('counts the time of the worker once, whoever shared it', async () => {
    offerThree();
    await express.answer({ kind: 'processed', ends: ['a', 'b', 'c'].map(ended), ms: 60, parted: null });
    dispatcher.offer(makeOrigin({ id: 'd', account: 'd', dataIdentity: 'd' }), null);
    await express.answer({ kind: 'processed', ends: [ended('d')], ms: 7, parted: null });
    expect(home.times).toEqual([20, 20, 20, 7]);
  });

  it.each([
    ['kills its worker', DIED],
    ['meets an error of the program', failed('S903', false)],
  ])('finds out which of those that went together %s', async (_what, failure) => {
    offerThree();
    await express.answer(failure);
    home.wakeAfter(1000);
    expect([express.asked, bulk.asked]).toEqual([['a+b+c', 'a'], ['b']]);
    await express.answer(failure);
    await bulk.answer(withdrawn('b'));
    await express.answer(withdrawn('c'));
    home.wakeAfter(2000);
    await express.answer(failure);
    home.wakeAfter(4000);
    expect(express.asked).toEqual(['a+b+c', 'a', 'c', 'a', 'quarantine a']);
    expect(told.filter((line) => line.startsWith('withdrawn'))).toEqual(['withdrawn b', 'withdrawn c']);
  });

  it('holds against none of those that went together what became of all of them', async () => {
    offerThree();
    await express.answer(DIED);
    home.wakeAfter(1000);
    await bulk.answer(DIED);
    home.wakeAfter(2000);
    expect(bulk.asked).toEqual(['b', 'c']);
    await express.answer(withdrawn('a'));
    expect(express.asked).toEqual(['a+b+c', 'a', 'b']);
  });
});
