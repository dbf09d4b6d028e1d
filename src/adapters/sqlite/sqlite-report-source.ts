/**
 * Findings and rejected records of one batch, read from the tables of the store or of the staging area. Pages through
 * them by their number, because an open cursor would block the connection; memory is bounded by the page.
 */
import type Database from 'better-sqlite3';
import type { FindingCode } from '../../domain/codes';
import type { FindingParams } from '../../domain/finding';
import type { Severity, Scope } from '../../domain/severity';
import {
  GROUP_SAMPLES_MAX,
  type FindingGroup,
  type FindingTotals,
  type RejectedWithFindings,
  type ReportSource,
  type StoredFinding,
} from '../../ports/report-source';
import { asFault } from './as-fault';
import { prepared } from './prepared';

const PAGE_ROWS = 1000;

interface FindingRow extends Omit<StoredFinding, 'columnNo' | 'params'> {
  readonly severity: Severity;
  readonly code: FindingCode;
  readonly scope: Scope;
  readonly column_no: number | null;
  readonly params: string | null;
}

type RejectedRow = Omit<RejectedWithFindings, 'findings'>;

const FINDING_COLUMNS =
  'f.seq, f.severity, f.code, f.scope, f.line, f.record, f.record_key AS recordKey, f.field, f.column_no, f.value, ' +
  'f.expected, f.suggestion, f.params';
const SEVERITY_RANK = "CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END";

export function createReportSource(db: Database.Database, schema: 'main' | 'staging', batchId: string): ReportSource {
  const findings = `${schema}.findings`;

  function* pages(condition: string, limit: number): Generator<StoredFinding> {
    const statement = prepared<[string, number, number], FindingRow>(
      db,
      `SELECT ${FINDING_COLUMNS} FROM ${findings} f WHERE batch_id = ? AND seq > ? AND ${condition} ORDER BY seq LIMIT ?`,
    );
    let seq = 0;
    for (let left = limit; left > 0;) {
      const size = Math.min(left, PAGE_ROWS);
      const rows = asFault(() => statement.all(batchId, seq, size));
      for (const row of rows) yield findingFromRow(row);
      if (rows.length < size) return;
      seq = rows.at(-1)?.seq ?? seq;
      left -= rows.length;
    }
  }

  function* rejectedRows(): Generator<RejectedRow> {
    const statement = prepared<[string, number, number], RejectedRow>(
      db,
      `SELECT line, record, byte_offset AS offset, byte_length AS length FROM ${schema}.rejected_records
        WHERE batch_id = ? AND record > ? ORDER BY record LIMIT ?`,
    );
    let record = -1;
    for (;;) {
      const rows = asFault(() => statement.all(batchId, record, PAGE_ROWS));
      yield* rows;
      if (rows.length < PAGE_ROWS) return;
      record = rows.at(-1)?.record ?? record;
    }
  }

  /** One pass over both: findings on records stand in the order of their records. */
  function* rejected(): Generator<RejectedWithFindings> {
    const source = pages("scope IN ('record', 'cell') AND record IS NOT NULL", Infinity);
    let next = source.next();
    for (const row of rejectedRows()) {
      const own: StoredFinding[] = [];
      for (; next.done !== true && (next.value.record ?? 0) <= row.record; next = source.next()) {
        if (next.value.record === row.record) own.push(next.value);
      }
      yield { line: row.line, record: row.record, offset: row.offset, length: row.length, findings: own };
    }
  }

  function samples(): Map<string, StoredFinding[]> {
    const rows = prepared<[string, string], FindingRow>(
      db,
      `WITH ranked AS (
          SELECT seq, row_number() OVER (PARTITION BY code, severity ORDER BY seq) AS place FROM ${findings}
          WHERE batch_id = ?)
        SELECT ${FINDING_COLUMNS} FROM ranked CROSS JOIN ${findings} f ON f.batch_id = ? AND f.seq = ranked.seq
        WHERE place <= ${GROUP_SAMPLES_MAX} ORDER BY f.seq`,
    ).all(batchId, batchId);
    const byGroup = new Map<string, StoredFinding[]>();
    for (const row of rows) {
      const key = groupKey(row);
      const group = byGroup.get(key) ?? [];
      group.push(findingFromRow(row));
      byGroup.set(key, group);
    }
    return byGroup;
  }

  function columns(): Map<string, Record<string, number>> {
    const rows = prepared<[string], { code: string; severity: string; field: string; total: number }>(
      db,
      `SELECT code, severity, field, count(*) AS total FROM ${findings} WHERE batch_id = ? AND field IS NOT NULL
          GROUP BY code, severity, field ORDER BY total DESC, min(seq)`,
    ).all(batchId);
    const byGroup = new Map<string, Map<string, number>>();
    for (const row of rows) {
      const key = groupKey(row);
      byGroup.set(key, (byGroup.get(key) ?? new Map<string, number>()).set(row.field, row.total));
    }
    return new Map([...byGroup].map(([key, fields]) => [key, Object.fromEntries(fields)]));
  }

  return {
    findings: (limit = Infinity) => pages('TRUE', limit),
    groups: () =>
      asFault((): FindingGroup[] => {
        const sampled = samples();
        const counted = columns();
        return prepared<[string], Pick<FindingGroup, 'code' | 'severity' | 'total' | 'records'>>(
          db,
          `SELECT code, severity, count(*) AS total, count(DISTINCT record) AS records FROM ${findings}
              WHERE batch_id = ? GROUP BY code, severity ORDER BY ${SEVERITY_RANK}, code`,
        )
          .all(batchId)
          .map((group) => {
            const key = groupKey(group);
            return { ...group, columns: counted.get(key) ?? {}, samples: sampled.get(key) ?? [] };
          });
      }),
    rejected,
    totals: () =>
      asFault(
        () =>
          prepared<[string], FindingTotals>(
            db,
            `SELECT count(*) FILTER (WHERE severity = 'error') AS errors,
                count(*) FILTER (WHERE severity = 'warning') AS warnings,
                count(*) FILTER (WHERE severity = 'info') AS infos FROM ${findings} WHERE batch_id = ?`,
          ).get(batchId) ?? { errors: 0, warnings: 0, infos: 0 },
      ),
  };
}

function groupKey(row: { readonly code: string; readonly severity: string }): string {
  return `${row.code} ${row.severity}`;
}

/** Field by field: a row of the driver is an object that the engine cannot copy quickly. */
function findingFromRow(row: FindingRow): StoredFinding {
  return {
    seq: row.seq,
    severity: row.severity,
    code: row.code,
    scope: row.scope,
    line: row.line,
    record: row.record,
    recordKey: row.recordKey,
    field: row.field,
    columnNo: row.column_no,
    value: row.value,
    expected: row.expected,
    suggestion: row.suggestion,
    params: row.params === null ? {} : (JSON.parse(row.params) as FindingParams),
  };
}
