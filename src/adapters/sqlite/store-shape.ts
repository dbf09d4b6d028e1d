/**
 * Whether a store has the tables and columns that its version stands for. One that does not, made by a program from
 * before the first release or changed by hand, must stay as it is: no migration gives it what the next one builds on.
 * What it has besides, records among it, is not looked at.
 */
import Database from 'better-sqlite3';
import { Fault } from '../../domain/fault';
import { type Migration, MIGRATIONS, migrate, storeVersion } from './migrate';

/** `table`, or `table.column` where the table is there; what a newer store must have is not known. */
export function findMissing(db: Database.Database, migrations: readonly Migration[] = MIGRATIONS): readonly string[] {
  const version = storeVersion(db);
  if (version > (migrations.at(-1)?.version ?? 0)) return [];
  const present = new Set(tablesAndColumns(db));
  return expectedOf(version, migrations)
    .filter((name) => !present.has(name))
    .filter((name) => !name.includes('.') || present.has(name.slice(0, name.indexOf('.'))));
}

/** @throws Fault S902, which no later try mends */
export function assertShape(db: Database.Database, migrations: readonly Migration[] = MIGRATIONS): void {
  const missing = findMissing(db, migrations);
  if (missing.length === 0) return;
  const message = `${describeMissing(storeVersion(db), missing)}; nothing was changed, labdrop check tells what to do`;
  throw new Fault('S902', message, { retryable: false });
}

export function describeMissing(version: number, missing: readonly string[]): string {
  return `the store has version ${version} and lacks ${missing.join(', ')}: a program from before the first release made it, or somebody changed it`;
}

function expectedOf(version: number, migrations: readonly Migration[]): readonly string[] {
  const expected = new Database(':memory:');
  try {
    const known = migrations.filter((migration) => migration.version <= version);
    if (known.length > 0) migrate(expected, known);
    return tablesAndColumns(expected);
  } finally {
    expected.close();
  }
}

/** `table`, and `table.column`. */
function tablesAndColumns(db: Database.Database): readonly string[] {
  return db
    .prepare<[], string>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' UNION ALL
        SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'`,
    )
    .pluck()
    .all();
}
