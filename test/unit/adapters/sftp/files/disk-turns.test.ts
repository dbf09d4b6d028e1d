import { DiskTurns, diskTurnLimits } from '../../../../../src/adapters/sftp/files/disk-turns';

let turns: DiskTurns;
let begun: string[];
let ends: Map<string, () => void>;

beforeEach(() => {
  turns = new DiskTurns({ inAll: 3, perAccount: 2 });
  begun = [];
  ends = new Map();
});

/** A request that begins when it may, and is under way until it is ended. */
function ask(account: string, name: string): void {
  void turns.take(account, () => {
    begun.push(name);
    return new Promise<void>((end) => ends.set(name, end));
  });
}

async function end(name: string): Promise<void> {
  ends.get(name)?.();
  await new Promise(setImmediate);
}

it('lets no account have more than its part, however much it asks for', async () => {
  for (const name of ['a1', 'a2', 'a3', 'a4']) ask('a', name);
  expect(begun).toEqual(['a1', 'a2']);
  ask('b', 'b1');
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  await end('a2');
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
});

it('lets accounts that wait have their turns one after the other, each its requests in order', async () => {
  for (const name of ['a1', 'a2', 'a3', 'a4']) ask('a', name);
  for (const name of ['b1', 'b2', 'b3']) ask('b', name);
  ask('c', 'c1');
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  await end('a1');
  await end('a2');
  await end('b1');
  expect(begun.slice(3)).toEqual(['a3', 'b2', 'c1']);
  for (const name of ['a3', 'b2', 'c1']) await end(name);
  expect(begun.slice(6)).toEqual(['a4', 'b3']);
});

it('goes on when a request fails, and tells who asked', async () => {
  const failing = turns.take('a', () => Promise.reject(new Error('EIO')));
  ask('a', 'a2');
  ask('a', 'a3');
  await expect(failing).rejects.toThrow('EIO');
  await new Promise(setImmediate);
  expect(begun).toEqual(['a2', 'a3']);
});

it('lets others go on while a request waits for something else, and then its turn again', async () => {
  let goOn = (): void => undefined;
  const lent = turns.take('a', async () => {
    await turns.lend('a', () => new Promise<void>((resolve) => (goOn = resolve)));
    begun.push('a1 again');
  });
  for (const name of ['a2', 'a3', 'a4']) ask('a', name);
  expect(begun).toEqual(['a2', 'a3']);
  goOn();
  await new Promise(setImmediate);
  expect(begun).toEqual(['a2', 'a3']);
  await end('a2');
  await end('a3');
  expect(begun).toEqual(['a2', 'a3', 'a4', 'a1 again']);
  await lent;
});

it.each([
  ['8', 7, 4],
  [undefined, 3, 2],
  ['much', 3, 2],
  ['1', 1, 1],
])('with UV_THREADPOOL_SIZE %s there are %d turns, and %d for one account', (threads, inAll, perAccount) => {
  expect(diskTurnLimits(threads)).toEqual({ inAll, perAccount });
});
