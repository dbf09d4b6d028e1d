import type { FolderWatcherEvents } from '../../../../src/adapters/chokidar/create-folder-watcher';
import { createWatchList, type WatchList } from '../../../../src/adapters/inbox/watch-list';

describe('the folders that are watched', () => {
  const folder = { account: 'lab', folder: 'root' } as const;
  let asked: string[];
  let events: FolderWatcherEvents;
  let changed: string[];
  let list: WatchList;

  const tell = (count: number): void => {
    for (let number = 0; number < count; number++) list.told(folder, `file${number}`);
  };

  beforeEach(() => {
    asked = [];
    changed = [];
    list = createWatchList({
      createWatcher: (given) => {
        events = given;
        return {
          watch: (path) => asked.push(`watch ${path}`),
          unwatch: (path) => asked.push(`unwatch ${path}`),
          watchParent: (path) => asked.push(`watch what is made in ${path}`),
          close: () => Promise.resolve(),
        };
      },
      accountsDir: 'accounts',
      pathOf: (where) => where.account,
      changed: (where) => changed.push(`${where.account}/${where.folder}`),
      failed: () => undefined,
    });
    list.listed(folder, 3);
  });

  it('tells of files that the server has not told', () => {
    list.told(folder, 'known');
    events.seen('lab', ['known']);
    expect(changed).toEqual([]);
    events.seen('lab', ['known', 'new']);
    expect(changed).toEqual(['lab/root']);
    expect(asked).toEqual(['watch lab']);
  });

  it('lets a folder go that the server fills, and takes it back when nothing comes or goes there', () => {
    tell(11);
    expect(asked.splice(0)).toEqual(['watch lab', 'unwatch lab']);
    list.listed(folder, 40);
    list.listed(folder, 20);
    expect(asked).toEqual([]);
    list.listed(folder, 20);
    expect(asked).toEqual(['watch lab']);
  });

  it('keeps one that gets a few', () => {
    tell(10);
    list.listed(folder, 13);
    expect(asked).toEqual(['watch lab']);
  });

  it('lets a folder of very many files go, and one that is gone', () => {
    list.listed(folder, 1_001);
    list.listed(folder, 501);
    expect(asked.splice(0)).toEqual(['watch lab', 'unwatch lab']);
    list.listed(folder, 500);
    list.gone(folder);
    expect(asked).toEqual(['watch lab', 'unwatch lab']);
  });

  it('tells of the folders of an account that is made meanwhile: at once, and again when they are watched', () => {
    list.accounts(new Set(['lab']));
    list.accounts(new Set(['lab']));
    expect(asked.splice(0)).toEqual(['watch lab', 'watch what is made in accounts']);
    events.made('accounts', 'new');
    expect(changed).toEqual(['new/root', 'new/root', 'new/test', 'new/test']);
    events.lost('lab');
    list.accounts(new Set(['lab', 'new']));
    expect(asked).toEqual([]);
    events.lost(null);
    list.accounts(new Set(['lab', 'new']));
    expect(asked).toEqual(['watch what is made in accounts']);
  });

  it('knows what was told beside a name, in one folder, for a while', () => {
    for (const name of ['A.csv', 'A.ok', 'A.json.OK', 'B.ok', 'A.ok']) list.told(folder, name);
    list.told({ account: 'other', folder: 'root' }, 'A.cancel');
    expect(list.toldBeside(folder, 'A')).toEqual(['A.csv', 'A.ok', 'A.json.OK']);
    expect(list.toldBeside(folder, 'A.ok')).toEqual(['A.csv', 'A.json.OK']);
    expect(list.toldBeside(folder, 'C')).toEqual([]);
    tell(3_996);
    expect(list.toldBeside(folder, 'A')).toEqual([]);
    expect(list.toldBeside(folder, 'file3995.ok')).toEqual(['file3995']);
  });
});
