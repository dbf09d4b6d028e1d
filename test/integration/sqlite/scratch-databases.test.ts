import type Database from 'better-sqlite3';
import { IN_MEMORY, openConnection } from '../../../src/adapters/sqlite/open-connection';
import { ScratchDatabases } from '../../../src/adapters/sqlite/scratch-databases';

const SMALL = { bytes: 100, base: 0 };

describe('the scratch databases of a connection', () => {
  let db: Database.Database;
  let scratch: ScratchDatabases;

  beforeEach(() => {
    db = openConnection(IN_MEMORY);
    scratch = new ScratchDatabases(db);
    scratch.openStaging(null);
    db.exec('INSERT INTO staging.rejected VALUES (1, 2, 3, 4); INSERT INTO staging.decision VALUES (1, NULL, 1, 1)');
  });
  afterEach(() => void db.close());

  const left = (): unknown =>
    db
      .prepare('SELECT (SELECT count(*) FROM staging.rejected) + (SELECT count(*) FROM staging.decision)')
      .pluck()
      .get();

  it('serve the next small batch, with nothing of the one before', () => {
    scratch.empty(SMALL);
    scratch.openStaging(null);
    expect(left()).toBe(0);
  });

  it('keep the rows of several batches apart until the last of them ends', () => {
    db.exec('CREATE TABLE Sort (_id INTEGER PRIMARY KEY, value TEXT) STRICT');
    scratch.openIncoming('Sort');
    const rows = (): unknown => db.prepare('SELECT count(*) FROM incoming.rows').pluck().get();
    const insert = (base: number): void => void db.prepare('INSERT INTO incoming.rows VALUES (?, ?)').run(base + 1, '');
    const bases = [scratch.takeBase(), scratch.takeBase()];
    bases.forEach(insert);
    const { generation } = scratch;
    scratch.empty({ bytes: 100, base: bases[0]! });
    expect([rows(), scratch.generation]).toEqual([2, generation]);
    scratch.empty({ bytes: 100, base: bases[1]! });
    expect(rows()).toBe(0);
    expect(scratch.generation).not.toBe(generation);
    insert(scratch.takeBase());
    scratch.clearRows();
    expect(rows()).toBe(0);
  });

  it('are made anew when they could not be emptied', () => {
    db.exec(`CREATE TRIGGER staging.kept BEFORE DELETE ON rejected BEGIN SELECT raise(ABORT, 'kept'); END`);
    expect(() => scratch.empty(SMALL)).toThrow('kept');
    scratch.openStaging(null);
    expect(left()).toBe(0);
  });
});
