/** What a store holds, read by a connection of its own that cannot write, beside whoever has it open. */
import Database from 'better-sqlite3';

/** All rows of a query. */
export function queryStore<Row>(storePath: string, sql: string, ...values: readonly unknown[]): Row[] {
  const db = new Database(storePath, { readonly: true });
  try {
    return db.prepare<unknown[], Row>(sql).all(...values);
  } finally {
    db.close();
  }
}

/** The first column of the first row; undefined when there is no row. */
export function readValue(storePath: string, sql: string, ...values: readonly unknown[]): unknown {
  const db = new Database(storePath, { readonly: true });
  try {
    return db
      .prepare(sql)
      .pluck()
      .get(...values);
  } finally {
    db.close();
  }
}
