/** Writes that go together in one transaction of a real database, also when its COMMIT itself fails. */
import Database from 'better-sqlite3';
import { StoreTransactions } from '../../../src/adapters/sqlite/store-transactions';

const TABLES = `
  CREATE TABLE parent (id INTEGER PRIMARY KEY);
  CREATE TABLE child (id INTEGER PRIMARY KEY, parent REFERENCES parent DEFERRABLE INITIALLY DEFERRED);`;

describe('writes that go together', () => {
  let db: Database.Database;
  let transactions: StoreTransactions;

  beforeEach(() => {
    db = new Database(':memory:');
    db.exec(TABLES);
    transactions = new StoreTransactions(db);
  });
  afterEach(() => db.close());

  const insert = (id: number, parent: number | null): void => {
    transactions.write(() => db.prepare('INSERT INTO child VALUES (?, ?)').run(id, parent));
  };
  const rows = (): unknown => db.prepare('SELECT id FROM child').pluck().all();

  it('end in one COMMIT', () => {
    const inside = transactions.together(() => {
      insert(1, null);
      insert(2, null);
      return db.inTransaction;
    });
    expect([inside, db.inTransaction, rows()]).toEqual([true, false, [1, 2]]);
  });

  it('are undone when COMMIT fails, and leave nothing open', () => {
    const action = (): void => {
      insert(1, null);
      insert(2, 7);
    };
    expect(() => transactions.together(action)).toThrow('FOREIGN KEY constraint failed');
    expect([db.inTransaction, transactions.locked, rows()]).toEqual([false, false, []]);
    insert(3, null);
    expect([db.inTransaction, rows()]).toEqual([false, [3]]);
  });

  it.each([
    ['ends as if nothing had been', () => undefined],
    ['goes on writing', () => insert(2, null)],
  ])('are undone as a whole when one of them is undone and the action %s', (_what, goOn) => {
    const action = (): void => {
      insert(1, null);
      transactions.lock();
      transactions.rollback();
      goOn();
    };
    expect(() => transactions.together(action)).toThrow('a part of what goes together was undone');
    expect([db.inTransaction, transactions.locked, rows()]).toEqual([false, false, []]);
    insert(3, null);
    expect(rows()).toEqual([3]);
  });
});
