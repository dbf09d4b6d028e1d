/** A file delivered to a pipeline of its own, and all that it leaves: to compare what two ways of reading make of it. */
import type { BatchRecord } from '../../src/domain/batch-record';
import type { IntakeRules } from '../../src/pipeline/batch-ports';
import type { SecondReader } from '../../src/pipeline/second-reader';
import { loadCatalogue } from '../../src/adapters/schemas/load-catalogue';
import { makePipelineHome, type PipelineHome } from './pipeline-home';
import { LABORATORY_EXAMPLE, readExample, SCHEMAS } from './shipped-examples';
import { stagedNames } from './staged-names';

const [FIRST = '', ...EXAMPLE_ROWS] = readExample(LABORATORY_EXAMPLE).trimEnd().split(/\r?\n/);
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
  /** Delivered before it, each by its file name. */
  readonly earlier?: Readonly<Record<string, string | Uint8Array>>;
}

export interface Seen {
  readonly reports: Record<string, string>;
  readonly store: Record<string, unknown>;
}

/**
 * All that a delivery leaves, without the batch's id.
 * @param stagedInMemoryMaxBytes by default no file is small enough to be staged in memory
 */
export async function deliver(
  { content, rules, marker, name, earlier = {} }: Delivery,
  secondReader: SecondReader | null,
  stagedInMemoryMaxBytes = 0,
): Promise<Seen> {
  const reader = secondReader === null ? {} : { secondReader };
  const home = makePipelineHome({
    ...reader,
    catalogue,
    stagedInMemoryMaxBytes,
    ...(rules === undefined ? {} : { rules }),
  });
  try {
    const before: BatchRecord[] = [];
    for (const [name, content] of Object.entries(earlier)) before.push((await home.drop(name, content)).batch);
    const { batch } = await home.drop(
      name ?? `${LABORATORY_EXAMPLE}.csv`,
      content,
      marker === undefined ? {} : { marker },
    );
    expect(stagedNames(home.folders)).toEqual([]);
    return whatIsLeft(home, batch, [...before, batch]);
  } finally {
    home.remove();
  }
}

/** The same with the ids of rows by their rank: how a file is staged decides which ids its records get. */
export function withRanks({ reports, store }: Seen): Seen {
  const records = store['records'] as readonly Record<string, number>[];
  const rankOf = new Map(records.map(({ _id }, rank) => [_id, rank]));
  const ranks = (places: string): unknown =>
    (store[places] as readonly { id: number }[]).map(({ id }) => rankOf.get(id));
  return {
    reports,
    store: {
      ...store,
      records: records.map((row) => ({
        ...row,
        _id: rankOf.get(row['_id']),
        _superseded_by: rankOf.get(row['_superseded_by']) ?? null,
      })),
      keyPlaces: ranks('keyPlaces'),
      patientPlaces: ranks('patientPlaces'),
    },
  };
}

function whatIsLeft(home: PipelineHome, { messageType }: BatchRecord, batches: readonly BatchRecord[]): Seen {
  const table = messageType ?? '';
  const named = (text: string): string =>
    batches.reduce((each, { id }, at) => each.replaceAll(id, `ID${String(at)}`), text);
  const rowsOf = (sql: string): unknown =>
    JSON.parse(
      named(JSON.stringify(home.query(sql))).replaceAll(
        /"data_identity":"[^"]*"|"marker_identity":"[^"]*"/g,
        '"identity":0',
      ),
    );
  const placesIn = (places: string): unknown => {
    const exists = home.query('SELECT 1 FROM sqlite_schema WHERE name = ?', places).length > 0;
    return exists
      ? rowsOf(`SELECT id FROM (SELECT * FROM ${places} UNION SELECT * FROM ${places}_recent) ORDER BY id`)
      : [];
  };
  return {
    reports: Object.fromEntries(
      [...home.reports()].map(([report, bytes]) => [report, named(bytes.toString('latin1'))]),
    ),
    store: {
      batches: rowsOf('SELECT * FROM batches'),
      records: rowsOf(`SELECT * FROM ${table} ORDER BY _id`),
      keyPlaces: placesIn(`${table}_by_key`),
      patientPlaces: placesIn(`${table}_by_patient`),
      findings: rowsOf('SELECT * FROM findings ORDER BY seq'),
      rejected: rowsOf('SELECT * FROM rejected_records ORDER BY record'),
      check: home.query('PRAGMA integrity_check'),
    },
  };
}
