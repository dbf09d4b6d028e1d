/** A file delivered to a pipeline of its own, and all that it leaves: to compare what two ways of reading make of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IntakeRules } from '../../src/pipeline/batch-ports';
import type { SecondReader } from '../../src/pipeline/second-reader';
import { loadCatalogue } from '../../src/adapters/schemas/load-catalogue';
import { EXAMPLES, makePipelineHome, type PipelineHome, SCHEMAS } from './pipeline-home';

export const NAME = '81365677_LaboratoryTestResult_210510080500';
const [FIRST = '', ...EXAMPLE_ROWS] = readFileSync(join(EXAMPLES, `${NAME}.csv`), 'utf8')
  .trimEnd()
  .split(/\r?\n/);
export const catalogue = loadCatalogue(SCHEMAS);
export const HEADER = FIRST;
export const COLUMNS = HEADER.split(';');

/** Rows of the example with keys of their own. */
export function rows(count: number, first = 1): string[] {
  return Array.from({ length: count }, (_, i) => {
    const example = EXAMPLE_ROWS[i % EXAMPLE_ROWS.length] ?? '';
    return example.replaceAll(/S21-\d+/g, `S21-${String(100_000 + first + i)}`);
  });
}

export const file = (lines: readonly string[], end = '\n'): string => [HEADER, ...lines, ''].join(end);

export interface Delivery {
  readonly content: string | Uint8Array;
  readonly rules?: Partial<IntakeRules>;
  readonly marker?: string;
  readonly name?: string;
}

export interface Seen {
  readonly reports: Record<string, string>;
  readonly store: Record<string, unknown>;
}

/** All that a delivery leaves, without the batch's id. No file is small enough to be staged in memory. */
export async function deliver(
  { content, rules, marker, name }: Delivery,
  secondReader: SecondReader | null,
): Promise<Seen> {
  const reader = secondReader === null ? {} : { secondReader };
  const home = makePipelineHome({
    ...reader,
    catalogue,
    stagedInMemoryMaxBytes: 0,
    ...(rules === undefined ? {} : { rules }),
  });
  try {
    const { batch } = await home.drop(name ?? `${NAME}.csv`, content, marker === undefined ? {} : { marker });
    expect(readdirSync(home.folders.stagingDir)).toEqual([]);
    return whatIsLeft(home, batch.id);
  } finally {
    home.remove();
  }
}

function whatIsLeft(home: PipelineHome, id: string): Seen {
  const named = (text: string): string => text.replaceAll(id, 'ID');
  const rowsOf = (sql: string): unknown =>
    JSON.parse(
      named(JSON.stringify(home.query(sql))).replaceAll(
        /"data_identity":"[^"]*"|"marker_identity":"[^"]*"/g,
        '"identity":0',
      ),
    );
  return {
    reports: Object.fromEntries(
      [...home.reports()].map(([report, bytes]) => [report, named(bytes.toString('latin1'))]),
    ),
    store: {
      batches: rowsOf('SELECT * FROM batches'),
      records: rowsOf('SELECT * FROM LaboratoryTestResult ORDER BY _id'),
      places: rowsOf(
        'SELECT id FROM (SELECT id FROM LaboratoryTestResult_by_key UNION SELECT id FROM LaboratoryTestResult_by_key_recent) ORDER BY id',
      ),
      findings: rowsOf('SELECT * FROM findings ORDER BY seq'),
      rejected: rowsOf('SELECT * FROM rejected_records ORDER BY record'),
      check: home.query('PRAGMA integrity_check'),
    },
  };
}
