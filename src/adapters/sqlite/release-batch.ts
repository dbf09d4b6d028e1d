/**
 * Lets a batch that was set aside go on from the state it has reached: the daemon finds it at its next rescan or start.
 * A single short transaction. Throws Fault S902 when SQLite fails.
 */
import { asFault } from './as-fault';
import { openConnection } from './open-connection';

/**
 * @param path of the store, which exists
 * @returns whether it was set aside
 */
export function releaseBatch(path: string, id: string): boolean {
  return asFault(() => {
    const db = openConnection(path);
    try {
      const { changes } = db
        .prepare(
          `UPDATE batches SET quarantined_at = NULL, quarantine_reason = NULL
            WHERE id = ? AND quarantined_at IS NOT NULL AND state <> 'archived'`,
        )
        .run(id);
      return changes === 1;
    } finally {
      db.close();
    }
  });
}
