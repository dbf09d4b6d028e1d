/**
 * Keeps when an account first fetched each report of a batch completely. A report is known by its name: the batch's base
 * name, shortened when it is very long, `.rN` for a later delivery, and what report it is. Names that are no report's
 * are passed over.
 */
import { OUTCOMES } from '../../domain/batch';
import type { BatchOrigin } from '../../domain/batch-record';
import { shortName } from '../../domain/short-name';
import { asFault } from './as-fault';
import { openConnection } from './open-connection';

export interface ReportFetch {
  readonly account: string;
  /** Whose reports folder it lay in. */
  readonly folder: BatchOrigin['folder'];
  readonly fileName: string;
  /** ISO 8601 UTC. */
  readonly at: string;
}

const REPORT_NAME = new RegExp(
  `^(?<stem>(?<base>.+?)(?:\\.r(?<delivery>[1-9]\\d{0,8}))?)` +
    `\\.(?:errors\\.csv|rejected\\.(?:csv|json)|report\\.(?:json|ok)|(?:${OUTCOMES.join('|')})\\.txt)$`,
  's',
);

const SHORTENED = /^(?<kept>.+)~[0-9a-f]{8}$/s;
const LAST_CHARACTER = '\u{10ffff}';

/**
 * Durable when it returns. Of several fetches of one report the first stays.
 * @param path of the store
 * @throws Fault S902
 */
export function recordFetches(path: string, fetches: readonly ReportFetch[]): void {
  asFault(() => {
    const db = openConnection(path);
    try {
      const find = db.prepare<[string, string, string, string, number], { id: string }>(
        `SELECT id FROM batches WHERE account = ? AND folder = ? AND committed_at IS NOT NULL
          AND ((base_name = ? AND delivery = 1) OR (base_name = ? AND delivery = ?))
          ORDER BY committed_at DESC LIMIT 1`,
      );
      const findNames = db.prepare<[string, string, string, string], { name: string }>(
        'SELECT base_name AS name FROM batches WHERE account = ? AND folder = ? AND base_name BETWEEN ? AND ?',
      );
      const inFull = (account: string, folder: string, shown: string): string => {
        const { kept } = SHORTENED.exec(shown)?.groups ?? {};
        if (kept === undefined) return shown;
        const names = findNames.all(account, folder, kept, kept + LAST_CHARACTER);
        return names.find(({ name }) => shortName(name) === shown)?.name ?? shown;
      };
      const keep = db.prepare(
        'INSERT INTO report_fetches (batch_id, file_name, fetched_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      );
      db.transaction(() => {
        for (const { account, folder, fileName, at } of fetches) {
          const { stem, base, delivery } = REPORT_NAME.exec(fileName)?.groups ?? {};
          if (stem === undefined || base === undefined) continue;
          const names = [inFull(account, folder, stem), inFull(account, folder, base)] as const;
          const batch = find.get(account, folder, ...names, Number(delivery ?? 1));
          if (batch !== undefined) keep.run(batch.id, fileName, at);
        }
      }).immediate();
    } finally {
      db.close();
    }
  });
}
