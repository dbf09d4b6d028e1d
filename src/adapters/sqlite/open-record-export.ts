/**
 * The accepted records of one message type as they stand: one consistent look at the store, row by row, in bounded
 * memory, however many there are. It only reads, and never blocks the daemon's writes.
 * Throws Fault S902 when SQLite fails.
 */
import type Database from 'better-sqlite3';
import { asFault } from './as-fault';
import { openReadOnlyConnection } from './open-connection';
import { quoteIdentifier } from './quote-identifier';

export type RecordCell = string | number | null;

export interface RecordRows {
  /** The store's own first, then the message's fields, named as in their source. */
  readonly columns: readonly string[];
  /** In the order they were stored; each row in the order of `columns`. To be read once, before anything else. */
  readonly rows: Iterable<readonly RecordCell[]>;
}

export interface RecordExport {
  /** Message types that have a table. */
  types(): readonly string[];
  /**
   * Current versions.
   * @param messageType one of `types`
   * @param since ISO 8601 UTC: received then or later; null for all
   */
  read(messageType: string, since: string | null): RecordRows;
  close(): void;
}

const OWN_COLUMNS = ['_id', '_batch_id', '_version', '_received_at'];

/** @throws Fault S902 when the file is not there or is no store */
export function openRecordExport(path: string): RecordExport {
  return asFault(() => {
    const db = openReadOnlyConnection(path);
    return {
      types: () => asFault(() => listTypes(db)),
      read: (messageType, since) => asFault(() => readRows(db, messageType, since)),
      close: () => asFault(() => void db.close()),
    };
  });
}

function listTypes(db: Database.Database): readonly string[] {
  const types = db.prepare<[], { name: string }>('SELECT message_type AS name FROM record_tables ORDER BY name').all();
  return types.map(({ name }) => name);
}

function readRows(db: Database.Database, messageType: string, since: string | null): RecordRows {
  const all = db.prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)').all(messageType);
  const fields = all.map(({ name }) => name).filter((name) => !name.startsWith('_'));
  const columns = [...OWN_COLUMNS, ...fields];
  const sql = `SELECT ${columns.map(quoteIdentifier).join(', ')} FROM ${quoteIdentifier(`current_${messageType}`)}
    WHERE _received_at >= ? ORDER BY _id`;
  return { columns, rows: iterate(db.prepare<[string], RecordCell[]>(sql).raw(), since ?? '') };
}

/** SQLite's errors come as faults; the statement ends when the reader stops early. */
function* iterate<T>(statement: Database.Statement<[string], T>, since: string): Generator<T, void, undefined> {
  const rows = asFault(() => statement.iterate(since));
  try {
    for (;;) {
      const next = asFault(() => rows.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    rows.return?.();
  }
}
