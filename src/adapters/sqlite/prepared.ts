/**
 * Prepared statements of a connection, kept by their text: to prepare those of a small batch anew costs more than to run
 * them. SQLite prepares one again by itself when a database that it reads was attached anew.
 * Throws what SQLite throws.
 */
import type Database from 'better-sqlite3';

/** Texts that hold a number of their own are not asked for again: the oldest are let go. */
const KEPT_MAX = 200;

const kept = new WeakMap<Database.Database, Map<string, Database.Statement>>();

/** The statement must be run to its end before it is asked for again: `run`, `get` and `all`, no `iterate`. */
export function prepared<Parameters extends unknown[] = unknown[], Row = unknown>(
  db: Database.Database,
  sql: string,
): Database.Statement<Parameters, Row> {
  const statements = kept.get(db) ?? new Map<string, Database.Statement>();
  kept.set(db, statements);
  const statement = statements.get(sql) ?? db.prepare(sql);
  statements.delete(sql);
  statements.set(sql, statement);
  const [oldest] = statements.keys();
  if (statements.size > KEPT_MAX && oldest !== undefined) statements.delete(oldest);
  return statement as Database.Statement<Parameters, Row>;
}

/** SQL: so many parameters without names. */
export function parameters(count: number): string {
  return new Array<string>(count).fill('?').join(', ');
}
