import type Database from 'better-sqlite3';
import { IN_MEMORY, openConnection } from '../../../src/adapters/sqlite/open-connection';
import { ScratchDatabases } from '../../../src/adapters/sqlite/scratch-databases';

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
    scratch.empty(100);
    scratch.openStaging(null);
    expect(left()).toBe(0);
  });

  it('are made anew when they could not be emptied', () => {
    db.exec(`CREATE TRIGGER staging.kept BEFORE DELETE ON rejected BEGIN SELECT raise(ABORT, 'kept'); END`);
    expect(() => scratch.empty(100)).toThrow('kept');
    scratch.openStaging(null);
    expect(left()).toBe(0);
  });
});
