import { PendingSyncs } from '../../../../src/adapters/spool/pending-syncs';

describe('syncs', () => {
  let done: string[];
  let failing: string[];
  let syncs: PendingSyncs;

  beforeEach(() => {
    done = [];
    failing = [];
    const sync =
      (kind: string) =>
      (path: string): void => {
        if (failing.includes(path)) throw Object.assign(new Error(`EIO: ${path}`), { syscall: 'fsync' });
        done.push(`${kind} ${path}`);
      };
    syncs = new PendingSyncs({ directory: sync('directory'), file: sync('file') });
  });

  it('are done at once when nothing goes together', () => {
    failing = ['b'];
    syncs.directory('a');
    expect(() => syncs.file('b')).toThrow('EIO: b');
    expect(done).toEqual(['directory a']);
  });

  it('that go together are done at the end, each path once, in order', () => {
    const result = syncs.together(() => {
      syncs.directory('work');
      syncs.together(() => syncs.file('report'));
      syncs.directory('work');
      return [...done];
    });
    expect(result).toEqual([]);
    expect(done).toEqual(['directory work', 'file report']);
    syncs.together(() => undefined);
    expect(done).toHaveLength(2);
  });

  it('are done all the same when the action fails', () => {
    const action = (): void => {
      syncs.directory('a');
      throw new Error('full');
    };
    expect(() => syncs.together(action)).toThrow('full');
    expect(done).toEqual(['directory a']);
  });

  it('that fail are told, and keep the others from nothing', () => {
    failing = ['b', 'c'];
    const action = (): void => ['a', 'b', 'c', 'd'].forEach((path) => syncs.directory(path));
    expect(() => syncs.together(action)).toThrow('EIO: b');
    expect(done).toEqual(['directory a', 'directory d']);
    syncs.directory('e');
    expect(done.at(-1)).toBe('directory e');
  });
});
