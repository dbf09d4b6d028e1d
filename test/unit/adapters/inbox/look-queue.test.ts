import { createLookQueue, type DropFolder, type LookQueue } from '../../../../src/adapters/inbox/look-queue';

interface Look {
  readonly text: string;
  end(): void;
}

describe('the folders that are to be looked at', () => {
  let looks: Look[];
  let queue: LookQueue;
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    looks = [];
    queue = createLookQueue({
      restMs: 100,
      look: ({ account, folder }, names) =>
        new Promise((resolve) => {
          looks.push({ text: `${account}/${folder} ${names === null ? 'all' : names.join(',')}`, end: resolve });
        }),
    });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const root = (account: string): DropFolder => ({ account, folder: 'root' });
  const seen = (): string[] => looks.map(({ text }) => text);
  const end = async (index: number): Promise<void> => {
    looks[index]?.end();
    await new Promise((done) => setImmediate(done));
  };

  it('are looked at one after the other, names in the order they came, each once', async () => {
    queue.name(root('a'), '1');
    queue.name(root('a'), '2');
    queue.name(root('a'), '3');
    queue.name(root('a'), '2');
    queue.name({ account: 'a', folder: 'test' }, '1');
    expect(seen()).toEqual(['a/root 1', 'a/test 1']);
    await end(0);
    expect(seen().slice(2)).toEqual(['a/root 2,3']);
  });

  it('look again at a name that came again meanwhile', async () => {
    queue.name(root('a'), '1');
    queue.name(root('a'), '1');
    await end(0);
    expect(seen()).toEqual(['a/root 1', 'a/root 1']);
  });

  it('are a few at a time; names that are sure go first, and all changes of a folder are one look', async () => {
    for (const account of ['a', 'b', 'c', 'd', 'e', 'e', 'f']) queue.folder(root(account));
    expect(seen()).toEqual(['a/root all', 'b/root all', 'c/root all', 'd/root all']);
    queue.name(root('z'), '1');
    for (const index of [0, 1, 2, 3, 4, 5]) await end(index);
    expect(seen().slice(4)).toEqual(['z/root 1', 'e/root all', 'f/root all']);
  });

  it('rest after they were listed, but not from names that are sure', async () => {
    queue.folder(root('a'));
    await end(0);
    queue.folder(root('a'));
    queue.folder(root('a'));
    queue.name(root('a'), '1');
    await end(1);
    expect(seen()).toEqual(['a/root all', 'a/root 1']);
    jest.advanceTimersByTime(100);
    expect(seen()).toEqual(['a/root all', 'a/root 1', 'a/root all']);
  });

  it('are left when it closes, which waits for what was begun', async () => {
    queue.folder(root('a'));
    queue.folder(root('a'));
    let closed = false;
    const closing = queue.close().then(() => (closed = true));
    await new Promise((done) => setImmediate(done));
    expect(closed).toBe(false);
    await end(0);
    await closing;
    expect(seen()).toEqual(['a/root all']);
    expect(jest.getTimerCount()).toBe(0);
  });
});
