/** Threads that take turns, as real ones, and a thread that ends with its turn or while it waits for it. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { holderOf, makeTurns, WriteTurns } from '../../../src/adapters/sqlite/write-turns';

/** Of the built program: a thread loads no TypeScript. */
const BUILT = require.resolve('../../../dist/adapters/sqlite/write-turns.js');

/** Counts up, in so many turns, what nobody else may change meanwhile, and says how often somebody did. */
const COUNTING = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { WriteTurns } = require(workerData.built);
  const turns = new WriteTurns(workerData);
  const words = new Int32Array(workerData.counter);
  let disturbed = 0;
  for (let i = 0; i < workerData.times; i++) {
    while (!turns.take());
    const before = words[0];
    for (let wait = 0; wait < 50; wait++) if (words[0] !== before) disturbed++;
    words[0] = before + 1;
    turns.give();
  }
  parentPort.postMessage(disturbed);`;

const TAKING = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { WriteTurns } = require(workerData.built);
  new WriteTurns(workerData).take();
  parentPort.postMessage('taken');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`;

function thread(code: string, data: object): Worker {
  return new Worker(code, { eval: true, workerData: { built: BUILT, ...data } });
}

describe('turns to write', () => {
  it('belong to one thread at a time', async () => {
    const turns = makeTurns(3);
    const counter = new SharedArrayBuffer(4);
    // Many short turns: what goes wrong between two of them goes wrong once in a hundred thousand.
    const times = 100_000;
    const threads = [1, 2, 3].map((seat) => thread(COUNTING, { turns, seat, counter, times }));
    const answers = await Promise.all(threads.map((each) => once(each, 'message')));
    expect(answers).toEqual([[0], [0], [0]]);
    expect(new Int32Array(counter)[0]).toBe(3 * times);
  });

  it('come back from a thread that ended with its own', async () => {
    const turns = makeTurns(2);
    const holder = thread(TAKING, { turns, seat: 2 });
    await once(holder, 'message');
    await holder.terminate();
    new WriteTurns({ turns, seat: 2 }).give();
    expect(new WriteTurns({ turns, seat: 1 }).take()).toBe(true);
    expect(holderOf(turns)).toBe(1);
  });

  it('are not given to a thread that ended while it waited', async () => {
    const turns = makeTurns(2);
    const mine = new WriteTurns({ turns, seat: 1 });
    mine.take();
    const waiting = thread(TAKING, { turns, seat: 2 });
    const words = new Int32Array(turns);
    while (Atomics.load(words, 2) === 0) await new Promise((done) => setTimeout(done, 5));
    await waiting.terminate();
    new WriteTurns({ turns, seat: 2 }).give();
    mine.give();
    expect(holderOf(turns)).toBe(0);
  });

  it('keep nobody waiting for ever, and one that went on without takes none away', async () => {
    const turns = makeTurns(2);
    const holder = thread(TAKING, { turns, seat: 2 });
    await once(holder, 'message');
    const mine = new WriteTurns({ turns, seat: 1 });
    expect(mine.take()).toBe(false);
    expect(holderOf(turns)).toBe(2);
    mine.give();
    expect(holderOf(turns)).toBe(2);
    await holder.terminate();
  });
});
